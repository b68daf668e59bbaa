"""`/memory` in Slack, answered to the asker alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.distilling import Rules
from db.facts import FactRows
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from memory.embedder import LocalEmbedder
from memory.facts import Learning
from tests.db.sql import fetch
from tests.fakes.slack.message import Message
from tests.fakes.slack.people import Person
from tests.slack.scenes import Scene, open_scene
from tests.waiting import wait_until

SAID = "Our budget for Canary Letters is 40k a day."


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


async def remember(scene: Scene, text: str, person: Person | None = None) -> Message:
    """What `/memory` answers."""
    person = person or scene.asha
    before = len(person.ephemeral(scene.casting))
    response = await person.commands("/memory", text, scene.casting)
    assert not response.error
    return await scene.told(person, before + 1)


async def learn(scene: Scene, database: Database, database_url: str) -> None:
    """Have the bot told something, and learn it."""
    await scene.replied(await scene.ask(SAID))

    async def ended() -> list[object]:
        return list(await fetch(database_url, "SELECT FROM turns WHERE status = 'done'"))

    await wait_until(ended)
    [row] = await fetch(database_url, "SELECT conversation FROM turns")
    learning = Learning(FactRows(database), Rules(), LocalEmbedder())
    await learning.learn(DEFAULT_ORG_ID, row["conversation"])


async def test_what_was_said_is_shown_exported_and_forgotten(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    shown = (await remember(scene, "")).shown
    assert "The budget for Canary Letters is 40k a day." in shown
    assert "Memory is on for you." in shown
    assert "Canary" not in (await remember(scene, "show", scene.ravi)).shown
    assert '"said": "' in (await remember(scene, "export")).shown
    told = (await remember(scene, "forget what I said about Canary Letters")).shown
    assert "Forgotten: 1 fact, 1 message with our replies." in told
    assert "I hold no facts from you." in (await remember(scene, "show")).shown
    assert await fetch(database_url, "SELECT FROM turns WHERE text LIKE '%Canary%'") == []


async def test_a_channel_is_its_admins_choice(scene: Scene) -> None:
    assert "Only an admin" in (await remember(scene, "off channel", scene.ravi)).shown
    scene.asha.is_admin = True
    assert "off for this channel" in (await remember(scene, "off channel")).shown
    assert "after 30 days" in (await remember(scene, "keep 30 days")).shown
    assert "Memory is off" in (await remember(scene, "off", scene.ravi)).shown


async def test_what_is_not_understood_gets_the_help(scene: Scene) -> None:
    assert "/memory forget about" in (await remember(scene, "what?")).shown


async def test_a_fact_is_forgotten_by_its_button_and_the_list_shows_what_is_left(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    listed = await remember(scene, "show")
    await scene.press(listed, "Forget", by=scene.asha)
    await wait_until(lambda: "Forgotten: 1 fact" in listed.shown)
    assert "What I posted in this chat before stays" in listed.shown
    assert "What you told me" not in listed.shown
    assert await fetch(database_url, "SELECT FROM turns WHERE text LIKE '%Canary%'") == []


async def test_everything_goes_by_a_button_and_not_before(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    asked = await remember(scene, "forget all")
    assert "It cannot be undone." in asked.shown
    assert await fetch(database_url, "SELECT FROM facts")
    await scene.press(asked, "Forget", by=scene.asha)
    await wait_until(lambda: "Forgotten: 1 fact" in asked.shown)
    assert await fetch(database_url, "SELECT FROM facts") == []


async def test_a_forged_button_does_no_more_than_typing(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    listed = await remember(scene, "show", scene.ravi)
    await scene.ravi.clicks("say_memory", "forget really all", on=listed, forged=True)
    await wait_until(lambda: "Nothing was held of you." in listed.shown)
    assert await fetch(database_url, "SELECT FROM facts"), "Asha's"
