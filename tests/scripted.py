"""Scripted conversations: kept in order, played on databases of their own, compared and printed."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import asyncpg
from redis.asyncio import Redis

from adapters import talent_words
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from tests.conftest import with_database
from tests.folders import server_folder

Scene = TypeVar("Scene")
Opens: TypeAlias = Callable[[Database, Redis], AbstractAsyncContextManager[Scene]]


class Scripts(Generic[Scene]):
    """The scripts of a platform. Each returns what is on the screens at its end; what must be
    there is in the folder `expected`, one file for each."""

    def __init__(
        self,
        opens: Opens[Scene],
        expected: Path,
        *,
        settled: Callable[[str], str] = lambda seen: seen,
    ) -> None:
        """`settled` leaves out what differs from time to time."""
        self.opens, self.expected, self._settled = opens, expected, settled
        self.plays: dict[str, Callable[[Scene], Awaitable[str]]] = {}
        self.warns: dict[str, tuple[str, ...]] = {}
        """What a script leaves in the log, by its name."""

    def script(
        self, *warnings: str
    ) -> Callable[[Callable[[Scene], Awaitable[str]]], Callable[[Scene], Awaitable[str]]]:
        def keep(
            play: Callable[[Scene], Awaitable[str]],
        ) -> Callable[[Scene], Awaitable[str]]:
            name = f"{len(self.plays) + 1:02}_{play.__name__}"
            self.plays[name], self.warns[name] = play, warnings
            return play

        return keep

    async def seen(self, name: str, scene: Scene) -> str:
        """What a script shows, the same on whichever day."""
        return self._settled(on_any_day(await self.plays[name](scene)))

    def expects(self, name: str) -> str:
        return (self.expected / f"{name}.txt").read_text()

    def print(self) -> None:
        """The command line of it. With `--write` what is seen becomes what is expected: read it
        before you commit that."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--write", action="store_true")
        parser.add_argument("name", nargs="?", default="")
        given = parser.parse_args()
        names = [name for name in self.plays if given.name in name]
        asyncio.run(self._print(names, write=given.write))

    async def _print(self, names: list[str], *, write: bool) -> None:
        with server_folder("castmatch-scripts-") as folder:
            async with EmbeddedServers(folder, durable=False) as servers:
                for name in names:
                    async with self.scene_on(servers, name) as scene:
                        seen = await self.seen(name, scene)
                    sys.stdout.write(f"=== {name}\n{seen}\n")
                    if write:
                        self.expected.mkdir(exist_ok=True)
                        (self.expected / f"{name}.txt").write_text(seen)

    @asynccontextmanager
    async def scene_on(self, servers: EmbeddedServers, name: str) -> AsyncIterator[Scene]:
        """A scene with a database of its own."""
        database_url = with_database(servers.postgres_url, f"script_{name}")
        connection = await asyncpg.connect(servers.postgres_url)
        await connection.execute(f"CREATE DATABASE script_{name}")
        await connection.close()
        await migrate(database_url)
        database = await Database.connect(database_url)
        try:
            async with Redis.from_url(servers.redis_url) as redis:
                await redis.flushall()
                async with self.opens(database, redis) as scene:
                    yield scene
        finally:
            await database.close()


def on_any_day(seen: str) -> str:
    """The same on whichever day it was seen."""
    today = datetime.now(UTC).date()
    day = talent_words.day(today, today)
    seen = re.sub(rf"\b{day}\b", "DAY", seen)
    return re.sub(r"  \(edited \d+x\)", "  (edited)", seen) + "\n"
