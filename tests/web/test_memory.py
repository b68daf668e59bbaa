"""`/memory` on the page: asked for over the socket, and never a message."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.conversation import ConversationKey
from bot.distilling import Rules
from bot.memory_acts import MemoryActs
from db.facts import FactRows
from db.memory_export import Exports
from db.organisations import DEFAULT_ORG_ID
from db.people import PeopleRows
from db.pool import Database
from db.remembered import RememberedRows
from db.turn_history import TurnHistory
from memory.embedder import LocalEmbedder
from memory.facts import Learning
from memory.people import People
from memory.remembered import Memories
from memory.working import WorkingMemory
from tests.db.sql import fetch
from tests.waiting import wait_until
from tests.web.client import Client, Json, Visit, an_id
from tests.web.site import Puppet, Site, open_site

SAID = "Our budget for Canary Letters is 40k a day."


@pytest.fixture
async def site(
    database: Database, redis: Redis, embedder: LocalEmbedder, puppet: Puppet
) -> AsyncIterator[Site]:
    working = WorkingMemory(redis, TurnHistory(database))
    memories = Memories(RememberedRows(database), Exports(database), working)
    acts = MemoryActs(memories, People(PeopleRows(database), working))
    async with open_site(database, puppet, embedder, memory=working, memory_acts=acts) as site:
        yield site


async def ask(client: Client, text: str) -> Json:
    """The answer to what is typed after `/memory`."""
    before = len([frame for frame in client.frames if frame["type"] == "memory"])
    await client.send(type="memory", text=text)

    def answered() -> bool:
        return len([frame for frame in client.frames if frame["type"] == "memory"]) > before

    await client.until(answered)
    return [frame for frame in client.frames if frame["type"] == "memory"][-1]


async def test_what_was_said_is_shown_exported_and_forgotten(
    site: Site,
    puppet: Puppet,
    visit: Visit,
    database: Database,
    embedder: LocalEmbedder,
) -> None:
    client = await visit(site, an_id(1))
    puppet.tell(SAID, "Noted.", None)
    await client.send(type="send", id=an_id(2), text=SAID)
    await client.until(lambda: any(turn["phase"] == "ended" for turn in client.turns.values()))

    async def is_stored() -> bool:
        async with database.queue() as connection:
            return bool(await connection.fetch("SELECT FROM turns WHERE status = 'done'"))

    await wait_until(is_stored)
    conversation = str(ConversationKey("web", "page", an_id(1)))
    await Learning(FactRows(database), Rules(), embedder).learn(DEFAULT_ORG_ID, conversation)

    shown = await ask(client, "show")
    (fact,) = shown["facts"]
    assert fact["statement"] == "The budget for Canary Letters is 40k a day."
    assert (await ask(client, "export"))["exported"]["turns"][0]["said"] == SAID
    told = await ask(client, f"forget {fact['id']}")
    assert "Forgotten: 1 fact, 1 message with our replies." in told["blocks"][0]
    await client.until(lambda: not client.order)
    assert (await ask(client, "show"))["facts"] == []


async def test_a_command_is_never_stored_as_a_message(
    site: Site, visit: Visit, database_url: str
) -> None:
    client = await visit(site, an_id(1))
    await client.send(type="send", id=an_id(2), text="/memory forget about the canary")
    await client.until(lambda: any(frame["type"] == "error" for frame in client.frames))
    assert await fetch(database_url, "SELECT text FROM turns") == []


async def test_the_panel_says_whether_memory_is_on(site: Site, visit: Visit) -> None:
    client = await visit(site, an_id(1))
    assert (await ask(client, "show"))["on"] is True
    assert (await ask(client, "off"))["on"] is False
    assert (await ask(client, "show"))["on"] is False
    assert (await ask(client, "on"))["on"] is True


async def test_the_panel_lists_what_is_left_after_something_went(
    site: Site, puppet: Puppet, visit: Visit, database: Database, embedder: LocalEmbedder
) -> None:
    client, elsewhere = await visit(site, an_id(1)), await visit(site, an_id(3))
    for nth, (text, room) in enumerate(
        ((SAID, client), ("We never cast non-union actors.", elsewhere))
    ):
        puppet.tell(text, "Noted.", None)
        await room.send(type="send", id=an_id(10 + nth), text=text)
        await room.until(lambda: any(turn["phase"] == "ended" for turn in room.turns.values()))  # noqa: B023 - awaited here
        conversation = str(ConversationKey("web", "page", an_id(1 if nth == 0 else 3)))

        async def is_stored(conversation: str = conversation) -> bool:
            done = "SELECT FROM turns WHERE status = 'done' AND conversation = $1"
            async with database.queue() as connection:
                return bool(await connection.fetch(done, conversation))

        await wait_until(is_stored)
        await Learning(FactRows(database), Rules(), embedder).learn(DEFAULT_ORG_ID, conversation)
    told = await ask(client, "forget about canary letters")
    assert [fact["statement"] for fact in told["facts"]] == ["You do not want non-union actors."]
    asked = await ask(client, "forget all")
    assert asked["goes_on"] == "forget really all"
    await ask(client, asked["goes_on"])
    await elsewhere.until(lambda: not elsewhere.order)
