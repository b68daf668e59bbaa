"""A question is edited or deleted while it is answered: what people see, and what is kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from redis.asyncio import Redis

from bot import casting
from bot.conversation import Turn, TurnStatus
from bot.ports import Page, UndeliverableError
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.house import House, Scripted, open_house
from tests.screen import Screen
from tests.waiting import wait_until

SECRET = "zyxwv"


async def amend(house: House, turn: Turn, text: str = "Find me a singer") -> None:
    assert await house.turns.amend(replace(turn.message, text=text))


async def withdraw(house: House, turn: Turn) -> None:
    key = turn.message.conversation
    assert await house.turns.withdraw(key.platform, key.workspace, turn.message.id)


async def status_of(house: House, turn_id: UUID) -> TurnStatus:
    async with house.process.contact() as connection:
        return TurnStatus(
            await connection.fetchval("SELECT status FROM turns WHERE id = $1", turn_id)
        )


async def claimed(house: House) -> Turn:
    (turn,) = await house.turns.claim(["test"], at_most=1)
    return turn


async def assert_nothing_is_kept(database: Database, redis: Redis) -> None:
    async with database.queue() as connection:
        for table in ("turns", "overheard", "jobs"):
            rows = await connection.fetch(f"SELECT row_to_json(r)::text FROM {table} r")
            assert not [row for (row,) in rows if SECRET in row]
    for key in await redis.keys("*:history:*"):
        assert not [entry for entry in await redis.lrange(key, 0, -1) if SECRET in str(entry)]


@asynccontextmanager
async def handling(house: House, turn: Turn, screen: Screen) -> AsyncIterator[asyncio.Task[None]]:
    """The reply under way; inside, its first text is shown."""
    task = asyncio.create_task(house.casting.handle(turn, screen))
    await wait_until(lambda: screen.messages and screen.last.text)
    yield task
    await asyncio.wait_for(task, 5)


class Slow(Screen):
    """Once `held`, a call has reached the platform, which answers it when `go_on` is set."""

    def __init__(self, kind: str, page_limit: int = 2_000) -> None:
        super().__init__(page_limit)
        self.kind = kind
        self.held, self.go_on = asyncio.Event(), asyncio.Event()

    async def _call(self, kind: str, message_id: str, page: Page) -> str:
        done = await super()._call(kind, message_id, page)
        if kind == self.kind or (self.kind == "last" and page.final):
            self.held.set()
            await self.go_on.wait()
        return done


# --- edited ----------------------------------------------------------------------------------


async def test_an_edited_question_is_answered_anew_in_the_same_message(
    database: Database, redis: Redis
) -> None:
    responder = Scripted(["Two dancers", asyncio.Event()])
    screen = Screen()
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        async with handling(house, turn, screen):
            edited_at = time.monotonic()
            await amend(house, turn)
            await wait_until(lambda: responder.cancelled)
            assert time.monotonic() - edited_at < 0.4
        responder.script = ["One singer."]
        again = await claimed(house)
        assert (again.id, again.message.text) == (turn.id, "Find me a singer")
        assert (again.message_ids, again.shown) == (("m0",), "")
        await house.casting.handle(again, screen)
        assert list(screen.messages.values()) == [Page("One singer.", final=True)]
        assert [kind for kind, *_ in screen.calls].count("post") == 1
        following = await house.ask("Go on")
        (past,) = (await house.memory.recall(following)).history
        assert (past.said, past.outcome.text) == ("Find me a singer", "One singer.")


async def test_an_edit_while_the_first_message_is_posted_makes_no_second_one(
    database: Database, redis: Redis
) -> None:
    screen, responder = Slow("post"), Scripted(["Two dancers", asyncio.Event()])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        task = asyncio.create_task(house.casting.handle(turn, screen))
        await screen.held.wait()
        await amend(house, turn)
        await wait_until(lambda: responder.cancelled)
        assert not task.done()
        screen.go_on.set()
        await task
        assert (await claimed(house)).message_ids == ("m0",)


async def test_an_edit_during_the_last_edit_is_answered_all_the_same(
    database: Database, redis: Redis
) -> None:
    screen = Slow("last")
    responder = Scripted(["Two dancers."])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        task = asyncio.create_task(house.casting.handle(turn, screen))
        await screen.held.wait()
        await amend(house, turn)
        screen.go_on.set()
        await task
        again = await claimed(house)
        responder.script = ["One singer."]
        await house.casting.handle(again, screen)
        assert screen.texts == ["One singer."]
        assert await status_of(house, turn.id) == TurnStatus.DONE


async def test_the_further_messages_of_the_old_reply_go_before_the_new_text_comes(
    database: Database, redis: Redis
) -> None:
    screen = Screen(page_limit=200)
    old = "".join(f"Dancer number {number} is here.\n" for number in range(20))
    responder = Scripted([old, asyncio.Event()])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask()
        async with handling(house, turn, screen):
            await wait_until(lambda: len(screen.messages) > 2)
            await amend(house, turn)
        responder.script = ["One ", asyncio.Event()]
        again = await claimed(house)
        task = asyncio.create_task(house.casting.handle(again, screen))
        await wait_until(lambda: screen.texts == ["One "])
        task.cancel()
        await asyncio.wait({task})


# --- deleted ---------------------------------------------------------------------------------


async def test_a_deleted_question_takes_its_reply_along(database: Database, redis: Redis) -> None:
    responder = Scripted([f"{SECRET} " * 100, asyncio.Event()])
    screen = Screen(page_limit=200)
    async with open_house(database, redis, responder) as house:
        before = await house.ask("Hello")
        responder.script, script = ["Hello."], responder.script
        await house.casting.handle(before, Screen())
        responder.script = script
        turn = await house.ask(SECRET)
        async with handling(house, turn, screen):
            await wait_until(lambda: len(screen.messages) > 2)
            deleted_at = time.monotonic()
            await withdraw(house, turn)
            await wait_until(lambda: responder.cancelled)
            assert time.monotonic() - deleted_at < 0.4
        assert screen.messages == {}
        assert screen.activities[-1] == ""
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN
        await assert_nothing_is_kept(database, redis)
        following = await house.ask("Go on")
        assert [past.said for past in (await house.memory.recall(following)).history] == ["Hello"]
        ended = {"platform": "test", "ending": "withdrawn"}
        assert house.metrics.registry.get_sample_value("castmatch_turns_total", ended) == 1


@pytest.mark.parametrize("kind", ["post", "edit", "last"])
async def test_a_call_under_way_leaves_no_message_behind(
    database: Database, redis: Redis, kind: str
) -> None:
    screen = Slow(kind)
    hold = asyncio.Event()
    async with open_house(database, redis, Scripted([hold, SECRET])) as house:
        turn = await house.ask(SECRET)
        task = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages)
        hold.set()
        await screen.held.wait()
        await withdraw(house, turn)
        screen.go_on.set()
        await task
        assert screen.messages == {}
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN
        await assert_nothing_is_kept(database, redis)


async def test_a_reply_that_was_whole_but_not_stored_goes_too(
    database: Database, redis: Redis
) -> None:
    screen = Screen()
    async with open_house(database, redis, Scripted([SECRET])) as house:
        turn = await house.ask(SECRET)
        async with database.queue() as connection:  # what `finish` writes has to wait
            task = asyncio.create_task(house.casting.handle(turn, screen))
            await connection.execute("SELECT FROM turns WHERE id = $1 FOR UPDATE", turn.id)
            await wait_until(lambda: screen.messages and screen.last.final)
            await connection.execute(
                "UPDATE turns SET text = '', shown = '', changed = 'withdrawn' WHERE id = $1",
                turn.id,
            )
        await task
        assert screen.messages == {}
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN


async def test_what_another_worker_left_is_removed_and_nothing_begun(
    database: Database, redis: Redis
) -> None:
    screen = Screen()
    responder = Scripted([SECRET, asyncio.Event()])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask(SECRET)
        task = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: screen.messages and screen.last.text)
        task.cancel()
        await asyncio.wait({task})
        assert screen.last == Page(SECRET, notice=casting.RESTARTING)
    async with open_house(database, redis, responder) as house:
        await withdraw(house, turn)
        screen.calls.clear()
        await house.casting.handle(await claimed(house), screen)
        assert [kind for kind, *_ in screen.calls] == ["delete"]
        assert screen.messages == {}
        assert len(responder.recalled) == 1
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN
        await assert_nothing_is_kept(database, redis)


async def test_a_shutdown_while_it_is_removed_leaves_the_rest_to_the_next(
    database: Database, redis: Redis
) -> None:
    screen = Slow("delete", page_limit=200)
    responder = Scripted([f"{SECRET} " * 100, asyncio.Event()])
    async with open_house(database, redis, responder) as house:
        turn = await house.ask(SECRET)
        task = asyncio.create_task(house.casting.handle(turn, screen))
        await wait_until(lambda: len(screen.messages) > 2)
        await withdraw(house, turn)
        await screen.held.wait()
        began = time.monotonic()
        task.cancel()
        await asyncio.wait({task})
        assert time.monotonic() - began < 3
        assert all(not page.notice for page in screen.messages.values())
    screen.kind = ""
    async with open_house(database, redis, responder) as house:
        await house.casting.handle(await claimed(house), screen)
        assert screen.messages == {}
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN


async def test_a_platform_that_refuses_to_remove_it(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the platform does not remove the reply")

    def refuse(call: str) -> None:
        if call == "delete":
            raise UndeliverableError("no permission")

    screen = Screen(fail=refuse)
    async with open_house(database, redis, Scripted([SECRET, asyncio.Event()])) as house:
        turn = await house.ask(SECRET)
        async with handling(house, turn, screen):
            await withdraw(house, turn)
        assert await status_of(house, turn.id) == TurnStatus.WITHDRAWN
        await assert_nothing_is_kept(database, redis)


async def test_an_earlier_try_is_forgotten_too(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("ended in an error")
    responder = Scripted([SECRET, ZeroDivisionError()])
    async with open_house(database, redis, responder) as house:
        failed = await house.ask(SECRET)
        await house.casting.handle(failed, Screen())
        responder.script = ["Hello."]
        await house.casting.handle(await house.ask("Hello"), Screen())
        responder.script = [SECRET, asyncio.Event()]
        assert await house.turns.retry(failed.id)
        turn, screen = await claimed(house), Screen()
        async with handling(house, turn, screen):
            await withdraw(house, turn)
        assert screen.messages == {}
        await assert_nothing_is_kept(database, redis)
        following = await house.ask("Go on")
        assert [past.said for past in (await house.memory.recall(following)).history] == ["Hello"]
