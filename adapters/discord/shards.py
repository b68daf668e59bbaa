"""Which shards of Discord's gateway this replica runs: each is run by one replica at a time.

A replica takes what no other runs, and what another leaves or dies with. So the first runs all, the
next stand by, and answer beside it: only what comes in goes through a shard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeAlias

import aiohttp
import discord
import structlog

from adapters.discord.rest import AWAY, Rest, use_gateway
from bot.stores import Singletons

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 5.0
IDENTIFY_SECONDS = 5.0
"""In this time Discord lets as many shards begin a session as it told us (`max_concurrency`)."""


class TooFewShardsError(Exception):
    """Discord wants us on more shards than there are."""


class Running(Protocol):
    """A shard's connection."""

    def wrong(self) -> str: ...

    async def run(self) -> None:
        """Until it is cancelled, or raises `TooFewShardsError`."""


class Identifying:
    """Lets shards begin their sessions one after the other, over all replicas."""

    def __init__(self, singletons: Singletons) -> None:
        self._singletons = singletons
        self._pausing: set[asyncio.Task[None]] = set()
        self.at_once = 1

    async def turn(self, shard_id: int) -> None:
        """Wait until this shard may identify."""
        may = asyncio.Event()
        pausing = asyncio.create_task(self._pause(shard_id % self.at_once, may))
        self._pausing.add(pausing)
        pausing.add_done_callback(self._pausing.discard)
        try:
            await may.wait()
        except asyncio.CancelledError:
            pausing.cancel()
            raise

    async def _pause(self, number: int, may: asyncio.Event) -> None:
        async with self._singletons.held(f"discord identify {number}"):
            may.set()
            await asyncio.sleep(IDENTIFY_SECONDS)

    async def close(self) -> None:
        for pausing in self._pausing:
            pausing.cancel()
        await asyncio.gather(*self._pausing, return_exceptions=True)


Connect: TypeAlias = Callable[[int, int], Running]
"""The connection of a shard, given its number and how many there are."""


class Shards:
    """Those that are ours, for as long as they are."""

    def __init__(
        self, rest: Rest, singletons: Singletons, identifying: Identifying, connect: Connect
    ) -> None:
        self._rest, self._singletons, self._identifying = rest, singletons, identifying
        self._connect = connect
        self._count = 0
        self._running: dict[int, Running] = {}

    def wrong(self) -> str:
        """Why we hear nothing from Discord; empty while we do, or others do for us."""
        if self._rest.problem or not self._count:
            return self._rest.problem or "not connected yet"
        return next(filter(None, (one.wrong() for one in self._running.values())), "")

    def ours(self) -> str:
        """Which they are, for people."""
        if not self._running:
            return "no shard: other replicas run them" if self._count else ""
        numbers = ", ".join(map(str, sorted(self._running)))
        return f"shard{'s' * (len(self._running) > 1)} {numbers} of {self._count}"

    async def run(self) -> None:
        """Until cancelled; begun anew where Discord wants more shards."""
        await self._rest.log_in()
        try:
            least = 1
            while True:
                self._count = await self._recommended(least)
                try:
                    async with asyncio.TaskGroup() as group:
                        for number in range(self._count):
                            group.create_task(self._run(number, self._count))
                except* TooFewShardsError:
                    log.info("discord_wants_more_shards", shards=self._count)
                    least = self._count + 1
        finally:
            await self._identifying.close()

    async def _run(self, number: int, count: int) -> None:
        """Run a shard whenever it is ours."""
        while True:
            async with self._singletons.held(f"discord shard {number} of {count}") as lease:
                log.info("discord_shard_begins", shard=number, shards=count)
                self._running[number] = connection = self._connect(number, count)
                running = asyncio.create_task(connection.run())
                lost = asyncio.create_task(lease.ended())
                try:
                    await asyncio.wait({running, lost}, return_when=asyncio.FIRST_COMPLETED)
                    if running.done():
                        running.result()
                    log.info("discord_shard_lost", shard=number, shards=count)
                finally:
                    running.cancel()
                    lost.cancel()
                    await asyncio.gather(running, lost, return_exceptions=True)
                    del self._running[number]

    async def _recommended(self, least: int) -> int:
        """How many shards Discord recommends, once that are at least so many; it also tells where,
        and how fast they may begin."""
        client = await self._rest.client()
        while True:
            try:
                count, url, session = await self._rest.call(client.http.get_bot_gateway)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.info("discord_gateway_not_known", error=type(error).__name__)
                self._rest.problem = AWAY
                await asyncio.sleep(ASK_AGAIN_SECONDS)
            else:
                self._rest.problem = ""
                self._identifying.at_once = max(1, session["max_concurrency"])
                use_gateway(url)
                if count >= least:
                    return int(count)
                await asyncio.sleep(ASK_AGAIN_SECONDS)
