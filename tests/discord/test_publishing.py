"""Discord is told of our commands once, and again when they changed."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from adapters.discord import publishing
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.discord.at_work import at_work
from tests.fakes.discord import Channel, DiscordServer, Person
from tests.slack.at_work import Echo
from tests.waiting import wait_until

PUT = "PUT /applications/{}/commands"


async def test_commands_are_told_once_over_all_processes_and_restarts(
    discord_server: DiscordServer, database: Database, redis: Redis, echo: Echo
) -> None:
    async with AsyncExitStack() as both:
        for connects in (True, False):
            await both.enter_async_context(
                at_work(discord_server, database, redis, echo, connects=connects)
            )
        await wait_until(lambda: discord_server.commands.everywhere)
    async with at_work(discord_server, database, redis, echo):
        pass
    assert len(discord_server.called(PUT)) == 1
    async with database.queue() as connection:
        await connection.execute("UPDATE published SET digest = 'of an older version'")
    async with at_work(discord_server, database, redis, echo):
        await wait_until(lambda: len(discord_server.called(PUT)) == 2)


async def test_where_discord_refuses_it_is_tried_again_and_messages_are_answered(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer,
    database: Database,
    redis: Redis,
    echo: Echo,
    casting: Channel,
    asha: Person,
    expected_logs: ExpectedLogs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(publishing, "AGAIN_AFTER", 0.2)
    discord_server.fail(PUT, status=400, times=2)
    expected_logs.expect("discord_commands_not_published")
    async with at_work(discord_server, database, redis, echo):
        await asha.says(casting, f"{discord_server.bot.mention} one")
        await wait_until(casting.from_bot)
        await wait_until(lambda: discord_server.commands.everywhere)
    assert len(discord_server.called(PUT)) == 3
