"""Answers that take long, come too late, or are refused; and suggestions where our data is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from adapters.discord import answers
from bot.casting import UNAVAILABLE
from db.pool import Database
from tests.cast import MEERA
from tests.conftest import ExpectedLogs
from tests.db.relay import relayed
from tests.discord.scenes import Scene, names_in, open_scene, shown
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.message import walk
from tests.waiting import wait_until


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.1)


@asynccontextmanager
async def busy(scene: Scene) -> AsyncIterator[None]:
    """No search is kept or found while inside."""
    async with scene.database.queue() as connection:
        await connection.execute("RESET ROLE; LOCK TABLE saved_searches IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.usefixtures("impatient")
async def test_a_search_that_takes_long_says_that_it_thinks(scene: Scene) -> None:
    async with busy(scene):
        act = await scene.asha.commands(scene.casting, "/talent search", text="women in Pune")
        assert act.message
        assert act.message.thinking
        assert act.is_private
    assert MEERA in names_in(await shown(act))
    assert not act.followups
    found = act.message
    async with busy(scene):
        turned = await scene.asha.chooses(found, "Drop a filter…", "in Pune")
        assert turned.message is found
        assert "in Pune" in found.shown
    await wait_until(lambda: "in Pune  ·" not in found.shown and "Mumbai" in found.shown)


@pytest.mark.usefixtures("impatient")
async def test_what_is_found_after_a_quarter_of_an_hour_is_nobodys(scene: Scene) -> None:
    async with busy(scene):
        act = await scene.asha.commands(scene.casting, "/talent search", text="women in Pune")
        act.at -= 901
    follow_up = "POST /webhooks/{}/{}"
    await wait_until(lambda: scene.discord.called(follow_up))
    assert act.message
    assert act.message.thinking
    assert await found_again(scene)


async def test_an_act_that_discord_gave_up_is_not_answered(scene: Scene) -> None:
    callback = "POST /interactions/{}/{}/callback"
    scene.discord.fail(callback, status=404, code=10062)
    scene.discord.ack_seconds = 0.3
    act = await scene.asha.commands(scene.casting, "/talent search", text="women in Pune")
    assert act.failed
    scene.discord.ack_seconds = 3.0
    await wait_until(lambda: len(scene.discord.called(callback)) == 1)
    assert await found_again(scene)


async def test_photos_that_discord_refuses_are_left_out(scene: Scene) -> None:
    scene.discord.fail("POST /interactions/{}/{}/callback", status=400)
    found = await scene.finds(text="women in Pune")
    assert MEERA in names_in(found)
    assert not any("media" in each for each in walk(found.components))
    assert any("media" in each for each in walk((await scene.finds(text="women")).components))


async def test_where_our_data_is_away_nothing_is_suggested_and_a_command_says_so(
    database_url: str, redis: Redis, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    async with (
        relayed(database_url, tmp_path) as (relay, url),
        opened(url) as database,
        open_scene(database, redis) as scene,
    ):
        typed = scene.casting, "/talent show", "name", "gok"
        assert await scene.asha.autocompletes(*typed) == [MEERA]
        trips = []
        for _ in range(5):  # some of them beside a heartbeat, or a look for jobs
            before = relay.trips
            assert await scene.asha.autocompletes(*typed) == [MEERA]
            trips.append(relay.trips - before)
        assert min(trips) <= 3
        expected_logs.expect("act_failed")
        expected_logs.allow_any()
        relay.cut()
        assert await scene.asha.autocompletes(*typed) == []
        told = await shown(await scene.asha.commands(scene.casting, "/talent show", name=MEERA))
        assert told.shown == UNAVAILABLE
        relay.mend()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = await Database.connect(url)
    try:
        yield database
    finally:
        await database.close()


async def found_again(scene: Scene) -> bool:
    act: Interaction = await scene.asha.commands(scene.casting, "/talent search", text="women")
    return bool(names_in(await shown(act)))
