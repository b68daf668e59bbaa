"""A summary never tells of what was taken back."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Outcome
from db.memory_tending import TendingRows
from db.pool import Database
from db.remembered import RememberedRows
from memory.tending import Tending
from tests.db.sql import execute, fetch
from tests.fakes.claude import ClaudeServer, Reply
from tests.memory.conftest import ASHA, BEN, private, says
from tests.memory.summaries.conftest import NOTES, House, asked_of, rows
from tests.traces import traces
from tests.turns.conftest import claim
from tests.waiting import wait_until


async def test_forgetting_takes_the_summary_and_another_is_made_of_what_is_left(
    house: House, server: ClaudeServer, redis: Redis, database_url: str
) -> None:
    await house.say("Dancers for Canary Letters?")
    await house.say("Singers?", BEN)
    await house.say_all(4, BEN)
    server.reply("3 May, Asha: wants dancers for Canary Letters.")
    await house.fold()
    assert "Canary" in await house.summary(BEN)
    await house.people.forget("web", "W1", ASHA.external_id)
    assert await traces(database_url, redis) == []
    await execute(database_url, "DELETE FROM jobs WHERE kind = 'forget_person'")
    forgotten = [key async for key in redis.scan_iter("*:forgotten")]
    assert "Canary" not in await house.summary(BEN)
    await redis.delete(*forgotten)
    await house.say("Mimes?", BEN)
    server.reply("3 May, Ben: wants singers.")
    assert await house.fold() == 1
    assert "Canary" not in asked_of(server.requests[-1])
    assert "Singers?" in asked_of(server.requests[-1])
    assert await house.summary(BEN) == "3 May, Ben: wants singers."


@pytest.mark.parametrize("is_first", [True, False])
async def test_what_is_forgotten_while_claude_writes_is_not_kept(
    house: House, server: ClaudeServer, redis: Redis, database_url: str, is_first: bool
) -> None:
    await house.say_all(5, BEN)
    if not is_first:
        server.reply(NOTES)
        await house.fold()
    await house.say("Dancers for Canary Letters?")
    await house.say_all(5, BEN)
    server.reply("3 May, Asha: wants dancers for Canary Letters.", delay=0.2)
    asked = len(server.requests)
    folding_now = asyncio.create_task(house.fold())

    async def is_asked() -> bool:
        return len(server.requests) > asked

    await wait_until(is_asked)
    assert "Canary" in asked_of(server.requests[-1])
    await house.people.forget("web", "W1", ASHA.external_id)
    await folding_now
    assert await traces(database_url, redis) == []
    assert house.ended("forgotten") == 1
    waiting = await fetch(database_url, "SELECT FROM jobs WHERE kind = 'summarise_turns'")
    assert len(waiting) == 1, "made anew a little later"


async def test_a_reply_that_drew_on_what_was_forgotten_leaves_the_summary_too(
    house: House, server: ClaudeServer, database_url: str
) -> None:
    secret = await house.say("Our budget for Canary Letters is 40k")
    assert await house.node.turns.accept(says(BEN, "And the budget?", channel="C2"))
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("Canary: 40k", drew_on=(secret.id,)))
    await execute(
        database_url,
        "INSERT INTO summaries SELECT org_id, conversation, 'team', seq, id, 'canary' FROM turns"
        " WHERE channel = 'C2'",
    )
    await house.people.forget("web", "W1", ASHA.external_id)
    assert await rows(database_url) == []


async def test_a_withdrawn_or_edited_turn_takes_it_and_a_new_reply_does_not(
    house: House, server: ClaudeServer, database_url: str
) -> None:
    await house.say_all(5)
    server.reply(NOTES)
    await house.fold()
    assert await rows(database_url) == [NOTES]
    await house.say_all(2)
    assert await rows(database_url) == [NOTES]
    newest = "(SELECT max(seq) FROM turns)"
    await execute(database_url, f"UPDATE turns SET text = '' WHERE seq = {newest}")
    assert await rows(database_url) == [NOTES], "it does not tell of that one"
    await execute(database_url, "UPDATE turns SET text = 'x' WHERE text = 'Question 0'")
    assert await rows(database_url) == []


async def test_what_a_channel_keeps_no_longer_is_in_no_summary(
    house: House, server: ClaudeServer, database: Database, database_url: str
) -> None:
    await house.say_all(5)
    server.reply(NOTES)
    await house.fold()
    old = "sent_at = now() - interval '31 days'"
    await execute(database_url, f"UPDATE turns SET {old} WHERE text = 'Question 0'")
    remembered = RememberedRows(database)
    here = private(ASHA, "x").conversation
    await remembered.keep_channel(here, 30, default_access=Access.TEAM)
    (org,) = await fetch(database_url, "SELECT org_id FROM turns LIMIT 1")
    await Tending(TendingRows(database), house.working).job(org["org_id"], {})
    assert await rows(database_url) == []
    assert "Question 0" not in await house.summary()


@pytest.mark.parametrize("whose", ["person", "channel"])
async def test_what_is_said_while_memory_is_off_is_in_no_summary_that_is_kept(
    house: House, server: ClaudeServer, database: Database, database_url: str, whose: str
) -> None:
    remembered = RememberedRows(database)
    here = private(ASHA, "x").conversation
    if whose == "person":
        await remembered.turn_person(
            "web", "W1", ASHA.external_id, on=False, default_access=Access.TEAM
        )
    else:
        await remembered.turn_channel(here, on=False, default_access=Access.TEAM)
    await house.say("Dancers for Canary Letters?")
    await house.say_all(6, BEN)
    server.answer_with(lambda request: Reply(NOTES))
    assert await house.fold() == (1 if whose == "person" else 0)
    assert all("Canary" not in asked_of(request) for request in server.requests)
