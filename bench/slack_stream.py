"""Replies that stream into Slack at once, under Slack's limits: what people see, and when.

    .venv/bin/python -m bench.slack_stream [--processes 2 [--untold]] [--json FILE]

The loopback Slack, in a process of its own, enforces the real limits over a sliding minute and
says what each message showed when. The real pipeline (turn rows in Postgres, casting, draft,
budget, Slack's own client) writes replies of 1,800 characters at 60 tokens a second: by edits, and
by Slack's own streaming ("native"). Beside it, in the same run, the naive loop: a post, and an edit
of each reply every second; where Slack says 429 it waits as asked. With several processes, which
know nothing of each other's calls, each has a budget of its own and its part of the replies;
`untold` of how many they are, each takes all of what Slack allows for its own.
`slack_figures.py` says what the columns mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import aiohttp
import structlog
from rich.console import Console
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget
from adapters.slack.native_stream import NativeReply
from adapters.slack.reply import SlackReply
from bench.replies import CHARACTERS, Loopback, Scene, Stores, Writer, open_stores
from bench.slack_figures import Figures, figures_of, table
from bot.conversation import Author, ConversationKey, Message, Place, Turn
from bot.ports import Reply

NAIVE_EVERY, NAIVE_GIVES_UP_AFTER = 1.0, 180.0


class SlackPlatform:
    """`bot.ports.Adapter` without events: the bench stores the messages itself."""

    platform = "slack"

    def __init__(self, client: AsyncWebClient, budgets: Sequence[Budget], *, native: bool) -> None:
        self._client = client
        self._native = native
        self._budgets = cycle(budgets)

    def reply(self, turn: Turn) -> Reply:
        budget = next(self._budgets)
        edits = SlackReply(turn, budget=budget, connect=self._connect, unmarked=self._native)
        if not self._native:
            return edits
        return NativeReply(turn, edits, budget=budget, connect=self._connect)

    async def run(self) -> None:
        """Nothing comes from it: the bench brings its events."""

    async def _connect(self) -> AsyncWebClient:
        return self._client


@dataclass
class Bench:
    """What all rounds share."""

    slack: Loopback
    stores: Stores
    session: aiohttp.ClientSession
    processes: int
    are_told: bool

    async def ours(self, scene: Scene, *, native: bool = False) -> Figures:
        """The real pipeline; `native` by Slack's own streaming."""

        async def run(
            client: AsyncWebClient, team: str, questions: Sequence[Sequence[str]], writer: Writer
        ) -> None:
            asked = [_question(team, channel, ts) for channel, ts in questions]
            parts = self.processes if self.are_told else 1
            budgets = [Budget(parts) for _ in range(self.processes)]
            platform = SlackPlatform(client, budgets, native=native)
            await self.stores.answer_all(platform, asked, writer)

        name = "native" if native else "CastMatch"
        name += f" × {self.processes}" * (self.processes > 1)
        return await self._measured(name, scene, run)

    async def naive(self, scene: Scene) -> Figures:
        """A post, and an edit every second."""

        async def run(
            client: AsyncWebClient, team: str, questions: Sequence[Sequence[str]], writer: Writer
        ) -> None:
            async def answer(channel: str, thread: str) -> None:
                ts, shown, words = "", "", list[str]()

                async def read() -> None:
                    async for word in writer.write(f"{channel}/{thread}"):
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
        dump = await self.slack.ask({"dump": opened["team"]})
        return figures_of(dump, writer, name=name, scene=scene, seconds=seconds)


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


async def measure(
    scenes: Sequence[Scene], *, naive: bool, processes: int, are_told: bool
) -> list[Figures]:
    figures = []
    async with (
        Loopback.start("bench.slack_server") as slack,
        open_stores() as stores,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session,
    ):
        bench = Bench(slack, stores, session, processes, are_told)
        await bench.ours(Scene("warm", 1, 1, 40))  # what is imported on first use
        for scene in scenes:
            figures.append(await bench.ours(scene))
            figures.append(await bench.ours(scene, native=True))
            if naive:
                figures.append(await bench.naive(scene))
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(description="Replies that stream into Slack at once")
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments.add_argument("--scenes", type=int, nargs="+", help="only those with so many replies")
    arguments.add_argument("--no-naive", action="store_true", help="leave out the naive loop")
    arguments.add_argument("--processes", type=int, default=1, help="with so many budgets")
    arguments.add_argument("--untold", action="store_true", help="of how many there are")
    options = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    scenes = [scene for scene in SCENES if not options.scenes or scene.replies in options.scenes]
    figures = asyncio.run(
        measure(
            scenes,
            naive=not options.no_naive,
            processes=options.processes,
            are_told=not options.untold,
        )
    )
    Console(width=120).print(table(figures))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in figures], indent=2))


if __name__ == "__main__":
    main()
