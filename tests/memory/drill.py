"""Redis killed, flushed and restarted, and Postgres restarted, in the middle of conversations: no
memory is lost, and no reply is written without the turns before it.

    python -m tests.memory.drill [200]

So many conversations of six messages are held at once, by the product's own worker, memory and
jobs, on servers that are killed meanwhile. Afterwards each reply is compared with what Postgres
says was answered before it, and what was said with the episodes and facts that the jobs made.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
from pydantic import JsonValue
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.casting import Casting
from bot.conversation import Author, ConversationKey, Message, Place, Recollection, Turn
from bot.distilling import Rules
from bot.jobs import JobRunner
from bot.logs import configure_logs
from bot.metrics import Metrics
from bot.ports import Doing, Page, Step, TextDelta, UnavailableError
from bot.running import beside
from bot.tools import Toolbox
from bot.worker import Worker
from db.embedded import EmbeddedServers
from db.episode_search import EpisodeSearch
from db.episode_writes import REMEMBER_TURNS, EpisodeWrites
from db.facts import FactRows
from db.jobs import Jobs
from db.migrate import migrate
from db.pool import Database
from db.process import Process
from db.talent_search import Talents
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.context import Context
from memory.facts import Facts, Learning
from memory.recall import Recall
from memory.remembering import Remembering
from memory.working import WorkingMemory
from tests.folders import server_folder
from tests.memory.canaries.planting import Hashed, HashedTokens
from tests.waiting import wait_until

SAID = (
    "Hello",
    "This channel casts in Pune.",
    "Who dances?",
    "And sings?",
    "This channel casts in Mumbai.",
    "Thanks",
)
CONVERSATIONS = 200
WAITING = f"SELECT FROM jobs WHERE kind = '{REMEMBER_TURNS}' AND status <> 'dead'"
PATIENCE = 240.0
"""Seconds for everything to be answered."""


class Quiet:
    """An adapter that shows nothing: `bot.ports.Adapter` and its `Reply`."""

    platform = "drill"
    page_limit = 10_000

    def reply(self, turn: Turn) -> Quiet:
        return self

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def pace(self, step: Step) -> None:
        """At once."""

    async def post(self, page: Page) -> str:
        return "p"

    async def edit(self, message_id: str, page: Page) -> None:
        """Nothing is shown."""

    async def delete(self, message_id: str) -> None:
        """Nothing was shown."""

    async def activity(self, doing: str) -> None:
        """Nobody watches."""

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Noting:
    """A responder that notes what it was given."""

    name: str = "noting"
    given: dict[UUID, list[UUID]] = field(default_factory=dict)

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        self.given[turn.id] = [past.turn_id for past in recollection.history]
        yield TextDelta("Yes: ")
        await asyncio.sleep(0.05)  # replies are under way when a server dies
        yield TextDelta(turn.message.text)


@dataclass(frozen=True, slots=True)
class Outcome:
    answered: int
    failed: int
    without: int
    """Replies that were not given the turns before them."""
    episodes_lost: int
    facts_lost: int
    keys_without_end: int

    @property
    def is_good(self) -> bool:
        return not (self.without or self.episodes_lost or self.facts_lost or self.keys_without_end)


async def drill(folder: Path, conversations: int) -> Outcome:
    async with EmbeddedServers(folder) as servers:
        await migrate(servers.postgres_url)
        database = await Database.connect(servers.postgres_url, max_size=20)
        watching = await Database.connect(servers.postgres_url, max_size=2)  # not the product's
        process = Process(database, lease_seconds=5)
        turns = Turns(process, jobs_after=[REMEMBER_TURNS])
        jobs = Jobs(process, backoff_seconds=0.5, max_failures=20)
        redis, embedder, metrics = Redis.from_url(servers.redis_url), Hashed(), Metrics()
        facts = FactRows(database)
        working = WorkingMemory(redis, TurnHistory(database))
        episodes = Recall(EpisodeSearch(database), HashedTokens())
        memory = Context(working, Facts(facts, embedder), episodes, metrics)
        responder = Noting()
        casting = Casting(responder, Talents(database, embedder), memory, turns, metrics)
        remembering = Remembering(EpisodeWrites(database), HashedTokens())
        learning = Learning(facts, Rules(), embedder)

        async def remember(org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
            await remembering.remember(org_id, payload)
            await learning.job(org_id, payload)

        runner = JobRunner(jobs, {REMEMBER_TURNS: remember}, 2)
        worker = Worker(turns, casting, [Quiet()], 50)
        try:
            async with process, beside(worker.run()), beside(runner.run()):
                breaking = asyncio.create_task(_break(servers, redis))
                await asyncio.gather(*(_talk(turns, watching, n) for n in range(conversations)))
                await breaking
                await _until(lambda: _none(watching, WAITING))
            return await _outcome(servers, responder, redis)
        finally:
            await redis.aclose()
            await watching.close()
            await database.close()


async def _talk(turns: Turns, database: Database, number: int) -> None:
    """One person's six messages, each after the reply to the one before."""
    key = ConversationKey("drill", "W1", f"C{number}")
    author = Author(f"U{number}", f"Person {number}")
    is_open = f"SELECT FROM turns WHERE channel = 'C{number}' AND status IN ('queued', 'running')"
    for nth, text in enumerate(SAID):
        now = datetime.now(UTC)
        message = Message(f"{number}-{nth}", key, Place.PRIVATE, author, text, now)
        await _until(partial(_accepted, turns, message))
        await _until(partial(_none, database, is_open))


async def _accepted(turns: Turns, message: Message) -> bool:
    """Whether it is stored, now or before: like a platform that sends again."""
    try:
        await turns.accept(message)
    except UnavailableError:
        return False
    return True


async def _none(database: Database, statement: str) -> bool:
    try:
        async with database.queue() as connection:
            return not await connection.fetch(statement)
    except UnavailableError:
        return False


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    await wait_until(holds, seconds=PATIENCE)


async def _break(servers: EmbeddedServers, redis: Redis) -> None:
    """What goes wrong, one after the other, while people talk."""
    for wrong in ("kill", "flush", "postgres", "kill", "flush", "postgres"):
        await asyncio.sleep(1.5)
        if wrong == "flush":
            with suppress(RedisError, OSError):
                await redis.flushall()
        elif wrong == "kill":
            with suppress(RedisError, OSError):
                os.kill((await redis.info("server"))["process_id"], signal.SIGKILL)
        else:
            with suppress(asyncpg.PostgresError, OSError):
                connection = await asyncpg.connect(servers.postgres_url)
                folder = await connection.fetchval("SHOW data_directory")
                await connection.close()
                pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
                os.kill(pid, signal.SIGINT)


async def _outcome(servers: EmbeddedServers, responder: Noting, redis: Redis) -> Outcome:
    connection = await asyncpg.connect(servers.postgres_url)
    rows = await connection.fetch("SELECT * FROM turns ORDER BY seq")
    said = await connection.fetchval("SELECT count(*) FROM episodes WHERE speaker = 'person'")
    held = await connection.fetchval(
        "SELECT count(*) FROM facts WHERE value = 'Mumbai' AND valid_until IS NULL"
    )
    await connection.close()
    before: dict[str, list[UUID]] = {}
    without = 0
    for row in rows:
        answered = before.setdefault(row["conversation"], [])
        given = responder.given.get(row["id"])
        if row["status"] == "done" and given != answered:
            without += 1
        if row["reply"]:
            answered.append(row["id"])
    done = sum(row["status"] == "done" for row in rows)
    stated = sum(row["text"] == "This channel casts in Mumbai." for row in rows)
    endless = [key async for key in redis.scan_iter() if await redis.ttl(key) == -1]
    return Outcome(done, len(rows) - done, without, len(rows) - said, stated - held, len(endless))


async def _main(conversations: int) -> int:
    configure_logs("WARNING", "json")  # without local variables, which take seconds to print
    with server_folder("castmatch-drill-") as folder:
        outcome = await drill(folder, conversations)
    sys.stdout.write(f"{outcome}\n")
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Servers killed in the middle of conversations")
    parser.add_argument("conversations", type=int, nargs="?", default=CONVERSATIONS)
    sys.exit(asyncio.run(_main(parser.parse_args().conversations)))
