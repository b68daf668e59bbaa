"""Replies that stream into Discord at once, under Discord's limits: what people see, and when.

    .venv/bin/python -m bench.discord_stream [--json FILE]

The loopback Discord, in a process of its own, enforces a bucket for each route and channel (five
posts and five edits in five seconds) and 50 requests a second in all, takes a tenth of a second for
each call, and says what each message showed when. The real pipeline (turn rows in Postgres,
casting, draft, pace, discord.py) writes replies of 1,800 characters at 60 tokens a second. Beside
it, in the same run, the naive loop through the same library: a post, and an edit of each reply
every second.

"channels": all replies of a channel at once in the channel itself, which is the harder case: there
a conversation's turns follow one another, so that each question here is given one of its own.
"threads": each reply opens a thread under its question.

429           calls that Discord refused
a second      the most calls within one second of the limit over everything
calls         calls of any kind for each reply
first         from the model's first token to the first text that people see: the slowest of the
              replies of which text was seen before the model had ended ("begun")
last          from the model's end to the whole text in view, the slowest reply's
pause         the longest time in which a begun reply stood still
pushed in     edits in between while a last text of the same channel waited; first texts are
              posts, which have a limit of their own
lost          replies that were not shown whole, each word once
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
from pathlib import Path
from typing import Any

import discord
import structlog
from rich.console import Console
from rich.table import Table

from adapters.discord.pace import Pace
from adapters.discord.reply import DiscordReply
from adapters.discord.rest import Rest, use_api
from bench.replies import CHARACTERS, Loopback, Scene, Stores, Writer, open_stores
from bench.seen import Watched, seen_by_question, watch
from bot.conversation import Author, ConversationKey, Message, Place, Turn
from bot.ports import Reply

LATENCY = 0.1
"""Seconds that a call takes."""
NAIVE_EVERY, NAIVE_GIVES_UP_AFTER = 1.0, 120.0


@dataclass
class Figures(Watched):
    name: str = ""
    replies: int = 0
    channels: int = 0
    refused: int = 0
    busiest_second: int = 0
    calls: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class Question:
    """Where something was asked, and whether it is answered in a thread."""

    guild: str
    channel: str
    id: str
    in_thread: bool

    def message(self) -> Message:
        thread = self.id if self.in_thread else ""
        return Message(
            id=self.id,
            conversation=ConversationKey(
                "discord", f"{self.guild}/{self.id}", self.channel, thread
            ),
            place=Place.PUBLIC,
            author=Author("1", "Asha"),
            text="Find me a dancer",
            sent_at=datetime.now(UTC),
        )


class DiscordPlatform:
    """`bot.ports.Adapter` without events: the bench stores the messages itself."""

    platform = "discord"

    def __init__(self, rest: Rest) -> None:
        self._rest, self._pace = rest, Pace()

    def reply(self, turn: Turn) -> Reply:
        return DiscordReply(turn, rest=self._rest, pace=self._pace, refused=_never)

    async def run(self) -> None:
        """Nothing comes from it: the bench brings its events."""


async def _never(turn: Turn) -> None:
    raise AssertionError("we may write everywhere")


@dataclass
class Bench:
    """What all rounds share."""

    server: Loopback
    stores: Stores

    async def ours(self, scene: Scene, *, threads: bool = False) -> Figures:
        """The real pipeline."""

        async def run(token: str, questions: Sequence[Question], writer: Writer) -> None:
            async with Rest.open(token) as rest:
                await rest.log_in()
                asked = [question.message() for question in questions]
                await self.stores.answer_all(DiscordPlatform(rest), asked, writer)

        name = "CastMatch, threads" if threads else "CastMatch"
        return await self._measured(name, scene, run, threads=threads)

    async def naive(self, scene: Scene) -> Figures:
        """A post, and an edit every second."""

        async def run(token: str, questions: Sequence[Question], writer: Writer) -> None:
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(token)
                tasks = [asyncio.create_task(_naive(client, one, writer)) for one in questions]
                _, late = await asyncio.wait(tasks, timeout=NAIVE_GIVES_UP_AFTER)
                for task in late:
                    task.cancel()

        return await self._measured("naive loop", scene, run)

    async def _measured(
        self,
        name: str,
        scene: Scene,
        run: Callable[[str, Sequence[Question], Writer], Awaitable[None]],
        *,
        threads: bool = False,
    ) -> Figures:
        in_each = scene.replies // scene.channels
        opened = await self.server.ask({"open": [scene.name, scene.channels, in_each, threads]})
        use_api(opened["api_url"])
        questions = [Question(opened["guild"], *asked) for asked in opened["questions"]]
        writer, began = Writer(scene.characters), time.monotonic()
        await run(opened["token"], questions, writer)
        seconds = time.monotonic() - began
        dump: dict[str, Any] = await self.server.ask({"dump": opened["guild"]})
        watched = watch(
            seen_by_question(dump["messages"]),
            words=[word.strip() for word in writer.words],
            begun_at=writer.begun,
            ended_at=writer.ended,
            firsts_share=False,
        )
        return Figures(
            **asdict(watched),
            name=name,
            replies=scene.replies,
            channels=scene.channels,
            refused=sum(call["status"] == 429 for call in dump["calls"]),
            busiest_second=dump["busiest_second"],
            calls=len(dump["calls"]) / scene.replies,
            seconds=seconds,
        )


async def _naive(client: discord.Client, question: Question, writer: Writer) -> None:
    place = client.get_partial_messageable(int(question.channel))
    reference = discord.MessageReference(
        message_id=int(question.id), channel_id=int(question.channel)
    )
    posted: discord.Message | None = None
    words, shown = list[str](), ""

    async def read() -> None:
        async for word in writer.write(question.id):
            words.append(word)

    reading = asyncio.create_task(read())
    while not reading.done() or shown != "".join(words):
        if shown != "".join(words):
            shown = "".join(words)
            if posted is None:
                posted = await place.send(shown, reference=reference)
            else:
                await posted.edit(content=shown)
        await asyncio.wait({reading}, timeout=NAIVE_EVERY if posted else 0.05)


SCENES = (
    Scene("alone", 1, 1),
    Scene("alone, a minute and a half", 1, 1, CHARACTERS * 12),
    Scene("thirty", 30, 10),
    Scene("a hundred", 100, 10),
)


async def measure(scenes: Sequence[Scene], *, naive: bool) -> list[Figures]:
    figures = []
    async with (
        Loopback.start("bench.discord_server", str(LATENCY)) as server,
        open_stores() as stores,
    ):
        bench = Bench(server, stores)
        await bench.ours(Scene("warm", 1, 1, 40))  # what is imported on first use
        for scene in scenes:
            figures.append(await bench.ours(scene))
            if scene.replies > 1:
                figures.append(await bench.ours(scene, threads=True))
            if naive and scene.characters == CHARACTERS:  # a longer one fits no message
                figures.append(await bench.naive(scene))
    return figures


def table(figures: Sequence[Figures]) -> Table:
    shown = Table(title="Replies of 1,800 characters into Discord, 60 tokens a second each")
    shown.add_column("")
    for heading in ("replies", "channels", "429", "a second", "calls", "first s", "begun"):
        shown.add_column(heading, justify="right")
    for heading in ("last s", "pause s", "pushed in", "lost"):
        shown.add_column(heading, justify="right")
    for one in figures:
        counts = (one.replies, one.channels, one.refused, one.busiest_second)
        shown.add_row(
            one.name,
            *map(str, counts),
            f"{one.calls:.1f}",
            f"{one.first_slowest:.2f}",
            str(one.begun),
            f"{one.last_slowest:.2f}",
            f"{one.longest_pause:.2f}",
            str(one.pushed_in),
            str(one.lost),
        )
    return shown


def main() -> None:
    arguments = argparse.ArgumentParser(description="Replies that stream into Discord at once")
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
