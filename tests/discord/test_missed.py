"""What is said while no session tells us is answered all the same."""

from __future__ import annotations

import asyncio

import discord
from redis.asyncio import Redis

from adapters.discord.calls import Calls
from adapters.discord.client import intents
from adapters.discord.missed import Missed
from db.people import PeopleRows
from db.pool import Database
from db.turn_history import TurnHistory
from memory.people import People
from memory.working import WorkingMemory
from tests.db.sql import execute
from tests.discord.at_work import at_work
from tests.fakes.discord import Channel, DiscordServer, Guild, Person
from tests.slack.at_work import Echo
from tests.waiting import wait_until


def said(channel: Channel) -> list[str]:
    return [message.content for message in channel.from_bot() if message.content]


async def test_while_a_session_is_lost(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    database: Database, redis: Redis,
) -> None:  # fmt: skip
    """In channels, in threads, and in direct messages, also in somebody's first one."""
    bot, ben = discord_server.bot, guild.member("Ben")
    async with at_work(discord_server, database, redis, Echo()):
        await asha.says(asha.dm, "hello")
        await ben.says(casting, f"{bot.mention} hello")
        await wait_until(lambda: said(asha.dm) and said(casting))
        for route in ("GET /channels/{}/messages", "POST /users/@me/channels"):
            discord_server.fail(route, status=503)
        discord_server.gateway.open[0].invalidate()
        await asha.says(casting, f"{bot.mention} one")
        await asha.says(asha.dm, "two")
        await ben.says(ben.dm, "three")
        await wait_until(lambda: said(casting)[1:] == ["You said: one"], seconds=20)
        await wait_until(lambda: said(asha.dm)[1:] == ["You said: two"], seconds=20)
        await wait_until(lambda: said(ben.dm) == ["You said: three"], seconds=20)


async def test_while_no_process_ran(
    discord_server: DiscordServer, asha: Person, casting: Channel, database: Database, redis: Redis,
) -> None:  # fmt: skip
    async with at_work(discord_server, database, redis, Echo()):
        await asha.says(asha.dm, "hello")
        await wait_until(lambda: said(asha.dm))
    await asha.says(asha.dm, "one")
    await asha.says(casting, f"{discord_server.bot.mention} two")
    async with at_work(discord_server, database, redis, Echo()):
        await wait_until(lambda: said(asha.dm)[1:] == ["You said: one"])
        await wait_until(lambda: said(casting) == ["You said: two"])


async def test_on_a_server_that_comes_back_after_the_session_began(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    database: Database, redis: Redis,
) -> None:  # fmt: skip
    discord_server.gateway.away.add(guild)
    await asha.says(casting, f"{discord_server.bot.mention} one")
    async with at_work(discord_server, database, redis, Echo()):
        discord_server.gateway.guild_made(guild)
        await wait_until(lambda: said(casting) == ["You said: one"])


async def test_among_more_than_one_page_holds(
    discord_server: DiscordServer, asha: Person, casting: Channel, database: Database, redis: Redis
) -> None:
    for number in range(150):
        casting.add(asha, content=f"{number}")
    await asha.says(casting, f"{discord_server.bot.mention} the last word")
    async with at_work(discord_server, database, redis, Echo()):
        await wait_until(lambda: said(casting) == ["You said: the last word"])


async def test_who_wrote_lately_is_known_newest_first(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    database: Database, database_url: str, redis: Redis,
) -> None:  # fmt: skip
    ben = guild.member("Ben")
    async with at_work(discord_server, database, redis, Echo()) as work:
        for person in (ben, asha):
            await person.says(person.dm, "hello")
            await wait_until(lambda one=person: said(one.dm))
        await ben.says(casting, f"{discord_server.bot.mention} hello")
        await wait_until(lambda: said(casting))
        assert await work.ports.people.lately("discord", limit=5) == [ben.id, asha.id]
        assert await work.ports.people.lately("discord", limit=1) == [ben.id]
        assert await work.ports.people.lately("slack", limit=5) == []
        await execute(database_url, "UPDATE users SET last_seen_at = now() - interval '8 days'")
        assert await work.ports.people.lately("discord", limit=5) == []


async def test_a_reading_ends_with_its_client(database_url: str, redis: Redis) -> None:
    """Silently, whatever it was at: the next client's reading has it all."""
    database = await Database.connect(database_url)
    people = People(PeopleRows(database), WorkingMemory(redis, TurnHistory(database)))
    await database.close()
    client = discord.AutoShardedClient(intents=intents(), shard_ids=[0], shard_count=1)
    async with client:
        pass

    async def hear(_: discord.Message) -> None:
        raise AssertionError

    async with asyncio.timeout(5):
        await Missed(people, Calls()).read(client, hear)
