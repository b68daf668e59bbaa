"""Prints the scripted conversations, or one of them, as people see them:

python -m tests.slack.transcripts [--write] [NAME]

With `--write` they become what the tests expect: read them before you commit that.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from redis.asyncio import Redis

from adapters import talent_words
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from tests.conftest import with_database
from tests.folders import server_folder
from tests.slack.scenes import Scene, open_scene
from tests.slack.scripts import SCRIPTS

EXPECTED = Path(__file__).with_name("expected")


def on_any_day(seen: str) -> str:
    """The same on whichever day it was seen."""
    today = datetime.now(UTC).date()
    day = talent_words.day(today, today)
    seen = re.sub(rf"\b{day}\b", "DAY", seen)
    return re.sub(r"  \(edited \d+x\)", "  (edited)", seen) + "\n"


@asynccontextmanager
async def scene_on(servers: EmbeddedServers, name: str) -> AsyncIterator[Scene]:
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
            async with open_scene(database, redis) as scene:
                yield scene
    finally:
        await database.close()


async def _print(names: list[str], *, write: bool) -> None:
    with server_folder("castmatch-scripts-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers:
            for name in names:
                async with scene_on(servers, name) as scene:
                    seen = on_any_day(await SCRIPTS[name](scene))
                sys.stdout.write(f"=== {name}\n{seen}\n")
                if write:
                    EXPECTED.mkdir(exist_ok=True)
                    (EXPECTED / f"{name}.txt").write_text(seen)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("name", nargs="?", default="")
    given = parser.parse_args()
    chosen = [name for name in SCRIPTS if given.name in name]
    asyncio.run(_print(chosen, write=given.write))
