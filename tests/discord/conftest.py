"""A loopback Discord with one server, one channel and one person, for tests that ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from db.pool import Database
from tests.discord.at_work import AtWork, at_work
from tests.fakes.discord import Channel, DiscordServer, Guild, Person
from tests.slack.at_work import Echo


@pytest.fixture
async def discord_server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(ack_seconds=0.5) as server:
        server.gateway.max_concurrency = 16  # so that a restart need not wait
        yield server


@pytest.fixture
def guild(discord_server: DiscordServer) -> Guild:
    return discord_server.guild()


@pytest.fixture
def asha(guild: Guild) -> Person:
    return guild.member("Asha")


@pytest.fixture
def casting(guild: Guild) -> Channel:
    return guild.channel("casting")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def work(
    discord_server: DiscordServer, guild: Guild, database: Database, redis: Redis, echo: Echo
) -> AsyncIterator[AtWork]:
    """CastMatch on that server, answering with what it is asked, with no limit on calls."""
    discord_server.limits.off()
    async with at_work(discord_server, database, redis, echo, probes={"redis": _is_away}) as work:
        yield work


async def _is_away() -> str:
    return "cannot be reached"
