"""`/memory` in Discord, answered to the asker alone."""

from __future__ import annotations

import json
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


async def learn(scene: Scene, database: Database, database_url: str) -> None:
    """Have the bot told something, and learn it."""
    await scene.ask(SAID)

    async def ended() -> list[object]:
        return list(await fetch(database_url, "SELECT FROM turns WHERE status = 'done'"))

    await wait_until(ended)
    [row] = await fetch(database_url, "SELECT conversation FROM turns")
    learning = Learning(FactRows(database), Rules(), LocalEmbedder())
    await learning.learn(DEFAULT_ORG_ID, row["conversation"])


async def test_what_was_said_is_shown_and_forgotten(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
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
    assert "Only an admin" in (await remember(scene, "channel", remember=False)).shown
    boss = scene.guild.member("Boss", scene.guild.role("Bosses", Permission.MANAGE_GUILD))
    assert "off for this channel" in (await remember(scene, "channel", boss, remember=False)).shown
    kept = await remember(scene, "channel", boss, remember=True, days=30)
    assert "after 30 days" in kept.shown


async def test_a_fact_is_chosen_and_forgotten_once_they_are_sure(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    listed = await remember(scene, "show")
    await scene.asha.chooses(
        listed, "Forget one of these…", "The budget for Canary Letters is 40k a day."
    )
    await wait_until(lambda: "for good" in listed.shown)
    assert await fetch(database_url, "SELECT FROM facts")
    await scene.asha.clicks(listed, "Forget")
    await wait_until(lambda: "Forgotten: 1 fact" in listed.shown)
    assert await fetch(database_url, "SELECT FROM turns WHERE text LIKE '%Canary%'") == []


async def test_everything_goes_by_a_button_in_servers_and_direct_messages(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    await scene.asha.says(scene.asha.dm, "This channel casts in Pune.")
    await scene.replied(1, scene.asha.dm)
    assert "1 other place" in (await remember(scene, "show")).shown
    asked = await remember(scene, "forget", what="all everywhere")
    assert asked.visible_to is scene.asha
    await scene.asha.clicks(asked, "Forget")
    await wait_until(lambda: "Forgotten: 1 fact, 2 messages" in asked.shown)
    assert await fetch(database_url, "SELECT FROM turns WHERE text <> ''") == []


async def test_the_export_is_a_file_for_whoever_asked(
    scene: Scene, database: Database, database_url: str
) -> None:
    await learn(scene, database, database_url)
    told = await remember(scene, "export")
    assert told.visible_to is scene.asha
    ((name, content),) = told.files.items()
    assert name == "castmatch-memory.json"
    exported = json.loads(content)
    assert [turn["said"] for turn in exported["turns"]] == [f"{SAID}"]
