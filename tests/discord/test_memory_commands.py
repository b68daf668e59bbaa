"""`/memory` in Discord, answered to the asker alone."""

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
from tests.discord.scenes import Scene, open_scene, shown
from tests.fakes.discord import Message, Permission, Person
from tests.waiting import wait_until

SAID = "Our budget for Canary Letters is 40k a day."


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


async def remember(
    scene: Scene, act: str, person: Person | None = None, **options: object
) -> Message:
    person = person or scene.asha
    return await shown(await person.commands(scene.casting, f"/memory {act}", **options))


async def test_what_was_said_is_shown_and_forgotten(
    scene: Scene, database: Database, database_url: str
) -> None:
    await scene.ask(SAID)

    async def ended() -> list[object]:
        return list(await fetch(database_url, "SELECT FROM turns WHERE status = 'done'"))

    await wait_until(ended)
    [row] = await fetch(database_url, "SELECT conversation FROM turns")
    learning = Learning(FactRows(database), Rules(), LocalEmbedder())
    await learning.learn(DEFAULT_ORG_ID, row["conversation"])

    told = await remember(scene, "show")
    assert "The budget for Canary Letters is 40k a day." in told.shown
    assert told.visible_to is scene.asha
    assert "Canary" not in (await remember(scene, "show", scene.ravi)).shown
    gone = await remember(scene, "forget", what="about Canary Letters")
    assert "Forgotten: 1 fact, 1 message with our replies." in gone.shown
    assert "I hold no facts from you." in (await remember(scene, "show")).shown
    assert await fetch(database_url, "SELECT FROM turns WHERE text LIKE '%Canary%'") == []


async def test_a_person_and_a_channel_choose(scene: Scene) -> None:
    assert "Memory is off" in (await remember(scene, "off")).shown
    assert "Memory is off for you." in (await remember(scene, "show")).shown
    assert "Memory is on" in (await remember(scene, "on")).shown
    assert "admins" in (await remember(scene, "channel", remember=False)).shown
    boss = scene.guild.member("Boss", scene.guild.role("Bosses", Permission.MANAGE_GUILD))
    assert "off for this channel" in (await remember(scene, "channel", boss, remember=False)).shown
    kept = await remember(scene, "channel", boss, remember=True, days=30)
    assert "after 30 days" in kept.shown
