"""Many people who edit, delete and stop at any moment, and workers that come and go meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from redis.asyncio import Redis

from bot.conversation import Recollection, Turn, TurnStatus
from bot.ports import Page, TextDelta
from bot.tools import Toolbox
from bot.worker import Worker
from db.pool import Database
from db.taken_back import ANSWERED_BEFORE
from tests.conftest import ExpectedLogs
from tests.house import House, message, open_house
from tests.screen import Screen
from tests.waiting import wait_until

PEOPLE = 40


class Laggard(Screen):
    """Its answers come a while after what was asked was done."""

    def __init__(self, chance: Random) -> None:
        super().__init__(page_limit=60)
        self._chance = chance

    async def _call(self, kind: str, message_id: str, page: Page) -> str:
        done = await super()._call(kind, message_id, page)
        await asyncio.sleep(self._chance.random() * 0.03)
        return done


class Stage:
    platform = "test"

    def __init__(self, chance: Random) -> None:
        self.screens: dict[str, Laggard] = {}
        self._chance = chance

    def reply(self, turn: Turn) -> Screen:
        channel = turn.message.conversation.channel
        return self.screens.setdefault(channel, Laggard(self._chance))

    async def run(self) -> None: ...


class Repeating:
    """Answers with the question, and words that fill some pages."""

    name = "repeating"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta, None]:
        for _ in range(self._chance.choice([2, 10, 30])):
            await asyncio.sleep(self._chance.random() * 0.005)
            yield TextDelta(f"{turn.message.text} ")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants in the end."""

    turn_id: UUID
    text: str
    answered: str
    """The text that is answered: an edit that comes after the end changes what is kept alone."""
    deleted: bool
    left_there: bool
    """Deleted after its answer, which stays on the platform."""
    stopped: bool


async def _person(number: int, houses: list[House], chance: Random) -> Wish:
    def turns() -> House:
        return chance.choice(houses)

    asked = message(f"v{number}.0", f"C{number}")
    await asyncio.sleep(chance.random() * 0.5)
    turn_id = await turns().turns.accept(asked)
    assert turn_id is not None
    text = answered = asked.text
    deleted = left_there = stopped = False
    for version in range(1, chance.choice([1, 2, 2, 3, 4])):
        await asyncio.sleep(chance.random() * 0.15)
        newer = replace(asked, text=f"v{number}.{version}")
        text = newer.text
        if await turns().turns.amend(newer):
            answered = text
    await asyncio.sleep(chance.random() * 0.15)
    if chance.random() < 0.4:
        key = asked.conversation
        deleted = await turns().turns.withdraw(key.platform, key.workspace, asked.id)
        async with turns().process.contact() as connection:
            status = await connection.fetchval("SELECT status FROM turns WHERE id = $1", turn_id)
        left_there = status == TurnStatus.WITHDRAWN  # who is answering takes the reply away first
    elif chance.random() < 0.2:
        await turns().turns.stop(turn_id)
        stopped = True
    return Wish(turn_id, text, answered, deleted, left_there, stopped)


async def test_what_people_see_and_what_is_kept_is_what_they_wanted(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()  # on a machine this busy Redis may answer too late
    chance = Random(1)
    stage = Stage(chance)
    responder = Repeating(chance)
    async with (
        open_house(database, redis, responder, lease=5) as one,
        open_house(database, redis, responder, lease=5) as other,
    ):
        houses = [one, other]

        def work(house: House) -> asyncio.Task[None]:
            return asyncio.create_task(Worker(house.turns, house.casting, [stage], 10).run())

        working = [work(house) for house in houses]
        people = asyncio.gather(*(_person(n, houses, chance) for n in range(PEOPLE)))
        restarting = 0
        while not people.done():
            await asyncio.wait({people}, timeout=0.3)
            index = restarting % 2
            working[index].cancel()
            await asyncio.wait({working[index]})
            working[index] = work(houses[index])
            restarting += 1

        async def all_ended() -> bool:
            async with one.process.contact() as connection:
                is_open = "SELECT count(*) FROM turns WHERE status IN ('queued', 'running')"
                return not await connection.fetchval(is_open)

        await wait_until(all_ended, seconds=20)
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        async with one.process.contact() as connection:
            rows = {row["id"]: row for row in await connection.fetch("SELECT * FROM turns")}

    for number, wish in enumerate(await people):
        row = rows[wish.turn_id]
        screen = stage.screens.get(f"C{number}")
        if wish.deleted:
            assert row["status"] == TurnStatus.WITHDRAWN
            assert (row["text"], row["reply"], row["shown"]) == ("", "", "")
            assert screen is None or screen.messages == {} or wish.left_there
            continue
        assert row["status"] in {TurnStatus.DONE, *([TurnStatus.STOPPED] if wish.stopped else [])}
        assert row["text"] == wish.text
        shown = "" if screen is None else "".join(screen.texts)
        if wish.text == wish.answered:
            assert set(row["reply"].split()) <= {wish.text}
        else:
            assert row["reply"] in ("", ANSWERED_BEFORE)
            assert set(shown.split()) <= {wish.answered}
        if row["status"] == TurnStatus.DONE:
            assert screen is not None
            assert list(screen.messages) == row["message_ids"]
            assert shown == row["reply"] or wish.text != wish.answered
