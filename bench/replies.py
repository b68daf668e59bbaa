"""Replies that stream into a platform at once: what the benches of the platforms share.

A bench runs two processes: the loopback platform in one of its own (`commands` there, `Loopback`
here), and the real pipeline with `answer_all`, written to by a `Writer`.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from redis.asyncio import Redis

from bot.casting import Casting
from bot.conversation import Message, Recollection, Turn
from bot.metrics import Metrics
from bot.ports import Adapter, Doing, TextDelta
from bot.tools import Toolbox
from bot.worker import Worker
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from db.process import Process
from db.talent_search import Talents
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.embedder import LocalEmbedder
from memory.working import WorkingMemory

ROOT = Path(__file__).parent.parent
RATE, FIRST_AFTER = 60, 0.8
"""Tokens a second, and seconds until the first."""
CHARACTERS, TOKEN = 1_800, 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _letters(number: int) -> str:
    """Three characters, others for each number."""
    return "".join(_DIGITS[number // 36**place % 36] for place in (2, 1, 0))


class Writer:
    """`bot.ports.Responder`: numbered words, and a note of when each reply began and ended, by the
    question's id: seconds since 1970."""

    name = "bench"

    def __init__(self, characters: int) -> None:
        self.words = [f"{_letters(number)} " for number in range(characters // TOKEN)]
        self.begun: dict[str, float] = {}
        self.ended: dict[str, float] = {}

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        async for word in self.write(turn.message.id):
            yield TextDelta(word)

    async def write(self, question: str) -> AsyncGenerator[str, None]:
        begins = time.monotonic() + FIRST_AFTER + random.uniform(0, 1 / RATE)
        for number, word in enumerate(self.words):
            await asyncio.sleep(max(0.0, begins + number / RATE - time.monotonic()))
            self.begun.setdefault(question, time.time())
            yield word
        self.ended[question] = time.time()


@dataclass
class Scene:
    """So many replies at once in so many channels."""

    name: str
    replies: int
    channels: int
    characters: int = CHARACTERS


class Loopback:
    """A loopback platform's process: commands in and figures out, as JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def start(cls, *module: str) -> AsyncIterator[Self]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**28,
        )
        try:
            yield cls(process)
        finally:
            process.terminate()
            await process.wait()

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer


async def commands() -> AsyncIterator[Any]:
    """In the platform's process: what it is asked. Answer each with `answer`."""
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield json.loads(line)


def answer(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


@dataclass
class Stores:
    """Where the pipeline keeps what it must."""

    database: Database
    redis: Redis

    async def answer_all(
        self, adapter: Adapter, questions: Sequence[Message], writer: Writer
    ) -> None:
        """Have all answered at once by the real pipeline: turns, casting, draft, the adapter."""
        process = Process(self.database, lease_seconds=15)
        turns, metrics = Turns(process), Metrics()
        memory = WorkingMemory(self.redis, TurnHistory(self.database))
        talents = Talents(self.database, LocalEmbedder())
        casting = Casting(writer, talents, memory, turns, metrics)
        worker = Worker(turns, casting, [adapter], len(questions))
        async with process:
            for question in questions:
                await turns.accept(question)
            working = asyncio.create_task(worker.run())
            while metrics.registry.get_sample_value(  # noqa: ASYNC110 - as people watch it
                "castmatch_turns_total", {"platform": adapter.platform, "ending": "done"}
            ) != len(questions):
                await asyncio.sleep(0.1)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@asynccontextmanager
async def open_stores() -> AsyncIterator[Stores]:
    """A Postgres and a Redis of the bench's own."""
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
        async with EmbeddedServers(Path(folder), durable=False) as servers:
            await migrate(servers.postgres_url)
            database = await Database.connect(servers.postgres_url, max_size=20)
            async with Redis.from_url(servers.redis_url) as redis:
                yield Stores(database, redis)
            await database.close()
