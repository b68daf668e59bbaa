"""Replies that stream into Slack at once, under Slack's limits: what people see, and when.

    .venv/bin/python -m bench.slack_stream [--json FILE]

The loopback Slack, in a process of its own, enforces the real limits over a sliding minute and
says what each message showed when. The real pipeline (turn rows in Postgres, casting, draft,
budget, Slack's own client) writes replies of 1,800 characters at 60 tokens a second: by edits, and
by Slack's own streaming ("native"). Beside it, in the same run, the naive loop: a post, and an edit
of each reply every second; where Slack says 429 it waits as asked. `slack_figures.py` says what the
columns mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from redis.asyncio import Redis
from rich.console import Console
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget
from adapters.slack.native_stream import NativeReply
from adapters.slack.reply import SlackReply
from bench.slack_figures import Figures, figures_of, table
from bot.casting import Casting
from bot.conversation import Author, ConversationKey, Message, Place, Recollection, Turn
from bot.metrics import Metrics
from bot.ports import Doing, Reply, TextDelta
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
NAIVE_EVERY, NAIVE_GIVES_UP_AFTER = 1.0, 180.0


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _letters(number: int) -> str:
    """Three characters, others for each number."""
    return "".join(_DIGITS[number // 36**place % 36] for place in (2, 1, 0))


class Writer:
    """`bot.ports.Responder`: numbered words, and a note of when each reply began and ended."""

    name = "bench"

    def __init__(self, characters: int) -> None:
        self.words = [f"{_letters(number)} " for number in range(characters // TOKEN)]
        self.begun: dict[str, float] = {}
        self.ended: dict[str, float] = {}

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        async for word in self.write(turn.message.conversation.thread):
            yield TextDelta(word)

    async def write(self, thread: str) -> AsyncGenerator[str, None]:
        begins = time.monotonic() + FIRST_AFTER + random.uniform(0, 1 / RATE)
        for number, word in enumerate(self.words):
            await asyncio.sleep(max(0.0, begins + number / RATE - time.monotonic()))
            self.begun.setdefault(thread, time.time())
            yield word
        self.ended[thread] = time.time()


@dataclass
class Scene:
    """So many replies at once in so many channels of a workspace of their own."""

    name: str
    replies: int
    channels: int
    characters: int = CHARACTERS


class Slack:
    """The server's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> Slack:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bench.slack_server",
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**28,
            )
        )

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer

    async def stop(self) -> None:
        self._process.terminate()
        await self._process.wait()


class SlackPlatform:
    """`bot.ports.Adapter` without events: the bench stores the messages itself."""

    platform = "slack"

    def __init__(self, client: AsyncWebClient, *, native: bool) -> None:
        self._client = client
        self._native = native
        self._budget = Budget()

    def reply(self, turn: Turn) -> Reply:
        edits = SlackReply(turn, budget=self._budget, connect=self._connect, unmarked=self._native)
        if not self._native:
            return edits
        return NativeReply(turn, edits, budget=self._budget, connect=self._connect)

    async def run(self) -> None:
        """Nothing comes from it: the bench brings its events."""

    async def _connect(self) -> AsyncWebClient:
        return self._client


@dataclass
class Bench:
    """What all rounds share."""

    slack: Slack
    database: Database
    redis: Redis
    session: aiohttp.ClientSession

    async def ours(self, scene: Scene, *, native: bool = False) -> Figures:
        """The real pipeline; `native` by Slack's own streaming."""

        async def run(
            client: AsyncWebClient, team: str, questions: Sequence[Sequence[str]], writer: Writer
        ) -> None:
            process = Process(self.database, lease_seconds=15)
            turns, metrics = Turns(process), Metrics()
            memory = WorkingMemory(self.redis, TurnHistory(self.database))
            talents = Talents(self.database, LocalEmbedder())
            casting = Casting(writer, talents, memory, turns, metrics)
            worker = Worker(turns, casting, [SlackPlatform(client, native=native)], len(questions))
            async with process:
                for channel, ts in questions:
                    await turns.accept(_question(team, channel, ts))
                working = asyncio.create_task(worker.run())
                while metrics.registry.get_sample_value(  # noqa: ASYNC110 - as people watch it
                    "castmatch_turns_total", {"platform": "slack", "ending": "done"}
                ) != len(questions):
                    await asyncio.sleep(0.1)
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

        name = "native" if native else "CastMatch"
        return await self._measured(name, scene, run)

    async def naive(self, scene: Scene) -> Figures:
        """A post, and an edit every second."""

        async def run(
            client: AsyncWebClient, team: str, questions: Sequence[Sequence[str]], writer: Writer
        ) -> None:
            async def answer(channel: str, thread: str) -> None:
                ts, shown, words = "", "", list[str]()

                async def read() -> None:
                    async for word in writer.write(thread):
                        words.append(word)

                reading = asyncio.create_task(read())
                while not reading.done() or shown != "".join(words):
                    if shown != "".join(words):
                        shown = "".join(words)
                        ts = await _insist(client, channel, thread, ts, shown)
                    await asyncio.wait({reading}, timeout=NAIVE_EVERY if ts else 0.05)

            tasks = [asyncio.create_task(answer(*question)) for question in questions]
            _, late = await asyncio.wait(tasks, timeout=NAIVE_GIVES_UP_AFTER)
            for task in late:
                task.cancel()

        return await self._measured("naive loop", scene, run)

    async def _measured(
        self,
        name: str,
        scene: Scene,
        run: Callable[[AsyncWebClient, str, Sequence[Sequence[str]], Writer], Awaitable[None]],
    ) -> Figures:
        opened = await self.slack.ask(
            {"open": [scene.name, scene.channels, scene.replies // scene.channels]}
        )
        client = AsyncWebClient(
            opened["token"], base_url=opened["api_url"], session=self.session, retry_handlers=[]
        )
        writer = Writer(scene.characters)
        began = time.monotonic()
        await run(client, opened["team"], opened["questions"], writer)
        seconds = time.monotonic() - began
        return figures_of(
            await self.slack.ask({"dump": opened["team"]}),
            words=[word.strip() for word in writer.words],
            begun_at=writer.begun,
            ended_at=writer.ended,
            name=name,
            replies=scene.replies,
            channels=scene.channels,
            characters=scene.characters,
            seconds=seconds,
        )


async def _insist(client: AsyncWebClient, channel: str, thread: str, ts: str, text: str) -> str:
    """Post or edit; after a 429 wait as asked and do it again."""
    blocks = [{"type": "markdown", "text": text}]
    while True:
        try:
            if ts:
                await client.chat_update(channel=channel, ts=ts, blocks=blocks, text=text)
                return ts
            answer = await client.chat_postMessage(
                channel=channel, thread_ts=thread, blocks=blocks, text=text
            )
            return str(answer["ts"])
        except SlackApiError as error:
            await asyncio.sleep(float(error.response.headers.get("Retry-After", 1)))
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)


def _question(team: str, channel: str, ts: str) -> Message:
    return Message(
        id=f"{channel}/{ts}",
        conversation=ConversationKey("slack", team, channel, ts),
        place=Place.PUBLIC,
        author=Author("U1", "Asha"),
        text="Find me a dancer",
        sent_at=datetime.now(UTC),
    )


SCENES = (
    Scene("alone", 1, 1),
    Scene("alone, a minute and a half", 1, 1, CHARACTERS * 12),
    Scene("twenty", 20, 20),
    Scene("a hundred", 100, 25),
)


async def measure(scenes: Sequence[Scene], *, naive: bool) -> list[Figures]:
    slack = await Slack.start()
    try:
        with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
            async with EmbeddedServers(Path(folder), durable=False) as servers:
                await migrate(servers.postgres_url)
                database = await Database.connect(servers.postgres_url, max_size=20)
                async with (
                    Redis.from_url(servers.redis_url) as redis,
                    aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
                ):
                    bench = Bench(slack, database, redis, session)
                    await bench.ours(Scene("warm", 1, 1, 40))  # what is imported on first use
                    figures = []
                    for scene in scenes:
                        figures.append(await bench.ours(scene))
                        figures.append(await bench.ours(scene, native=True))
                        if naive:
                            figures.append(await bench.naive(scene))
                await database.close()
    finally:
        await slack.stop()
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(description="Replies that stream into Slack at once")
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments.add_argument("--scenes", type=int, nargs="+", help="only those with so many replies")
    arguments.add_argument("--no-naive", action="store_true", help="leave out the naive loop")
    options = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    scenes = [scene for scene in SCENES if not options.scenes or scene.replies in options.scenes]
    figures = asyncio.run(measure(scenes, naive=not options.no_naive))
    Console(width=120).print(table(figures))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=2))


if __name__ == "__main__":
    main()
