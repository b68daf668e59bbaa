"""A loopback Discord with one server, one channel and one person, for tests that ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import Channel, DiscordServer, Guild, Person


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
