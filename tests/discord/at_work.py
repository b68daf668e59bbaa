"""CastMatch at work on a loopback Discord: the whole adapter over real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from redis.asyncio import Redis

from adapters.discord.adapter import Discord, DiscordConfig, open_discord
from adapters.edges import Ports
from bot.ports import Responder
from bot.running import beside
from bot.worker import Worker
from db.people import PeopleRows
from db.pool import Database
from db.published import Published
from db.ratings import Ratings
from db.repeats import Repeats
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.spending import Spending
from db.vault import Vault
from db.workspaces import WorkspaceSettings
from memory.people import People
from tests.fakes.discord import DiscordServer
from tests.house import House, open_house
from tests.slack.at_work import KEY
from tests.waiting import wait_until


@dataclass(frozen=True)
class AtWork:
    """What one process has."""

    discord: Discord
    house: House
    ports: Ports


@asynccontextmanager
async def at_work(
    server: DiscordServer,
    database: Database,
    redis: Redis,
    responder: Responder,
    *,
    lease: float = 5,
    connects: bool = True,
    call_seconds: float = 15,
    probes: Mapping[str, Callable[[], Awaitable[str]]] = MappingProxyType({}),
) -> AsyncIterator[AtWork]:
    """As `castmatch serve` joins it; connected, unless other processes are."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(database, redis, responder, lease=lease))
        ports = Ports(
            turns=house.turns,
            talents=house.talents,
            feedback=Ratings(database, house.metrics),
            shortlists=Shortlists(database),
            searches=SavedSearches(database),
            people=People(PeopleRows(database), house.memory),
            memory=house.memory_acts,
            workspace_settings=WorkspaceSettings(database),
            vault=Vault(database, [KEY]),
            singletons=house.singletons,
            spending=Spending(database),
            published=Published(database),
            repeats=Repeats(database),
            probes=probes,
        )
        config = DiscordConfig(server.api_url, server.token, call_seconds)
        discord = await stack.enter_async_context(open_discord(config, ports))
        await stack.enter_async_context(beside(discord.run()))
        worker = Worker(house.turns, house.casting, [discord], slots=200)
        await stack.enter_async_context(beside(worker.run()))
        if connects:
            await wait_until(lambda: discord.running().startswith("shard"), seconds=10)
            await wait_until(lambda: not discord.problem(), seconds=10)
        yield AtWork(discord, house, ports)
