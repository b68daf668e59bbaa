"""Every way in which a turn can end, over real Postgres and Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from redis.asyncio import Redis

from bot import casting
from bot.conversation import GIVEN_UP, Outcome, TranscriptEntry, Turn, TurnStatus
from bot.ports import Doing, Page, ResponderError, UndeliverableError
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.house import House, Scripted, open_house
from tests.proxy import Proxy
from tests.screen import Screen
from tests.waiting import wait_until


async def entry(house: House, turn: Turn) -> TranscriptEntry:
    known = await house.turns.transcript(turn.message.conversation)
    assert known is not None
    return next(entry for entry in known[1] if entry.turn_id == turn.id)


async def outcome(house: House, turn: Turn) -> Outcome | None:
    return (await entry(house, turn)).outcome


def count(house: House, name: str, **labels: str) -> float:
    return house.metrics.registry.get_sample_value(name, labels) or 0.0


async def test_a_finished_reply_is_shown_stored_and_remembered(
    database: Database, redis: Redis
) -> None:
    responder = Scripted([Doing("searching the roster…"), "Two ", "dancers ", "fit."])
    screen = Screen()
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        await house.casting.handle(turn, screen)
        assert list(screen.messages.values()) == [Page("Two dancers fit.", final=True)]
        assert screen.activities[-1] == ""
        assert await outcome(house, turn) == Outcome("Two dancers fit.")
        assert (await entry(house, turn)).message_ids == ("m0",)
        following = await house.ask("Only those in Pune")
        assert [past.said for past in (await house.memory.recall(following)).history] == [
            turn.message.text
        ]
        assert count(house, "castmatch_turns_total", platform="test", ending="done") == 1
        assert count(house, "castmatch_open_turns", platform="test") == 0
        assert count(house, "castmatch_first_text_seconds_count", platform="test") == 1


async def test_a_name_that_no_row_backs_is_marked(database: Database, redis: Redis) -> None:
    responder = Scripted(["You could ask **Priya Inventedname** for it."])
    screen = Screen()
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        await house.casting.handle(turn, screen)
        (page,) = screen.messages.values()
        assert page.text == "You could ask **Priya Inventedname** (not in the roster) for it."
        assert await outcome(house, turn) == Outcome(page.text)
        assert count(house, "castmatch_unbacked_names_total") == 1


async def test_a_person_stops_it(database: Database, redis: Redis) -> None:
    responder = Scripted(["Half an answer", asyncio.Event()])
    screen = Screen()
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        handling = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages and screen.last.text)
        asked_at = time.monotonic()
        await house.turns.stop(turn.id)
        await wait_until(lambda: responder.cancelled)
        assert time.monotonic() - asked_at < 2
        await handling
        assert screen.last == Page(
            "Half an answer", notice=casting.STOPPED, final=True, retryable=True
        )
        assert await outcome(house, turn) == Outcome("Half an answer", TurnStatus.STOPPED)


@pytest.mark.parametrize("retryable", [True, False])
async def test_the_responder_cannot_go_on(
    database: Database, redis: Redis, expected_logs: ExpectedLogs, retryable: bool
) -> None:
    expected_logs.expect("the responder gave up")
    error = ResponderError("Claude is overloaded.", reason="overloaded", retryable=retryable)
    screen = Screen()
    async with open_house(database, redis, Scripted(["So far.", error])) as house:
        turn = await house.ask()
        await house.casting.handle(turn, screen)
        assert screen.last == Page("So far.", (), "Claude is overloaded.", True, retryable)
        assert await outcome(house, turn) == Outcome(
            "So far.", TurnStatus.FAILED, error="Claude is overloaded."
        )
        assert count(house, "castmatch_responder_errors_total", reason="overloaded") == 1


async def test_an_error_of_ours_is_logged_and_said_plainly(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the reply ended in an error of ours")
    screen = Screen()
    responder = Scripted(["So far.", ZeroDivisionError("secret detail")])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        await house.casting.handle(turn, screen)
        assert screen.last == Page("So far.", (), casting.UNEXPECTED, True, True)
        assert "secret" not in str(await entry(house, turn))
    logged = expected_logs.messages()[0]
    assert "ZeroDivisionError" in logged


async def test_an_empty_reply_is_a_failure(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    screen = Screen()
    async with open_house(database, redis, Scripted([" \n"])) as house:
        turn = await house.ask()
        await house.casting.handle(turn, screen)
        assert screen.last.notice == casting.EMPTY
        assert (await entry(house, turn)).status == TurnStatus.FAILED


async def test_a_platform_that_refuses_the_reply_ends_it(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the platform refuses the reply")

    responder = Scripted(["Never seen", asyncio.Event()])

    def refuse(call: str) -> None:
        if responder.recalled:
            raise UndeliverableError("channel gone")

    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        await house.casting.handle(turn, Screen(fail=refuse))
        assert responder.cancelled
        assert await outcome(house, turn) == Outcome(
            "Never seen", TurnStatus.FAILED, error=casting.UNDELIVERED
        )


async def test_another_worker_took_it_over(database: Database, redis: Redis) -> None:
    screen = Screen()
    async with open_house(database, redis, Scripted(["Mine", asyncio.Event()])) as house:
        turn = await house.ask()
        handling = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages and screen.last.text)
        async with database.queue() as connection:  # what a takeover writes
            await connection.execute(
                "UPDATE turns SET owner = gen_random_uuid(), attempt = attempt + 1"
            )
        calls = list(screen.calls)
        await handling
        assert screen.calls == calls
        assert (await entry(house, turn)).status == TurnStatus.RUNNING
        assert count(house, "castmatch_turns_total", platform="test", ending="lost") == 1


async def test_a_restart_says_so_and_the_next_process_goes_on_in_the_same_message(
    database: Database, redis: Redis
) -> None:
    screen = Screen()
    async with open_house(database, redis, Scripted(["Half an ", asyncio.Event()])) as house:
        turn = await house.ask()
        handling = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages and screen.last.text)
        began = time.monotonic()
        handling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await handling
        assert time.monotonic() - began < 3
        assert screen.last == Page("Half an ", notice=casting.RESTARTING)
    async with open_house(database, redis, Scripted(["Half an answer, ", "now whole."])) as house:
        (again,) = await house.turns.claim(["test"], at_most=1)
        assert (again.id, again.message_ids, again.shown) == (turn.id, ("m0",), "Half an ")
        await house.casting.handle(again, screen)
        assert list(screen.messages.values()) == [Page("Half an answer, now whole.", final=True)]
        assert [kind for kind, *_ in screen.calls].count("post") == 1


async def test_a_turn_that_too_many_workers_died_with_ends_where_people_see_it(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("turn_dead")
    screen, responder = Screen(), Scripted(["never asked"])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        await house.turns.progress(turn, [await screen.post(Page("Half an "))], "Half an ")
        dying = replace(turn, given_up=True, message_ids=("m0",), shown="Half an ")
        await house.casting.handle(dying, screen)
        assert list(screen.messages.values()) == [
            Page("Half an ", notice=GIVEN_UP, final=True, retryable=True)
        ]
        assert await outcome(house, turn) == Outcome("Half an ", TurnStatus.DEAD, error=GIVEN_UP)
        assert await house.turns.retry(turn.id) is not None
    assert responder.recalled == []


async def test_a_restart_during_the_last_edit_finishes_the_reply(
    database: Database, redis: Redis
) -> None:
    editing, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Screen):
        async def edit(self, message_id: str, page: Page) -> None:
            if page.final:
                editing.set()
                await go_on.wait()
            await super().edit(message_id, page)

    screen = Slow()
    hold = asyncio.Event()
    async with open_house(database, redis, Scripted([hold, "All of it."])) as house:
        turn = await house.ask()
        handling = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages)
        hold.set()
        await editing.wait()
        handling.cancel()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await handling
        assert screen.last == Page("All of it.", final=True)
        assert await outcome(house, turn) == Outcome("All of it.")


@pytest.fixture
async def far_database(database_url: str) -> AsyncIterator[tuple[Database, Proxy]]:
    """The same database behind a network that can fail."""
    parts = urlsplit(database_url)
    folder = parse_qs(parts.query)["host"][0]
    async with Proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        address = f"{parts.username}@127.0.0.1:{proxy.port}"
        url = parts._replace(netloc=address, query="sslmode=disable").geturl()
        database = await Database.connect(url, min_size=1, max_size=4)
        yield database, proxy
        await database.close()


async def test_postgres_away_while_a_reply_is_written(
    far_database: tuple[Database, Proxy], redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    database, proxy = far_database
    hold = asyncio.Event()
    screen = Screen()
    async with open_house(database, redis, Scripted(["Half an ", hold, "answer."])) as house:
        turn = await house.ask()
        handling = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages and screen.last.text)
        proxy.become("cut")
        hold.set()
        await wait_until(lambda: screen.last == Page("Half an answer.", final=True))
        assert not handling.done(), "the reply is shown, and waits to be stored"
        proxy.become("open")
        await handling
        assert await outcome(house, turn) == Outcome("Half an answer.")
        assert [kind for kind, *_ in screen.calls].count("post") == 1


async def test_redis_away_makes_no_difference(
    database: Database, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    screen = Screen()
    nowhere = Redis.from_url("unix:///nowhere/redis.sock")
    async with open_house(database, nowhere, Scripted(["An answer."])) as house:
        first = await house.ask()
        await house.casting.handle(first, screen)
        following = await house.ask("Go on")
        assert [past.turn_id for past in (await house.memory.recall(following)).history] == [
            first.id
        ]
        await house.casting.handle(following, Screen())
        said_again = Outcome("An answer.", drew_on=(first.id,))
        assert await outcome(house, following) == said_again
    await nowhere.aclose()
