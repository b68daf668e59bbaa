"""Each shard is run by one replica at a time; what a dead one ran goes to another."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from redis.asyncio import Redis

from adapters.discord.shards import IDENTIFY_SECONDS
from db.pool import Database
from tests.discord.at_work import at_work
from tests.fakes.discord import Channel, DiscordServer, Guild, Person
from tests.folders import server_folder
from tests.processes.castmatch import Server, serving
from tests.proxy import Proxy
from tests.slack.at_work import Echo
from tests.waiting import wait_until

LEASE = 2.0


def guilds_on(server: DiscordServer, shards: int) -> list[Guild]:
    """A server for each shard."""
    found: dict[int, Guild] = {}
    while len(found) < shards:
        guild = server.guild()
        found.setdefault((int(guild.id) >> 22) % shards, guild)
    return [found[number] for number in range(shards)]


def shards_of(server: DiscordServer) -> list[tuple[int, int]]:
    return sorted(session.shard for session in server.gateway.live)


async def answered(person: Person, channel: Channel, text: str) -> None:
    """Ask, and wait for the one answer."""
    await person.says(channel, f"{person.server.bot.mention} {text}")
    await wait_until(lambda: [m for m in channel.from_bot() if text in m.content], seconds=20)


async def test_the_first_runs_all_shards_and_the_next_takes_them_when_it_leaves(
    discord_server: DiscordServer, database: Database, redis: Redis, echo: Echo
) -> None:
    discord_server.gateway.shards = 2
    guilds = guilds_on(discord_server, 2)
    people = [(guild.member("Asha"), guild.channel("casting")) for guild in guilds]
    async with at_work(discord_server, database, redis, echo) as first:
        await wait_until(lambda: first.discord.running() == "shards 0, 1 of 2")
        async with at_work(discord_server, database, redis, echo, connects=False) as second:
            await wait_until(second.discord.running)
            assert second.discord.running() == "no shard: other replicas run them"
            assert await second.discord.wrong() == ""
            for person, channel in people:
                await answered(person, channel, "one")
            assert shards_of(discord_server) == [(0, 2), (1, 2)]
            assert len(echo.asked) == 2


async def test_what_was_said_between_two_replicas_is_answered(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, database: Database, redis: Redis, echo: Echo, asha: Person,
    casting: Channel,
) -> None:  # fmt: skip
    async with at_work(discord_server, database, redis, echo):
        await answered(asha, casting, "one")
    assert shards_of(discord_server) == []
    await asha.says(casting, f"{discord_server.bot.mention} two")
    async with at_work(discord_server, database, redis, echo):
        await wait_until(lambda: "two" in casting.from_bot()[-1].content)
    assert len(casting.from_bot()) == 2


async def test_shards_begin_as_fast_as_discord_allows(
    discord_server: DiscordServer, database: Database, redis: Redis, echo: Echo
) -> None:
    discord_server.gateway.shards = 3
    discord_server.gateway.max_concurrency = 3
    async with at_work(discord_server, database, redis, echo) as work:
        began = time.monotonic()
        await wait_until(lambda: len(shards_of(discord_server)) == 3)
        assert time.monotonic() - began < IDENTIFY_SECONDS
        assert work.discord.running() == "shards 0, 1, 2 of 3"
    assert discord_server.gateway.identifies == 3, "none was refused"


async def test_where_discord_wants_more_shards_there_are_more(
    discord_server: DiscordServer, database: Database, redis: Redis, echo: Echo
) -> None:
    guilds = guilds_on(discord_server, 2)
    discord_server.gateway.most_guilds = len(discord_server.guilds) - 1
    asha, casting = guilds[1].member("Asha"), guilds[1].channel("casting")
    async with at_work(discord_server, database, redis, echo, connects=False) as work:
        await wait_until(lambda: discord_server.gateway.all)
        discord_server.gateway.shards = 2
        await wait_until(lambda: work.discord.running() == "shards 0, 1 of 2", seconds=20)
        await answered(asha, casting, "one")


@pytest.fixture
def folders() -> Iterator[tuple[Path, Path]]:
    with ExitStack() as stack:
        yield (
            stack.enter_context(server_folder("castmatch-shards-a-")),
            stack.enter_context(server_folder("castmatch-shards-b-")),
        )


async def runs(server: Server) -> str:
    async with httpx2.AsyncClient() as client:
        ready = await client.get(f"{server.address}/readyz")
    notes: dict[str, str] = ready.json()["notes"]
    return notes["discord"]


async def test_what_a_killed_replica_ran_another_runs_within_a_lease(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    folders: tuple[Path, Path], database_url: str, redis_url: str,
) -> None:  # fmt: skip
    where = urlsplit(database_url)
    folder = parse_qs(where.query)["host"][0]
    async with Proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        settings = {
            "DATABASE_URL": f"postgresql://castmatch@127.0.0.1:{proxy.port}{where.path}",
            "REDIS_URL": redis_url,
            "DISCORD_API_URL": discord_server.api_url,
            "DISCORD_TOKEN": discord_server.token,
            "TURN_LEASE_SECONDS": str(LEASE),
        }
        async with serving(folders[0], **settings) as first:
            await wait_until(lambda: discord_server.gateway.live, seconds=20)
            async with serving(folders[1], **settings | {"PORT": "43002"}) as second:
                await wait_until(lambda: runs(second), seconds=20)
                assert await runs(first) == "shard 0 of 1"
                assert await runs(second) == "no shard: other replicas run them"
                await first.end(signal.SIGKILL)
                killed = time.monotonic()
                await asha.says(casting, f"{discord_server.bot.mention} dancers in Mumbai")
                await wait_until(casting.from_bot, seconds=20)
                took = time.monotonic() - killed
                assert took < LEASE * 4 / 3 + 2, "a lease, the next look, and the answer"
                assert await runs(second) == "shard 0 of 1"
    print(f"a killed replica's shard answered again after {took:.1f} s")  # noqa: T201 - see -s
