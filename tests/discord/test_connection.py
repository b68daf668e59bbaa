"""Whatever the gateway does: what people are told, and how often we come back."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from adapters.discord.client import CLOSED
from adapters.discord.rest import TOKEN_REFUSED
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.discord.at_work import at_work
from tests.fakes.discord import Channel, DiscordServer, Person
from tests.slack.at_work import Echo
from tests.waiting import wait_until


@pytest.mark.parametrize("code", [4004, 4012, 4013])
async def test_what_a_person_must_do_is_said_once_and_not_hammered(
    discord_server: DiscordServer, database: Database, redis: Redis, code: int,
    expected_logs: ExpectedLogs,
) -> None:  # fmt: skip
    expected_logs.expect("discord_not_ready")
    discord_server.gateway.refuses_with = code
    async with at_work(discord_server, database, redis, Echo(), connects=False) as work:
        await wait_until(lambda: work.discord.problem() == CLOSED[code])
        tries = len(discord_server.gateway.all)
        await asyncio.sleep(2)
        assert len(discord_server.gateway.all) == tries
    assert CLOSED[4004] == TOKEN_REFUSED
    assert len(expected_logs.messages()) == 1


async def test_a_frame_that_nobody_can_read_costs_a_connection(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, database: Database, redis: Redis, asha: Person,
    casting: Channel, expected_logs: ExpectedLogs,
) -> None:  # fmt: skip
    expected_logs.expect("discord_connection_broke")
    async with at_work(discord_server, database, redis, Echo()):
        discord_server.gateway.open[0].put("{not JSON")
        await asha.says(casting, f"{discord_server.bot.mention} one")
        await wait_until(casting.from_bot, seconds=30)
    assert discord_server.gateway.identifies == 2


async def test_more_shards_are_asked_for_and_not_forced(
    discord_server: DiscordServer, database: Database, redis: Redis
) -> None:
    """Where Discord wants more than it recommends."""
    discord_server.guild()
    discord_server.gateway.most_guilds = 0
    async with at_work(discord_server, database, redis, Echo(), connects=False):
        await wait_until(lambda: len(discord_server.called("GET /gateway/bot")) == 2)
        await asyncio.sleep(1)
        assert len(discord_server.gateway.all) == 1
