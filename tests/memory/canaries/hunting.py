"""The hunt as a whole: plant, ask through the product's statements, ask without conditions."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from redis.asyncio import Redis

from db import episode_search
from db.pool import Database
from tests.memory.canaries.asking import Asking, Found
from tests.memory.canaries.bare import BareDatabase
from tests.memory.canaries.planting import Planted, plant
from tests.memory.canaries.world import World

SURFACES = frozenset({
    "facts", "episodes", "history", "overheard", "summary", "Claude", "answer", "show", "export",
    "shortlist", "saved search", "transcript", "show_talent", "find_similar", "compare_talents",
    "recall_memory",
})  # fmt: skip
"""What must have told something. `forget` tells strangers nothing, and the lists of
`search_talents` nothing that is the team's alone."""
SMALL = 40
"""Episodes: most scopes here have more."""
AT_ONCE = 4
"""Asks side by side in one process."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where a hunt goes on."""

    postgres: str
    redis: str


async def prepare(servers: Servers, *, secrets: int) -> tuple[World, Planted]:
    """A world, planted in an empty database."""
    world = World(secrets)
    database = await Database.connect(servers.postgres, max_size=8)
    try:
        async with Redis.from_url(servers.redis) as redis:
            return world, await plant(world, database, servers.postgres, redis)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the asks of one half."""

    asks: int
    is_bare: bool = False
    """Whether the statements have lost their conditions."""
    seed: int = 1
    whole: int = episode_search.WHOLE
    """Scopes of more episodes are searched as large ones are."""


async def ask(servers: Servers, world: World, planted: Planted, share: Share) -> Found:
    """A share of the asks, in this process."""
    with _reading_whole(share.whole):
        return await _ask(servers, world, planted, share)


@contextmanager
def _reading_whole(episodes: int) -> Iterator[None]:
    before, episode_search.WHOLE = episode_search.WHOLE, episodes
    try:
        yield
    finally:
        episode_search.WHOLE = before


async def _ask(servers: Servers, world: World, planted: Planted, share: Share) -> Found:
    kind = BareDatabase if share.is_bare else Database
    database = await kind.connect(servers.postgres, max_size=AT_ONCE * 3)
    found = Found()
    try:
        async with Redis.from_url(servers.redis) as redis:
            some = [
                Asking(world, planted, database, redis, seed=share.seed * AT_ONCE + number)
                for number in range(AT_ONCE)
            ]
            await asyncio.gather(*(asking.ask(-(-share.asks // AT_ONCE)) for asking in some))
    finally:
        await database.close()
    for asking in some:
        found.add(asking.found)
    if isinstance(database, BareDatabase):
        found.statements = database.asked
    return found


async def ask_by_many(
    servers: Servers, world: World, planted: Planted, half: Share, *, processes: int
) -> Found:
    """The same by several processes side by side; half of them search small scopes as large ones
    are searched."""
    found, loop = Found(), asyncio.get_running_loop()
    # two processes' threads on two cores take six times as long as one's
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    spawn = multiprocessing.get_context("spawn")
    count = max(2, processes)
    each = -(-half.asks // count)
    shares = [
        replace(half, asks=each, seed=seed, whole=SMALL if seed % 2 == 0 else half.whole)
        for seed in range(1, count + 1)
    ]
    async with Redis.from_url(servers.redis) as redis:
        await redis.flushdb()  # else copies of the other half would stand in for statements
        before = (await redis.info("stats"))["keyspace_hits"]
        with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
            asking = [
                loop.run_in_executor(pool, _process, servers, world, planted, share)
                for share in shares
            ]
            for one in await asyncio.gather(*asking):
                found.add(one)
        found.copies = (await redis.info("stats"))["keyspace_hits"] - before
    return found


def _process(servers: Servers, world: World, planted: Planted, share: Share) -> Found:
    return asyncio.run(ask(servers, world, planted, share))
