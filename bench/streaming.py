"""Many conversations streaming at once in one process: what is shown, how late, at what cost.

    .venv/bin/python bench/streaming.py [--json FILE] [--conversations 1 20 200]

A model on loopback, in a process of its own, streams 60 tokens a second into each reply. The real
pipeline (turn rows in Postgres, memory in Redis, the Claude client, the draft) shows them on a
platform that takes one edit of a reply a second, and at the pace of the web page. Beside it, in
the same run, the plainest loop that could do it: the SDK's stream and an edit each second.

    lag      from a token's leaving the model to the call that shows it, 95th percentile
    first    from the model's first token to the call that shows it, the slowest reply's
    CPU      of this process, per reply: Postgres, Redis and the model run in theirs
    faults   replies of which a token was lost, doubled or out of order, shown or stored
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from anthropic import AsyncAnthropic
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from bot.casting import Casting
from bot.claude import Claude
from bot.conversation import Author, ConversationKey, Message, Place, Turn, TurnStatus
from bot.metrics import Metrics
from bot.ports import Page, Step
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
TOKENS = 480
PLATFORM_PACE, WEB_PACE = 1.0, 0.08
"""Seconds between two edits of one reply."""
CALL_SECONDS = 0.03
"""How late the platform answers; it acts at once."""
PAGE_LIMIT = 4_000
"""Characters. The tokens here are some three times as long as those of a real model."""
_TOKEN = re.compile(r"(\d+)\.(\d+)\.(\d+)\s")


@dataclass
class Figures:
    name: str
    conversations: int
    pace: float
    lag_p95: float
    first_slowest: float
    cpu_per_reply: float
    edits_per_reply: float
    faults: int
    seconds: float


@dataclass
class Shown:
    """What one reply's messages looked like, call by call."""

    messages: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[float, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.messages.values())


class PacedReply:
    """`bot.ports.Reply` on a platform that takes an edit of this reply every `pace` seconds."""

    page_limit = PAGE_LIMIT

    def __init__(self, pace: float) -> None:
        self.shown = Shown()
        self._pace = pace
        self._next_edit = 0.0

    async def pace(self, step: Step) -> None:
        wait = self._next_edit - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)

    async def post(self, page: Page) -> str:
        message_id = f"m{len(self.shown.messages)}"
        await self._show(message_id, page)
        return message_id

    async def edit(self, message_id: str, page: Page) -> None:
        self._next_edit = time.monotonic() + self._pace
        await self._show(message_id, page)

    async def delete(self, message_id: str) -> None:
        del self.shown.messages[message_id]

    async def activity(self, doing: str) -> None:
        pass

    async def close(self) -> None:
        pass

    async def _show(self, message_id: str, page: Page) -> None:
        self.shown.messages[message_id] = page.text
        self.shown.calls.append((time.monotonic(), page.text))
        await asyncio.sleep(CALL_SECONDS)


class PacedPlatform:
    """`bot.ports.Adapter` without events: the bench stores the messages itself."""

    def __init__(self, pace: float) -> None:
        self.platform = f"bench-{uuid4().hex[:8]}"
        self.replies: dict[UUID, PacedReply] = {}
        self._pace = pace

    def reply(self, turn: Turn) -> PacedReply:
        assert turn.id not in self.replies, "a turn was taken twice"
        self.replies[turn.id] = PacedReply(self._pace)
        return self.replies[turn.id]

    async def run(self) -> None:
        """Nothing comes from it: the bench brings its events."""


@dataclass
class Bench:
    """What all rounds share."""

    address: str
    database: Database
    redis: Redis

    async def ours(self, conversations: int, pace: float) -> Figures:
        """The real pipeline."""
        process = Process(self.database, lease_seconds=15)
        turns, metrics, platform = Turns(process), Metrics(), PacedPlatform(pace)
        address = f"{self.address}/{conversations}"
        claude = Claude.connect("key", model="bench", metrics=metrics, base_url=address)
        memory = WorkingMemory(self.redis, TurnHistory(self.database))
        talents = Talents(self.database, LocalEmbedder())
        casting = Casting(claude, talents, memory, turns, metrics)
        worker = Worker(turns, casting, [platform], conversations)
        messages = [_message(platform.platform, number) for number in range(conversations)]

        async def run() -> Sequence[Shown]:
            async with process:
                ids = [await turns.accept(message) for message in messages]
                working = asyncio.create_task(worker.run())
                while metrics.registry.get_sample_value(  # noqa: ASYNC110 - as people watch it
                    "castmatch_turns_total", {"platform": platform.platform, "ending": "done"}
                ) != len(ids):
                    await asyncio.sleep(0.1)
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
            return [reply.shown for reply in platform.replies.values()]

        figures = await _measured("CastMatch", conversations, pace, run)
        for message in messages:
            known = await turns.transcript(message.conversation)
            stored = known[1][0] if known else None
            replies = [reply.shown.text for reply in platform.replies.values()]
            if (
                stored is None
                or stored.status != TurnStatus.DONE
                or stored.outcome is None
                or stored.outcome.text not in replies
            ):
                figures.faults += 1
        await claude.close()
        return figures

    async def plain(self, conversations: int) -> Figures:
        """The plainest loop."""
        address = f"{self.address}/{conversations}"
        client = AsyncAnthropic(api_key="key", base_url=address, max_retries=0)

        async def answer(reply: PacedReply) -> Shown:
            message_id = await reply.post(Page(""))
            text, edited_at = "", 0.0
            async with client.messages.stream(
                model="bench",
                max_tokens=4096,
                messages=[{"role": "user", "content": "Find me a dancer"}],
            ) as stream:
                async for delta in stream.text_stream:
                    text += delta
                    if time.monotonic() - edited_at >= PLATFORM_PACE:
                        edited_at = time.monotonic()
                        await reply.edit(message_id, Page(text))
            await reply.edit(message_id, Page(text, final=True))
            return reply.shown

        async def run() -> Sequence[Shown]:
            replies = [PacedReply(PLATFORM_PACE) for _ in range(conversations)]
            return await asyncio.gather(*(answer(reply) for reply in replies))

        figures = await _measured("plain loop", conversations, PLATFORM_PACE, run)
        await client.close()
        return figures


async def _measured(
    name: str, conversations: int, pace: float, run: Callable[[], Awaitable[Sequence[Shown]]]
) -> Figures:
    gc.collect()
    began, cpu = time.monotonic(), time.process_time()
    shown = await run()
    cpu, seconds = time.process_time() - cpu, time.monotonic() - began
    lags: list[float] = []
    firsts: list[float] = []
    faults = conversations - len(shown)
    for one in shown:
        lag = _lags(one)
        lags += lag
        firsts.append(lag[0])
        faults += not _is_whole(one.text)
    lags.sort()
    return Figures(
        name,
        conversations,
        pace,
        lag_p95=lags[int(len(lags) * 0.95)],
        first_slowest=max(firsts),
        cpu_per_reply=cpu / conversations,
        edits_per_reply=sum(len(one.calls) for one in shown) / conversations,
        faults=faults,
        seconds=seconds,
    )


def _is_whole(text: str) -> bool:
    tokens = _TOKEN.findall(text)
    return (
        [int(number) for _, number, _ in tokens] == list(range(TOKENS))
        and len({reply for reply, *_ in tokens}) == 1
        and "".join(text.split()) == "".join(".".join(token) for token in tokens)
    )


def _lags(shown: Shown) -> list[float]:
    """For each token, the seconds until the first call that showed it."""
    seen: dict[int, float] = {}
    for at, text in shown.calls:
        for _, number, sent in _TOKEN.findall(text):
            seen.setdefault(int(number), at - int(sent) / 1000)
    return [seen[number] for number in sorted(seen)]


def _message(platform: str, number: int) -> Message:
    return Message(
        id=f"m{number}",
        conversation=ConversationKey(platform, "bench", f"c{number}"),
        place=Place.DM,
        author=Author("U1", "Asha"),
        text="Find me a dancer",
        sent_at=datetime.now(UTC),
    )


@contextmanager
def _model() -> Iterator[str]:
    """The address of a model that streams, in a process of its own."""
    command = [sys.executable, str(ROOT / "bench" / "model_server.py"), "--tokens", str(TOKENS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


async def measure(sizes: Sequence[int]) -> list[Figures]:
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder, _model() as address:
        async with EmbeddedServers(Path(folder), durable=False) as servers:
            await migrate(servers.postgres_url)
            database = await Database.connect(servers.postgres_url, max_size=20)
            async with Redis.from_url(servers.redis_url) as redis:
                bench = Bench(address, database, redis)
                await bench.plain(1)  # what is imported and compiled on first use
                await bench.ours(1, WEB_PACE)
                gc.freeze()  # as `castmatch serve` does
                figures = []
                for size in sizes:
                    figures.append(await bench.plain(size))
                    figures.append(await bench.ours(size, PLATFORM_PACE))
                    figures.append(await bench.ours(size, WEB_PACE))
            await database.close()
    return figures


def _table(figures: Sequence[Figures]) -> Table:
    table = Table(title="Streaming: 60 tokens a second into each conversation")
    for heading in ("", "at once", "pace s", "lag p95 s", "first s", "CPU s", "ratio", "calls"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_column("faults", justify="right")
    plain = {one.conversations: one.cpu_per_reply for one in figures if one.name == "plain loop"}
    for one in figures:
        table.add_row(
            one.name,
            str(one.conversations),
            f"{one.pace:g}",
            f"{one.lag_p95:.2f}",
            f"{one.first_slowest:.3f}",
            f"{one.cpu_per_reply:.3f}",
            f"{one.cpu_per_reply / plain[one.conversations]:.2f}",
            f"{one.edits_per_reply:.0f}",
            str(one.faults),
        )
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description="Many conversations streaming at once")
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments.add_argument("--conversations", type=int, nargs="+", default=[1, 20, 200])
    options = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures = asyncio.run(measure(options.conversations))
    Console().print(_table(figures))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=2))


if __name__ == "__main__":
    main()
