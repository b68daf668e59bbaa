"""What passes when, against Discord's own way of counting, in virtual time."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from adapters.discord.pace import (
    ALL_LIMIT,
    ASIDE_LEAVES,
    HORIZON,
    LIMIT,
    Bucket,
    Lane,
    Pace,
    Sliding,
    Urgency,
)
from tests.fakes.discord.limits import Limits
from tests.virtual_time import run

EDIT = "PATCH /channels/{}/messages/{}"


def now() -> float:
    return asyncio.get_running_loop().time()


class Discord:
    """Counts calls as Discord does, at half of the time that they take."""

    def __init__(self, latency: float = 0.1, jitter: float = 0.0) -> None:
        self.limits = Limits(now, now)
        self.latency, self.jitter = latency, jitter
        self.dice = random.Random(5)
        self.came: list[tuple[float, str]] = []
        self.waiting = set[asyncio.Task[Any] | None]()

    async def call(self, lane: Lane, urgency: Urgency = Urgency.FIRST, name: str = "") -> float:
        """When it was counted."""
        task = asyncio.current_task()
        self.waiting.add(task)
        place = await lane.enter(urgency)
        self.waiting.discard(task)
        latency = self.latency * self.dice.uniform(1 - self.jitter, 1 + self.jitter)
        await asyncio.sleep(latency / 2)
        taken = self.limits.take(EDIT, "channel")
        at = now()
        self.came.append((at, name))
        await asyncio.sleep(latency / 2)
        place.answered(taken.headers)
        return at


def test_a_bucket_is_used_up_and_never_overdrawn() -> None:
    async def scene() -> None:
        discord, lane = Discord(), Lane(Bucket())
        times = await asyncio.gather(*(discord.call(lane, name=f"{n}") for n in range(20)))
        assert discord.limits.refused == 0
        assert max(times) < 16.5  # four windows, each a little late

    run(scene())


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_refused_however_calls_come(seed: int) -> None:
    async def scene() -> None:
        dice = random.Random(seed)
        discord, lane = Discord(dice.uniform(0.02, 0.4), jitter=0.9), Lane(Bucket())

        async def reply(number: int) -> None:
            await asyncio.sleep(dice.uniform(0, 20))
            lane.replies += 1
            for step in range(dice.randrange(8)):
                await discord.call(lane, Urgency.BETWEEN, f"{number}/{step}")
                await asyncio.sleep(dice.uniform(0.2, 2))
            await discord.call(lane, Urgency.FINAL, f"{number}/last")
            lane.replies -= 1

        await asyncio.gather(*(reply(number) for number in range(12)))
        assert discord.limits.refused == 0
        await asyncio.sleep(10)
        assert lane.is_idle()

    run(scene())


def test_the_most_urgent_goes_first() -> None:
    async def scene() -> None:
        discord, lane = Discord(), Lane(Bucket())
        await asyncio.gather(*(discord.call(lane) for _ in range(LIMIT)))
        waiting = [
            asyncio.create_task(discord.call(lane, urgency, urgency.name))
            for urgency in sorted(Urgency, reverse=True)
        ]
        await asyncio.gather(*waiting)
        assert [name for _, name in discord.came[LIMIT:]] == [one.name for one in Urgency]

    run(scene())


@pytest.mark.parametrize("replies", [1, 2, 3, 4])
def test_last_edits_pass_soon_whenever_replies_end(replies: int) -> None:
    """However eager edits in between are."""

    async def reply(discord: Discord, lane: Lane, ends_at: float) -> float:
        while ends_at - now() > 0.01:
            edit = asyncio.create_task(discord.call(lane, Urgency.BETWEEN))
            await asyncio.wait({edit}, timeout=ends_at - now())
            if edit in discord.waiting:
                edit.cancel()
        return await discord.call(lane, Urgency.FINAL)

    async def scene(ends_after: float) -> None:
        discord, lane = Discord(), Lane(Bucket())
        lane.replies = replies
        ends = [reply(discord, lane, ends_after) for _ in range(replies)]
        assert max(await asyncio.gather(*ends)) - ends_after < HORIZON + 0.5
        assert discord.limits.refused == 0

    for tenths in range(40, 150):
        run(scene(tenths / 10))


def test_a_reply_alone_is_edited_steadily_and_ends_at_once() -> None:
    async def scene() -> None:
        discord, lane = Discord(), Lane(Bucket())
        lane.replies = 1
        for _ in range(20):
            began = now()
            await discord.call(lane, Urgency.BETWEEN)
            assert now() - began < 0.25
            await asyncio.sleep(began + 1.25 - now())
        began = now()
        await discord.call(lane, Urgency.FINAL)
        assert now() - began < 0.25

    run(scene())


def test_calls_of_other_processes_count_too() -> None:
    async def scene() -> None:
        discord, lane = Discord(), Lane(Bucket())
        for _ in range(LIMIT - 1):
            discord.limits.take(EDIT, "channel")  # another's
        await discord.call(lane)
        assert await discord.call(lane) > 4.8
        assert discord.limits.refused == 0

    run(scene())


def test_a_bucket_of_another_size_is_learnt() -> None:
    async def scene() -> None:
        discord, lane = Discord(), Lane(Bucket())
        discord.limits.per_bucket[EDIT] = (2, 3.0)
        times = await asyncio.gather(*(discord.call(lane, name=f"{n}") for n in range(6)))
        assert discord.limits.refused == 0
        assert max(times) < 7

    run(scene())


def test_an_answer_out_of_a_window_that_is_over_is_passed_over() -> None:
    bucket = Bucket()
    fresh = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "1"}
    bucket.answered(fresh | {"X-RateLimit-Reset-After": "5"}, now=10)
    bucket.answered(fresh | {"X-RateLimit-Reset-After": "0.1"}, now=10.1)
    assert bucket.when(0, 0, now=10.3) == 10.3
    bucket.answered({}, now=10.3)  # nobody said what is left
    assert bucket.when(0, 0, now=10.4) == 15


def test_who_stops_waiting_holds_up_nobody() -> None:
    async def scene() -> None:
        lane = Lane(Bucket())
        places = [await lane.enter(Urgency.FIRST) for _ in range(2)]
        first, second = (asyncio.create_task(lane.enter(Urgency.FIRST)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        places[0].give_back()  # it is the first one's turn, in the moment that it leaves
        await asyncio.gather(first, return_exceptions=True)
        third = asyncio.create_task(lane.enter(Urgency.FIRST))
        await asyncio.sleep(0)
        (await second).give_back()
        third.cancel()  # granted by now, and not yet known to it
        await asyncio.gather(third, return_exceptions=True)
        places[1].give_back()
        places[1].give_back()
        assert lane.is_idle()

    run(scene())


def test_the_limit_over_everything_holds_in_any_second() -> None:
    async def scene() -> None:
        lane, came = Lane(Sliding()), list[float]()

        async def call(number: int) -> None:
            place = await lane.enter(Urgency.FIRST)
            dice = random.Random(number)
            await asyncio.sleep(dice.uniform(0, 0.3))
            came.append(now())
            await asyncio.sleep(dice.uniform(0, 0.3))
            place.answered({})

        await asyncio.gather(*(call(number) for number in range(200)))
        most = max(sum(at <= other < at + 1 for other in came) for at in came)
        assert most <= ALL_LIMIT
        assert now() < 8

    run(scene())


def test_what_nobody_waits_for_leaves_room() -> None:
    async def scene() -> None:
        lane = Lane(Sliding())

        async def type_() -> None:
            (await lane.enter(Urgency.ASIDE)).answered({})

        tasks = [asyncio.create_task(type_()) for _ in range(20)]
        await asyncio.sleep(0.1)
        assert sum(task.done() for task in tasks) == ALL_LIMIT - ASIDE_LEAVES
        await asyncio.gather(*(lane.enter(Urgency.FIRST) for _ in range(ASIDE_LEAVES)))
        assert now() < 0.2
        for task in tasks:
            task.cancel()

    run(scene())


def test_a_pause_holds_for_everybody() -> None:
    async def scene() -> None:
        lane = Lane(Bucket())
        lane.pause(20)
        await lane.enter(Urgency.FINAL)
        assert now() == 20

    run(scene())


def test_channels_are_forgotten_when_they_are_idle() -> None:
    async def scene() -> None:
        pace = Pace()
        held = pace.channel(1)
        held.edits.replies += 1
        for number in range(2, 3_000):
            pace.channel(number)
        assert pace.channel(1) is held
        assert len(pace._channels) < 1_000

    run(scene())
