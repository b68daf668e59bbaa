"""What a long conversation costs: the bytes that a model's cache can keep, and the tokens sent.

    python -m bench.context [--json FILE]

A conversation of 440 turns is held with the real memory and the real message builder, on servers
of its own; each question is recalled as in the product, with facts and episodes from what was said
before, and a summary of the older turns: Claude stands on loopback and writes one as long as it may
be. For each of 40 turns on end, at the beginning and after 400 turns, it compares the request
with the one before: how much of what a cache keeps (tools, system prompt and messages up to the
breakpoint) is the same from its first byte on. Then the tokens of the last request, against one
that brings the whole history. A token is counted as four bytes of what is sent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.claude import Claude
from bot.claude.messages import conversation, system
from bot.conversation import Author, ConversationKey, Message, Outcome, Place, Recollection, Turn
from bot.distilling import Rules
from bot.jobs import JobHandler
from bot.metrics import Metrics
from bot.tool_definitions import SCHEMAS
from db.embedded import EmbeddedServers
from db.episode_search import EpisodeSearch
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import FactRows
from db.jobs import Jobs
from db.migrate import migrate
from db.pool import Database
from db.process import Process
from db.spending import Spending
from db.summaries import SUMMARISE_TURNS, SummaryRows
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.context import Context
from memory.embedder import LocalEmbedder
from memory.facts import Facts, Learning
from memory.folding import Folding
from memory.recall import Recall
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder
from memory.working import WorkingMemory
from tests.fakes.claude import ClaudeServer, Reply
from tests.fakes.claude import Request as Asked
from tests.folders import server_folder

TURNS, WATCHED = 440, 40
HERE = ConversationKey("bench", "W1", "C1")
PEOPLE = (Author("U1", "Priya"), Author("U2", "Vikram"), Author("U3", "Leela"))
FIRST = ("Meera", "Asha", "Zoya", "Kabir", "Rohan", "Ira", "Dev", "Tara", "Neel", "Anya")
LAST = ("Joshi", "Patil", "Rao", "Malik", "Kulkarni", "Sen", "Bose", "Iyer", "Shah", "Nair")
ASKS = (
    "Marathi-speaking women, {age} to {older}, with Kathak, based in {city}",
    "Only those under {older}, and nobody who can't travel to {city} in the second week",
    "Tell me about the second one, her training and what she did last year",
    "And men around {age} who ride and sword fight, for the same two days?",
    "Who of them is free in the last week of the month and under 20k a day?",
    "Compare the first two for the mother in episode {age}",
)
STATES = (
    "Our budget for Monsoon Letters is {age}k a day.",
    "This channel casts in {city}.",
    "We never cast anyone without a reel for Monsoon Letters.",
    "The callbacks for Monsoon Letters are on {age} June.",
)
WHY = (
    "plays 24-30, native Marathi and fluent Hindi, twelve years of Kathak, INR 15,000 a day",
    "plays 22-28, Pune, stage combat and horse riding, listed as free from the 3rd to the 19th",
    "plays 25-34, trained in Bharatanatyam, two web series last year, travels to Mumbai and Goa",
    "plays 28-35, theatre since 2014, warm and quick-witted, union member, INR 18,000 a day",
)


@dataclass(frozen=True, slots=True)
class Request:
    """What one turn sends."""

    cached: bytes
    whole: bytes

    def share_of(self, before: Request) -> float:
        """How much of what the cache keeps begins like all that the request before had cached."""
        same = next(
            (n for n, (a, b) in enumerate(zip(self.cached, before.cached, strict=False)) if a != b),
            min(len(self.cached), len(before.cached)),
        )
        return same / len(before.cached)


def request(recollection: Recollection, turn: Turn) -> Request:
    messages: list[Any] = [*conversation(recollection, turn)]
    cached = _bytes([SCHEMAS, system(), messages[:-1]])
    return Request(cached, _bytes([SCHEMAS, system(), messages]))


def _bytes(parts: object) -> bytes:
    """As they are sent, the marks of breakpoints left out: those are no content."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if key != "cache_control"}
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    return json.dumps(plain(parts), ensure_ascii=False).encode()


class Talk:
    """The conversation, made up from a fixed seed."""

    def __init__(self) -> None:
        self._random = random.Random(6)
        self._at = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def message(self, number: int) -> Message:
        pick = self._random
        shape = pick.choice(STATES) if number % 9 == 4 else pick.choice(ASKS)
        age = pick.randint(20, 28)
        text = shape.format(age=age, older=age + 6, city=pick.choice(("Pune", "Mumbai", "Delhi")))
        self._at += timedelta(minutes=7)
        return Message(f"m{number}", HERE, Place.PRIVATE, pick.choice(PEOPLE), text, self._at)

    def outcome(self) -> Outcome:
        pick = self._random
        names = [f"{pick.choice(FIRST)} {pick.choice(LAST)}" for _ in range(5)]
        lines = [f"{n}. **{name}** – {pick.choice(WHY)}" for n, name in enumerate(names, 1)]
        text = "Five come near what you asked for, best first:\n\n" + "\n".join(lines)
        ids = tuple(f"{pick.getrandbits(50):010x}"[:10] for _ in names)
        text += "\n\nShall I keep to Pune, or look in Mumbai as well?"
        return Outcome(text, talent_ids=ids)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of 40 turns on end."""

    shares: Sequence[float]
    tokens: float
    """Of the last request."""
    of_full: float
    """The same against a request with the whole history, in per cent."""
    mean_of_full: float
    """Of all 40, likewise."""


def _longest_summary(_: Asked) -> Reply:
    line = "3 May, Priya: wants Marathi speakers with Kathak for Monsoon Letters, under 20k a day"
    return Reply("\n".join(f"{line}, not before {day} June." for day in range(1, 13)))


async def hold(folder: Path) -> tuple[Figures, Figures]:
    async with EmbeddedServers(folder, durable=False) as servers, ClaudeServer() as model:
        model.answer_with(_longest_summary)
        claude = Claude.connect(
            model.api_key, model="claude-sonnet-5-5", metrics=Metrics(), base_url=model.url
        )
        await migrate(servers.postgres_url)
        database = await Database.connect(servers.postgres_url)
        process = Process(database, lease_seconds=30)
        turns, jobs = Turns(process, jobs_after=[REMEMBER_TURNS]), Jobs(process)
        rows, embedder = FactRows(database), LocalEmbedder()
        token_embedder = TokenEmbedder()
        await embedder.query("warm")
        await token_embedder.meaning("warm")
        learning = Learning(rows, Rules(), embedder)
        async with process, Redis.from_url(servers.redis_url) as redis:
            working = WorkingMemory(redis, TurnHistory(database))
            episodes = Recall(EpisodeSearch(database), token_embedder)
            context = Context(
                working, Facts(rows, embedder), episodes, Metrics(), late_after=60
            )  # on a busy machine too all of memory is counted
            remembering = Remembering(EpisodeWrites(database), token_embedder)
            folding = Folding(
                SummaryRows(database), working, claude.summariser(), Spending(database), Metrics()
            )
            handlers: dict[str, list[JobHandler]] = {
                REMEMBER_TURNS: [remembering.remember, learning.job, folding.see],
                EMBED_EPISODES: [remembering.embed],
                SUMMARISE_TURNS: [folding.job],
            }
            talk, sent, full = Talk(), list[Request](), list[bytes]()
            for number in range(TURNS):
                await turns.accept(talk.message(number))
                (turn,) = await turns.claim(["bench"], at_most=1)
                recollection = await context.recall(turn)
                sent.append(request(recollection, turn))
                outcome = talk.outcome()
                await turns.finish(turn, outcome)
                await context.remember(turn, outcome)
                while job := await jobs.claim([*handlers]):
                    for handler in handlers[job.kind]:
                        await handler(job.org_id, job.payload)
                    await jobs.done(job)
                if number == TURNS - 1:
                    everything = await TurnHistory(database).before(turn, limit=TURNS)
                    alone = Recollection(history=tuple(everything[-400:]))
                    full.append(request(alone, turn).whole)
        await claude.close()
        await database.close()
    return _figures(sent[:WATCHED], full[0]), _figures(sent[-WATCHED:], full[0])


def _figures(sent: Sequence[Request], full: bytes) -> Figures:
    shares = [later.share_of(earlier) for earlier, later in pairwise(sent)]
    sizes = [len(one.whole) for one in sent]
    mean = sum(sizes) / len(sizes)
    return Figures(shares, sizes[-1] / 4, 100 * sizes[-1] / len(full), 100 * mean / len(full))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with server_folder("castmatch-bench-") as folder:
        first, last = asyncio.run(hold(folder))
    print(
        f"{'':24}{'lowest':>9}{'mean':>9}{'below 90 %':>12}{'tokens':>9}{'of full':>9}{'mean':>8}"
    )
    for name, one in (("turns 1 to 40", first), ("turns 401 to 440", last)):
        mean = sum(one.shares) / len(one.shares)
        below = sum(share < 0.9 for share in one.shares)
        print(
            f"{name:24}{min(one.shares):>9.1%}{mean:>9.1%}{below:>12}"
            f"{one.tokens:>9,.0f}{one.of_full:>8.1f}%{one.mean_of_full:>7.1f}%"
        )
    if options.json:
        found = {"first_40": first, "last_40": last}
        figures = {
            name: {
                "lowest": min(one.shares),
                "mean": sum(one.shares) / len(one.shares),
                "tokens": one.tokens,
                "of_full_percent": one.of_full,
                "mean_of_full_percent": one.mean_of_full,
            }
            for name, one in found.items()
        }
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
