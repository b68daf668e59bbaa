"""The product's own recall over conversations whose questions have known answers.

    python -m bench.memory FILE [--json OUT] [--others 1000000] [--fit]
    python -m bench.memory slack [...]

FILE holds conversations in the format of LoCoMo (bench/memory_talks.py); `slack` is an invented
workspace (bench/memory_slack.py). Each is written by the product's own path into a real Postgres,
one scope a conversation, and each question is asked of four systems in the same run:

    ours     memory.recall, as a reply uses it
    text     Postgres's full text over "speaker: text", any of the words, best ts_rank first
    vectors  the question's vector, exactly, against the vectors that ours has stored
    rrf      the two fused by reciprocal ranks (k = 60)

Printed are recall of the gold evidence among the first 5, 10, 25 and 50, and nDCG@10, 0 to 100, and
the milliseconds of a question. `--others N` asks ours of two databases in turn, of which one holds
N episodes of other people besides. `--fit` fits memory/weights.py anew and says what such weights
are worth on conversations that they have not seen.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import numpy as np

from bench.memory_fit import Judged, fit, left_out
from bench.memory_judge import KS, Figures, Ranked, judge
from bench.memory_others import add_others
from bench.memory_rivals import Rivals
from bench.memory_slack import invented
from bench.memory_talks import Question, Talk, read_locomo
from bot.memories import Episode
from db.embedded import EmbeddedServers
from db.episode_search import EpisodeSearch
from db.episode_writes import EpisodeWrites
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from memory.packing import EPISODE_TOKENS, packed
from memory.recall import MOST, Recall
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder

BATCH = 500


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file", help="conversations in LoCoMo's format, or `slack`")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--others", type=int, default=0)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    talks = invented() if options.file == "slack" else read_locomo(Path(options.file))
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
        async with EmbeddedServers(Path(folder), redis=False, durable=False) as servers:
            url = servers.postgres_url
            await migrate(url)
            async with _opened(url) as (database, owner):
                await Bench(database, owner, talks).run(options)
            if options.others:
                await beside_others(url, talks, options.others)


@asynccontextmanager
async def _opened(
    url: str,
) -> AsyncIterator[tuple[Database, asyncpg.Connection[asyncpg.Record]]]:
    """As the product opens it, and as the owner of the tables."""
    database, owner = await Database.connect(url), await asyncpg.connect(url)
    try:
        yield database, owner
    finally:
        await owner.close()
        await database.close()


async def beside_others(url: str, talks: Sequence[Talk], others: int) -> None:
    """Ask each question in turn of a database with nobody else in it and of one with many, so that
    whatever else the machine does slows both down."""
    crowded = urlsplit(url)._replace(path="/crowded").geturl()
    administrator = await asyncpg.connect(urlsplit(url)._replace(path="/postgres").geturl())
    source = urlsplit(url).path.strip("/")
    await administrator.execute(f'CREATE DATABASE crowded TEMPLATE "{source}"')
    await administrator.close()
    started = time.perf_counter()
    async with _opened(crowded) as (_, owner):
        await add_others(owner, others)
    print(f"{others} episodes of others in {time.perf_counter() - started:.0f} s", flush=True)
    embedder = TokenEmbedder()
    async with _opened(url) as (quiet, _), _opened(crowded) as (full, _):
        asked = [(Recall(EpisodeSearch(one), embedder), list[float]()) for one in (quiet, full)]
        for talk in talks:
            for question in talk.questions:
                for recall, seconds in asked:
                    started = time.perf_counter()
                    await recall.search(talk.inquiry(question), limit=max(KS))
                    seconds.append(time.perf_counter() - started)
    (_, alone), (_, beside) = asked
    before, after = _percentiles(alone), _percentiles(beside)
    print(
        f"ours alone: p50 {before[0]:.1f} ms, p95 {before[1]:.1f} ms; beside them: "
        f"p50 {after[0]:.1f} ms, p95 {after[1]:.1f} ms "
        f"({after[0] / before[0]:.2f} and {after[1] / before[1]:.2f} times)"
    )


@dataclass
class Bench:
    database: Database
    owner: asyncpg.Connection[asyncpg.Record]
    talks: Sequence[Talk]

    async def run(self, options: argparse.Namespace) -> None:
        embedder = TokenEmbedder()
        recall = Recall(EpisodeSearch(self.database), embedder)
        await self.write(embedder)
        if options.fit:
            await self.fit(recall)
            return
        rivals = Rivals(self.owner, embedder)
        table: dict[str, dict[str, Figures]] = {}
        seconds: dict[str, list[float]] = {}
        within: list[float] = []
        for name, system in (
            ("ours", None),
            ("text", rivals.text),
            ("vectors", rivals.vectors),
            ("rrf", rivals.rrf),
        ):
            judged: list[tuple[Question, Ranked]] = []
            for talk in self.talks:
                for question in talk.questions:
                    started = time.perf_counter()
                    ranked: Ranked
                    if system is None:
                        episodes = await recall.search(talk.inquiry(question), limit=MOST)
                        ranked = [episode.message_id for episode in episodes[: max(KS)]]
                        within.append(_within(question, episodes))
                    else:
                        ranked = await system(talk, question, max(KS))
                    seconds.setdefault(name, []).append(time.perf_counter() - started)
                    judged.append((question, ranked))
            table[name] = _by_category(judged)
            _print(name, table[name], seconds[name])
        counted = [share for share in within if share >= 0]
        print(
            f"ours: {100 * np.mean(counted):.1f} % of the evidence within the {EPISODE_TOKENS}"
            " tokens that a reply is given"
        )
        if options.json:
            options.json.write_text(json.dumps(table, indent=1))

    async def write(self, embedder: TokenEmbedder) -> None:
        """As the product does: words at once, vectors by the job."""
        writes = EpisodeWrites(self.database)
        said = [one for talk in self.talks for one in talk.said]
        started = time.perf_counter()
        for at in range(0, len(said), BATCH):
            async with self.database.queue() as connection:
                await writes.keep(connection, said[at : at + BATCH])
        words = time.perf_counter() - started
        remembering = Remembering(writes, embedder)
        while await writes.without_vector(DEFAULT_ORG_ID, embedder.name, 1):  # a job does some
            await remembering.embed(DEFAULT_ORG_ID, {})
        took = time.perf_counter() - started
        await self.owner.execute("VACUUM ANALYZE episodes")
        print(f"{len(said)} episodes: words in {words:.1f} s, vectors in {took:.1f} s", flush=True)

    async def fit(self, recall: Recall) -> None:
        first: list[Judged] = []
        second: list[Judged] = []
        names: Sequence[str] = ()
        for nth, talk in enumerate(self.talks):
            for question in talk.questions:
                async with recall.weighing(talk.inquiry(question)) as weighing:
                    if weighing is None or question.category == "5":
                        continue
                    ids = [talk.message_ids[seq] for seq, _ in weighing.candidates.keys]
                    gold = [at for at, one in enumerate(ids) if one in question.gold]
                    names = list(weighing.features)
                    if gold:
                        for judged, by_name in (
                            (first, weighing.first),
                            (second, weighing.features),
                        ):
                            features = np.stack(list(by_name.values()), axis=1)
                            judged.append(Judged(nth, features, gold))
        for called, judged in (("FIRST", first), ("WEIGHTS", second)):
            print(f"{called}, on conversations left out: {left_out(judged)}")
            # there are more names than the first have features
            for name, weight in zip(names, fit(judged), strict=False):
                print(f'    "{name}": {weight:.2f},')


def _within(question: Question, episodes: Sequence[Episode]) -> float:
    """The share of the evidence that a reply is given; -1 where there is none."""
    if not question.gold or question.category == "5":
        return -1
    given = {episode.message_id for episode in packed(episodes, question.text)}
    return len(question.gold & given) / len(question.gold)


def _by_category(judged: Sequence[tuple[Question, Ranked]]) -> dict[str, Figures]:
    groups: dict[str, list[Figures]] = {}
    for question, ranked in judged:
        if not question.gold:
            continue
        figures = judge(question.gold, ranked)
        groups.setdefault(question.category, []).append(figures)
        if question.category in ("1", "2", "3", "4"):
            groups.setdefault("1-4", []).append(figures)
    return {
        category: {
            name: round(100 * float(np.mean([one[name] for one in groups[category]])), 1)
            for name in groups[category][0]
        }
        for category in sorted(groups)
    }


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return float(p50), float(p95)


def _print(name: str, table: Mapping[str, Figures], seconds: Sequence[float]) -> None:
    p50, p95 = _percentiles(seconds)
    print(f"\n{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    for category, figures in table.items():
        print(f"  {category:>4}  " + "  ".join(f"{n} {v:5.1f}" for n, v in figures.items()))
