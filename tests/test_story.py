"""One message from event to remembered turn, and what can happen to it on the way.

Read it from top to bottom: it is the first tutorial. Postgres and Redis are real; the platform is
`tests/screen.py`, a dictionary of messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis

from bot.casting import RESTARTING, STOPPED
from bot.conversation import Turn, TurnStatus
from bot.offline import Offline
from bot.ports import Page, ResponderError
from bot.talent import Range
from bot.worker import Worker
from db.pool import Database
from memory import keys
from tests.conftest import ExpectedLogs
from tests.house import House, Scripted, message, open_house
from tests.screen import Screen
from tests.talents.rosters import store, talent
from tests.waiting import wait_until

ROSTER = [
    talent(
        1,
        "Meera Joshi",
        gender="female",
        playing_age=Range(min=24, max=30),
        city="Pune",
        languages=("Marathi", "Hindi"),
        skills=("Kathak",),
    ),
    talent(
        2,
        "Kavya Nair",
        gender="female",
        playing_age=Range(min=33, max=40),
        city="Pune",
        languages=("Malayalam", "Marathi"),
    ),
    talent(3, "Arjun Rao", gender="male", city="Mumbai", languages=("Hindi",)),
]


class Stage:
    """The platform: one screen for each conversation."""

    platform = "test"

    def __init__(self) -> None:
        self.screens: dict[str, Screen] = {}

    def reply(self, turn: Turn) -> Screen:
        return self.screens.setdefault(turn.message.conversation.channel, Screen())

    async def run(self) -> None:
        """Nothing comes from it: the tests bring its events."""


@asynccontextmanager
async def working(house: House, stage: Stage) -> AsyncIterator[None]:
    """A worker that answers what the stage asks, and is told to end afterwards."""
    worker = asyncio.create_task(Worker(house.turns, house.casting, [stage], slots=4).run())
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def status_of(house: House, turn_id: UUID, channel: str = "C1") -> TurnStatus:
    known = await house.turns.transcript(message("", channel).conversation)
    assert known is not None
    return next(entry.status for entry in known[1] if entry.turn_id == turn_id)


async def test_a_message_becomes_a_reply_and_is_remembered(
    database: Database, redis: Redis, org_id: UUID
) -> None:
    await store(database, org_id, ROSTER)
    stage = Stage()
    async with open_house(database, redis, Offline()) as house:
        # An event comes in. It is a row before the platform hears that we have it …
        event = message("women who speak Marathi, in Pune")
        turn_id = await house.turns.accept(event)
        assert turn_id is not None
        assert await status_of(house, turn_id) == TurnStatus.QUEUED

        # … so when the platform sends it once more, the row is there already.
        assert await house.turns.accept(event) is None

        # A worker takes the row and answers, in a message that grows in place.
        async with working(house, stage):
            await wait_until(lambda: stage.screens and stage.screens["C1"].messages)
            screen = stage.screens["C1"]
            await wait_until(lambda: screen.last.final)
            assert len(screen.messages) == 1
            assert "Meera Joshi" in screen.last.text
            assert "Arjun Rao" not in screen.last.text

            # The talents come as cards, each with the reasons why.
            assert {match.talent.name for match in screen.last.matches} == {
                "Meera Joshi",
                "Kavya Nair",
            }
            assert all("speaks Marathi" in match.reasons for match in screen.last.matches)

            # The reply is stored with what it rests on …
            async def is_done() -> bool:
                return await status_of(house, turn_id) == TurnStatus.DONE

            await wait_until(is_done)

            # … so that the next message can build on it.
            followed = await house.turns.accept(message("only those under 32"))
            assert followed is not None
            await wait_until(lambda: len(screen.messages) == 2 and screen.last.final)
            assert [match.talent.name for match in screen.last.matches] == ["Meera Joshi"]

        # What was said is in Redis now, beside Postgres, for the turn after that.
        third = await house.ask("thank you")
        kept = await redis.lrange(keys.history(third.audience, third.message.conversation), 0, -1)
        assert len(kept) == 2
        recalled = await house.memory.recall(third)
        assert [past.said for past in recalled.history] == [event.text, "only those under 32"]


async def test_messages_of_a_conversation_wait_for_each_other_and_others_do_not(
    database: Database, redis: Redis
) -> None:
    hold = asyncio.Event()
    responder, stage = Scripted([hold, "Here."]), Stage()
    async with open_house(database, redis, responder) as house, working(house, stage):
        for text, channel in (("first", "C1"), ("second", "C1"), ("elsewhere", "C2")):
            await house.turns.accept(message(text, channel))
        await wait_until(lambda: len(responder.recalled) == 2)  # one of each conversation
        assert set(stage.screens) == {"C1", "C2"}
        assert len(stage.screens["C1"].messages) == 1
        hold.set()
        await wait_until(lambda: stage.screens["C1"].texts == ["Here.", "Here."])
        assert [past.said for past in responder.recalled[-1].history] == ["first"]


async def test_a_person_stops_a_reply(database: Database, redis: Redis) -> None:
    responder, stage = Scripted(["Half an answer", asyncio.Event()]), Stage()
    async with open_house(database, redis, responder) as house, working(house, stage):
        turn_id = await house.turns.accept(message("Find a dancer"))
        assert turn_id is not None
        await wait_until(lambda: stage.screens and stage.screens["C1"].texts == ["Half an answer"])
        await house.turns.stop(turn_id)
        screen = stage.screens["C1"]
        await wait_until(
            lambda: (
                screen.last == Page("Half an answer", notice=STOPPED, final=True, retryable=True)
            )
        )


async def test_the_model_fails_and_the_person_asks_again(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    overloaded = ResponderError("Claude is overloaded just now.", reason="overloaded")
    responder, stage = Scripted(["So far,", overloaded]), Stage()
    async with open_house(database, redis, responder) as house, working(house, stage):
        turn_id = await house.turns.accept(message("Find a dancer"))
        assert turn_id is not None
        await wait_until(lambda: stage.screens and stage.screens["C1"].last.final)
        screen = stage.screens["C1"]
        assert screen.last == Page("So far,", (), str(overloaded), final=True, retryable=True)

        async def is_failed() -> bool:
            return await status_of(house, turn_id) == TurnStatus.FAILED

        await wait_until(is_failed)
        responder.script = ["So far, and to the end."]
        assert await house.turns.retry(turn_id)
        await wait_until(lambda: screen.last == Page("So far, and to the end.", final=True))


async def test_the_process_restarts_in_the_middle_of_a_reply(
    database: Database, redis: Redis
) -> None:
    stage = Stage()
    async with open_house(database, redis, Scripted(["Half an ", asyncio.Event()])) as house:
        async with working(house, stage):
            await house.turns.accept(message("Find a dancer"))
            await wait_until(lambda: stage.screens and stage.screens["C1"].texts == ["Half an "])
        # Told to end, it said so in the reply and gave the turn back.
        assert stage.screens["C1"].last == Page("Half an ", notice=RESTARTING)
    async with (
        open_house(database, redis, Scripted(["Half an answer, now whole."])) as house,
        working(house, stage),
    ):
        screen = stage.screens["C1"]
        await wait_until(lambda: screen.last.final)
        assert screen.texts == ["Half an answer, now whole."], "in the very same message"


async def test_a_worker_freezes_and_another_takes_over(database: Database, redis: Redis) -> None:
    thaw = asyncio.Event()
    stage = Stage()
    async with open_house(database, redis, Scripted(["Half an ", thaw, "ghost"])) as frozen:
        turn = await frozen.ask()
        screen = stage.reply(turn)
        handling = asyncio.create_task(frozen.casting.handle(turn, screen))

        async def is_saved() -> bool:
            known = await frozen.turns.transcript(turn.message.conversation)
            return known is not None and known[1][0].message_ids == ("m0",)

        await wait_until(is_saved)
        await frozen.process.__aexit__(None, None, None)  # its heart stops beating

        # Its lease runs out, and another worker goes on in the same message.
        async with (
            open_house(database, redis, Scripted(["Half an answer, now whole."])) as house,
            working(house, stage),
        ):
            await wait_until(lambda: screen.last.final, seconds=20)
            # The frozen one thaws, finds that the turn is another's, and writes nothing.
            calls = len(screen.calls)
            thaw.set()
            await handling
            assert screen.texts == ["Half an answer, now whole."]
            assert len(screen.calls) <= calls + 1

            async def is_done() -> bool:
                return await status_of(house, turn.id) == TurnStatus.DONE

            await wait_until(is_done)  # what people see comes before the row
