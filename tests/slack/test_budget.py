"""What Slack allows is kept to, and spent where it is worth most. Time is virtual here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import budget as budget_module
from adapters.slack.budget import EDIT_STEP, POST, UPDATE, Budget
from adapters.slack.edits import Edits, Share
from adapters.slack.lane import Lane, Urgency
from bot.ports import NotNowError
from tests.slack.counted import Counted
from tests.virtual_time import run


def edits_of(limit: int) -> Edits:
    return Edits(limit, step=EDIT_STEP)


def now() -> float:
    return asyncio.get_running_loop().time()


async def edit(share: Share, urgency: Urgency, slack: Counted, label: str = "") -> None:
    """An edit as a reply makes it: put off and made again when Slack says so."""
    while True:
        await share.enter(urgency)
        try:
            with share.editing():
                return await slack(label)
        except NotNowError:
            continue


async def stream(edits: Edits, slack: Counted, seconds: float) -> tuple[list[float], float]:
    """A reply that streams for so long; when its steps were shown, and its end."""
    share = Share(lambda: edits, has_message=False)
    steps: list[float] = []
    ends = now() + seconds
    try:
        async with asyncio.timeout_at(ends):
            await share.begin()
            share.stepped()
            steps.append(now())
            while True:
                await share.enter(Urgency.BETWEEN)
                with share.editing():
                    await asyncio.shield(slack("between"))
                    steps.append(now())
    except TimeoutError:
        pass
    if steps:  # else all of it is posted now
        await edit(share, Urgency.FINAL, slack, "final")
    share.close()
    return steps, now() - ends


def most_in_a_minute(slack: Counted) -> int:
    times = [at for at, _ in slack.counted]
    return max(sum(1 for other in times if at - 60 < other <= at) for at in times)


# --- edits -----------------------------------------------------------------------------------


def test_a_reply_alone_moves_every_second_and_a_quarter_for_minutes() -> None:
    async def scene() -> None:
        slack = Counted(50)
        steps, _ = await stream(edits_of(50), slack, 300)
        gaps = [after - before for before, after in pairwise(steps)]
        assert max(gaps) < 1.6
        assert slack.refused == 0

    run(scene())


def test_twenty_at_once_begin_at_once_and_end_at_once() -> None:
    async def scene() -> None:
        slack, edits = Counted(50), edits_of(50)
        replies = await asyncio.gather(*(stream(edits, slack, 8) for _ in range(20)))
        assert all(steps[0] == 0 for steps, _ in replies)
        assert max(late for _, late in replies) < 0.5
        assert 4 <= slack.labels().count("between") <= 10
        assert slack.refused == 0

    run(scene())


def test_a_few_at_once_share_what_is_left() -> None:
    async def scene() -> None:
        slack, edits = Counted(50), edits_of(50)
        replies = await asyncio.gather(*(stream(edits, slack, 8) for _ in range(5)))
        assert all(len(steps) >= 3 for steps, _ in replies), "each reply moves"
        assert slack.refused == 0

    run(scene())


def test_nothing_in_between_while_a_first_or_last_edit_waits() -> None:
    async def scene() -> None:
        slack, edits = Counted(50), edits_of(50)
        replies = await asyncio.gather(*(stream(edits, slack, 8) for _ in range(100)))
        begun = [steps for steps, _ in replies if steps]
        assert len(begun) == 50, "as many as can be sure of their last edit"
        assert "between" not in slack.labels()
        assert slack.refused == 0

    run(scene())


def test_replies_that_come_while_the_minute_is_spent_begin_when_it_is_over() -> None:
    async def scene() -> None:
        slack, edits = Counted(50), edits_of(50)
        await asyncio.gather(*(stream(edits, slack, 1) for _ in range(50)))
        share = Share(lambda: edits, has_message=False)
        await share.begin()
        assert 60 < now() < 62.5
        share.close()

    run(scene())


def test_steady_traffic_never_meets_a_limit() -> None:
    async def scene() -> None:
        dice = Random(4)
        slack, edits = Counted(50), edits_of(50)
        ends: list[float] = []

        async def reply() -> None:
            _, late = await stream(edits, slack, dice.uniform(2, 20))
            ends.append(late)

        async with asyncio.TaskGroup() as group:
            for _ in range(150):
                group.create_task(reply())
                await asyncio.sleep(dice.expovariate(0.6))
        assert slack.refused == 0
        assert max(ends) < 0.5, "no reply ends late, however busy it is"
        assert most_in_a_minute(slack) <= 50

    run(scene())


def test_an_edit_that_nobody_was_promised_leaves_the_promised_ones() -> None:
    async def scene() -> None:
        edits = edits_of(3)
        slack = Counted(3)
        promised = [Share(lambda: edits, has_message=True) for _ in range(2)]
        other = Share(lambda: edits, has_message=True)
        for share in promised:
            await share.begin()
        await edit(other, Urgency.FINAL, slack)
        more = asyncio.create_task(edit(other, Urgency.FINAL, slack, "more"))
        await asyncio.sleep(1)
        for share in promised:
            await edit(share, Urgency.FINAL, slack)
        assert now() < 3
        await more
        assert 60 < now() < 63

    run(scene())


# --- any limit -------------------------------------------------------------------------------


def test_posts_to_a_channel_keep_a_second_apart_the_most_urgent_first() -> None:
    async def scene() -> None:
        budget = Budget()
        order: list[tuple[str, float]] = []

        async def post(label: str, urgency: Urgency, channel: str = "C1") -> None:
            async def make() -> None:
                order.append((label, round(now(), 1)))

            await budget.call("T1", POST, make, channel=channel, urgency=urgency)

        await asyncio.gather(
            post("one", Urgency.FIRST),
            post("between", Urgency.BETWEEN),
            post("first", Urgency.FIRST),
            post("final", Urgency.FINAL),
            post("elsewhere", Urgency.BETWEEN, "C2"),
        )
        assert order == [
            ("one", 0),
            ("elsewhere", 0),
            ("final", 1),
            ("first", 2),
            ("between", 3),
        ]

    run(scene())


def test_a_429_holds_up_all_who_share_the_limit_and_the_call_is_made_again() -> None:
    async def scene() -> None:
        budget, slack = Budget(), Counted(50, latency=0)
        slack.counted = [(0.0, "another process")] * 50
        calls = [budget.call("T1", UPDATE, slack) for _ in range(3)]
        await asyncio.gather(*calls)
        assert slack.refused <= 4, "those under way, and not again and again"
        assert slack.labels()[50:] == ["", "", ""]
        assert now() >= 60

    run(scene())


def test_a_limit_that_is_lower_than_believed_is_learned_and_unlearned() -> None:
    async def scene() -> None:
        lane, slack = Lane(50), Counted(20, latency=0)

        async def call() -> None:
            await lane.enter(Urgency.FIRST)
            try:
                with lane.calling():
                    await slack()
            except NotNowError:
                pass

        for _ in range(30):
            await call()
        refused = slack.refused
        for _ in range(200):
            await call()
            await asyncio.sleep(2.5)
        assert refused <= 2
        assert slack.refused - refused <= 12, "seldom, in eight minutes of asking for more"
        await asyncio.sleep(300)
        assert lane.allowed(now()) == (50, 60)

    run(scene())


def test_a_post_limit_of_the_whole_workspace_holds_up_every_channel() -> None:
    async def scene() -> None:
        budget = Budget()
        first = budget.lane("T1", POST, "C1")
        await first.enter(Urgency.FIRST)
        first.refused(30)
        for channel, at in (("C2", 30), ("C1", 30)):
            await budget.lane("T1", POST, channel).enter(Urgency.FIRST)
            assert now() == at
        await budget.lane("T2", POST, "C1").enter(Urgency.FIRST)
        assert now() == 30

    run(scene())


def test_processes_that_are_told_how_many_they_are_stay_within_one_limit() -> None:
    async def scene() -> None:
        slack = Counted(50)
        budgets = [Budget(2), Budget(2)]

        async def one(budget: Budget) -> None:
            share = Share(lambda: budget.workspace("T1").edits, has_message=False)
            await share.begin()
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    while True:
                        await edit(share, Urgency.BETWEEN, slack, "between")
            await edit(share, Urgency.FINAL, slack, "final")
            share.close()

        await asyncio.gather(*(one(budget) for budget in budgets for _ in range(30)))
        assert slack.labels().count("final") == 60
        assert slack.refused == 0

    run(scene())


def test_two_processes_that_share_a_workspace_lose_nothing() -> None:
    async def scene() -> None:
        slack = Counted(50)
        processes = [edits_of(50), edits_of(50)]
        jobs: list[Awaitable[object]] = []

        async def replies(edits: Edits) -> None:
            for _ in range(12):
                await asyncio.gather(*(one(edits) for _ in range(4)))

        async def one(edits: Edits) -> None:
            share = Share(lambda: edits, has_message=True)
            ends = now() + 10
            while now() < ends:
                await edit(share, Urgency.BETWEEN, slack, "between")
            await edit(share, Urgency.FINAL, slack, "final")
            share.close()

        jobs = [replies(edits) for edits in processes]
        await asyncio.gather(*jobs)
        assert slack.labels().count("final") == 2 * 12 * 4
        assert slack.refused < len(slack.counted) / 10

    run(scene())


# --- what is left behind ---------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 30)), max_size=60), st.integers(1, 6))
def test_cancelled_waiters_give_their_places_back(
    waits: Sequence[tuple[int, float]], limit: int
) -> None:
    """However many are cancelled, whenever: no place is lost, and no limit passed."""

    async def scene() -> None:
        edits, slack = edits_of(limit), Counted(limit, latency=0.4)
        kinds: list[Callable[[Share], Awaitable[None]]] = [
            lambda share: share.begin(),
            lambda share: edit(share, Urgency.FIRST, slack),
            lambda share: edit(share, Urgency.BETWEEN, slack),
            lambda share: edit(share, Urgency.FINAL, slack),
        ]

        async def wait(kind: int, patience: float) -> None:
            share = Share(lambda: edits, has_message=kind == 3)
            try:
                async with asyncio.timeout(patience):
                    await kinds[kind](share)
            except TimeoutError:
                pass
            share.close()

        await asyncio.gather(*(wait(kind, patience) for kind, patience in waits))
        assert slack.refused == 0
        assert edits.in_flight == 0
        await asyncio.sleep(61)
        assert edits.is_idle()
        for _ in range(limit):
            await edit(Share(lambda: edits, has_message=False), Urgency.FIRST, slack)
        assert now() < 31 + 61 + limit

    run(scene())


def test_nothing_is_left_running_when_nobody_waits() -> None:
    async def scene() -> None:
        lane = Lane(1, 30)
        await lane.enter(Urgency.FIRST)
        with lane.calling():
            pass
        waiting = asyncio.create_task(lane.enter(Urgency.FIRST))
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.wait({waiting})
        await asyncio.Event().wait()

    with pytest.raises(AssertionError, match="nothing is due"):
        run(scene())


def test_channels_and_workspaces_used_once_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget_module, "_KEPT_LANES", 20)
    monkeypatch.setattr(budget_module, "_KEPT_WORKSPACES", 20)

    async def scene() -> None:
        budget = Budget()

        async def nothing() -> None:
            """Takes no time."""

        for number in range(400):
            await budget.call("T1", POST, nothing, channel=f"C{number}")
            await budget.call(f"T{number}", POST, nothing, channel="C1")
            await asyncio.sleep(20)
        assert budget.size < 400

    run(scene())
