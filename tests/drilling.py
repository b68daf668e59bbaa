"""What the drills of the platforms share: messages, and how often each was answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bot.logs import configure_logs
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from tests.folders import server_folder

PATIENCE = 90.0
"""Seconds until a writer takes a message for unanswered, and writes the next."""


@dataclass(frozen=True)
class Said:
    """One message, and how many answers to it can be seen where they should be."""

    text: str
    answers: Callable[[], int]


@dataclass
class Tally:
    """What came of the messages of a drill."""

    messages: list[Said] = field(default_factory=list)
    seconds: float = 0.0
    faults: int = 0
    """Calls of ours that failed."""

    def count(self, *, once: bool = False, never: bool = False) -> int:
        """Messages answered once, never, or else more than once."""
        answers = [said.answers() for said in self.messages]
        if once:
            return answers.count(1)
        return answers.count(0) if never else sum(count > 1 for count in answers)

    def report(self) -> str:
        return (
            f"{len(self.messages)} messages in {self.seconds:.0f} s: {self.count(once=True)}"
            f" answered once, {self.count()} twice or more, {self.count(never=True)} never;"
            f" {self.faults} calls of ours failed"
        )


async def all_ended(database: Database) -> bool:
    """Whether no turn is open: an answer that can be seen may still be without its last edit, and
    one that is cut off says that it goes on later."""
    async with database.queue() as connection:
        return not await connection.fetch(
            "SELECT FROM turns WHERE status IN ('queued', 'running') LIMIT 1"
        )


@asynccontextmanager
async def quiet_stores() -> AsyncIterator[tuple[Database, Redis]]:
    """Servers of a drill's own, and nothing in the log: it has much to say of what is done."""
    configure_logs("error", "json")
    logging.disable()
    with server_folder("castmatch-drill-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers:
            await migrate(servers.postgres_url)
            database = await Database.connect(servers.postgres_url, max_size=20)
            async with Redis.from_url(servers.redis_url) as redis:
                yield database, redis
            await database.close()
