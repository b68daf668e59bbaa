"""What the turn queue costs: from a message's acceptance to its claim, and turns a second.

    .venv/bin/python -m bench.turns [--turns N] [--json FILE]

Beside it, in the same run, the plainest loop over a table that keeps the order within a
conversation: no lease, no fence, no users, no retry, one statement to take a row and one to end it.

    latency  from the start of accepting one message, with nothing else to do, to its claim
    rate     accepted beforehand, 50 conversations, 8 slots: until all are finished
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table

from bot.conversation import Author, ConversationKey, Message, Outcome, Place, Turn
from bot.ports import Page, Reply, Step
from bot.worker import Worker
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.pool import Database
from db.process import Process
from db.turns import Turns

CONVERSATIONS, SLOTS = 50, 8


@dataclass(frozen=True, slots=True)
class Figures:
    name: str
    p50_ms: float
    p95_ms: float
    turns_per_second: float


class Answers:
    """The reply to every turn is ready at once; notes when each was begun and how many ended."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun: dict[str, float] = {}
        self.ended = 0
        self.any_begun, self.any_ended = asyncio.Event(), asyncio.Event()

    async def handle(self, turn: Turn, reply: Reply) -> None:
        self.begun[turn.message.id] = time.perf_counter()
        self.any_begun.set()
        async with self._turns.lease(turn):
            await self._turns.finish(turn, Outcome("done"))
        self.ended += 1
        self.any_ended.set()


class Silent:
    """A platform that shows nothing."""

    platform = "bench"
    page_limit = 2000

    def reply(self, turn: Turn) -> Reply:
        return self

    async def run(self) -> None: ...
    async def pace(self, step: Step) -> None: ...
    async def post(self, page: Page) -> str:
        return ""

    async def edit(self, message_id: str, page: Page) -> None: ...
    async def delete(self, message_id: str) -> None: ...
    async def activity(self, doing: str) -> None: ...
    async def close(self) -> None: ...


def message(number: int) -> Message:
    key = ConversationKey("bench", "W", f"C{number % CONVERSATIONS}")
    return Message(f"m{number}", key, Place.DM, Author("U", "Asha"), "A dancer", datetime.now(UTC))


async def ours(url: str, count: int) -> Figures:
    database = await Database.connect(url, min_size=SLOTS + 2, max_size=SLOTS + 2)
    process = Process(database, lease_seconds=15)
    turns = Turns(process)
    answers = Answers(turns)
    worker = Worker(turns, answers, [Silent()], SLOTS)
    async with process:
        running = asyncio.create_task(worker.run())
        latencies = []
        for number in range(-count // 4, 0):
            ended = answers.ended
            started = time.perf_counter()
            await turns.accept(message(number))
            while answers.ended == ended:
                answers.any_ended.clear()
                await answers.any_ended.wait()
            latencies.append(answers.begun[f"m{number}"] - started)
        running.cancel()
        await asyncio.wait({running})

        await _side_by_side(count, lambda number: turns.accept(message(number)))
        ended, started = answers.ended, time.perf_counter()
        running = asyncio.create_task(worker.run())
        while answers.ended < ended + count:
            answers.any_ended.clear()
            await answers.any_ended.wait()
        seconds = time.perf_counter() - started
        running.cancel()
        await asyncio.wait({running})
    await database.close()
    return _figures("turn queue", latencies, count / seconds)


_PLAIN_TABLE = """
CREATE TABLE plain (id bigserial PRIMARY KEY, conversation text, text text, status text);
CREATE INDEX ON plain (id) WHERE status <> 'done';
CREATE INDEX ON plain (conversation, id) WHERE status <> 'done'"""
_PLAIN_ACCEPT = """
INSERT INTO plain (conversation, text, status) VALUES ($1, 'A dancer', 'queued')
RETURNING id, pg_notify('plain', '')"""
_PLAIN_CLAIM = """
UPDATE plain SET status = 'running' WHERE id = (
    SELECT id FROM plain p WHERE status = 'queued' AND NOT EXISTS (
        SELECT FROM plain o WHERE o.conversation = p.conversation AND o.id < p.id
          AND o.status <> 'done')
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""


async def plain(url: str, count: int) -> Figures:
    pool = await asyncpg.create_pool(url, min_size=SLOTS + 2, max_size=SLOTS + 2)
    await pool.execute(_PLAIN_TABLE)
    listener = await asyncpg.connect(url)
    woken = asyncio.Event()
    await listener.add_listener("plain", lambda *_: woken.set())
    begun: dict[int, float] = {}
    ended = 0
    any_ended = asyncio.Event()

    async def work() -> None:
        nonlocal ended
        while True:
            woken.clear()
            taken = await pool.fetchval(_PLAIN_CLAIM)
            if taken is None:
                await woken.wait()
                continue
            begun[taken] = time.perf_counter()
            await pool.execute("UPDATE plain SET status = 'done' WHERE id = $1", taken)
            ended += 1
            any_ended.set()

    async def accept(number: int) -> int:
        taken = await pool.fetchval(_PLAIN_ACCEPT, f"C{number % CONVERSATIONS}")
        assert isinstance(taken, int)
        return taken

    async def until(goal: int) -> None:
        while ended < goal:
            any_ended.clear()
            await any_ended.wait()

    latencies = []
    worker = asyncio.create_task(work())
    for number in range(count // 4):
        started = time.perf_counter()
        taken = await accept(number)
        await until(number + 1)
        latencies.append(begun[taken] - started)
    worker.cancel()

    await _side_by_side(count, accept)
    goal, started = ended + count, time.perf_counter()
    workers = [asyncio.create_task(work()) for _ in range(SLOTS)]
    nudge = asyncio.create_task(_nudge(woken))  # a conversation's next turn has no call of its own
    await until(goal)
    seconds = time.perf_counter() - started
    for task in (*workers, nudge):
        task.cancel()
    await listener.close()
    await pool.close()
    return _figures("plain loop", latencies, count / seconds)


async def _nudge(woken: asyncio.Event) -> None:
    while True:
        woken.set()
        await asyncio.sleep(0.005)


async def _side_by_side(count: int, accept: Callable[[int], Awaitable[object]]) -> None:
    for first in range(0, count, SLOTS):
        await asyncio.gather(*(accept(n) for n in range(first, min(first + SLOTS, count))))


def _figures(name: str, latencies: list[float], rate: float) -> Figures:
    cuts = statistics.quantiles(latencies, n=20)
    return Figures(name, round(cuts[9] * 1000, 2), round(cuts[18] * 1000, 2), round(rate, 1))


async def bench(count: int) -> list[Figures]:
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
        async with EmbeddedServers(Path(folder), redis=False) as servers:
            await migrate(servers.postgres_url)
            return [
                await plain(servers.postgres_url, count),
                await ours(servers.postgres_url, count),
            ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=1000, help="how many for the rate")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    figures = asyncio.run(bench(arguments.turns))
    table = Table("", "latency p50 ms", "p95 ms", "turns a second")
    for one in figures:
        table.add_row(one.name, f"{one.p50_ms}", f"{one.p95_ms}", f"{one.turns_per_second}")
    Console().print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in figures], indent=2) + "\n")


if __name__ == "__main__":
    main()
