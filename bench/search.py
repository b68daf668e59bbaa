"""The search beside the plain recipe: filters, words and vectors over rosters of 10k and 100k.

    python -m bench.search [--sizes 10000,100000] [--rounds 3] [--json FILE]

The plain recipe filters first, then ranks all that pass by exact distance (float32) and by full
text, each in SQL left to the planner, and fuses the two by reciprocal ranks. It reads the same
rows with the same indexes, as the owner, without row-level security, reasons or relaxing. Each
question is asked of both in turn, in the same run. Common words are dropped for both.

The roster is invented. Two thousand bios are really embedded; each row's vector is a
mixture of two of those with a little noise, as embedding 100,000 bios takes 12 minutes. Embedding
a question (and, for matches found by meaning, the sentences of their bios) costs the same whatever
the roster's size and whoever asks, so it is left out of the figures and shown apart.

"ours" is all of a search; "ranked" is without the reasons, which the recipe does not give. What of
both is for safety and not for finding is shown beside them as "entering": taking a connection
from the pool, and a transaction that enters the serving role and its audience, which the recipe's
bare transaction on a connection of its own does without.

Where a hundred rows pass or fewer, each costs a millisecond or two and these are what is seen: of
10,000 rows, nine passing, our statement takes as much of the server as the recipe's or less, and
entering (0.15 ms against 0.06), the reasons (0.2 ms) and writing the statement are what is above.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
import numpy as np
from pgvector.asyncpg import register_vector

from bench.search_roster import QUESTIONS, SELECTIVITIES, Seeds, bios, rows
from bot.conversation import Access, Audience, Place
from bot.ports import Vector
from bot.talent import Filters, Match, Talent, TalentQuery
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.talent_conditions import Arguments, NamesFound, conditions, strings_of
from db.talent_ranking import Ranking, Signals
from db.talent_search import Talents, _Found
from db.talent_words import Statistics, Terms
from db.talents import COLUMNS_OF_T, TEAM, talent_from_row
from memory.embedder import LocalEmbedder

AUDIENCE = Audience(DEFAULT_ORG_ID, Access.TEAM, Place.PRIVATE)
EMBEDDED_BIOS = 2000
LIMIT = 10


class KnownVectors:
    """Questions embedded beforehand; sentences get vectors that mean nothing, at no cost."""

    name = LocalEmbedder.name
    dimensions = LocalEmbedder.dimensions
    near = LocalEmbedder.near

    def __init__(self, vectors: dict[str, Vector]) -> None:
        self._vectors = vectors
        self.sentences: list[int] = []

    async def query(self, text: str) -> Vector:
        return self._vectors[text]

    async def passages(self, texts: Sequence[str]) -> Sequence[Vector]:
        self.sentences.append(len(texts))
        return [next(iter(self._vectors.values())) for _ in texts]


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of one way at one selectivity."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Figures:
        cuts = quantiles(seconds, n=100, method="inclusive")
        return cls(round(cuts[49] * 1000, 2), round(cuts[94] * 1000, 2))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--rounds", type=int, default=3, help="how often each question is asked")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    embedder = LocalEmbedder()
    print(f"embedding {EMBEDDED_BIOS} bios …", flush=True)
    seed_bios = bios(EMBEDDED_BIOS)
    seeds = Seeds(seed_bios, np.array(await embedder.passages(seed_bios), dtype=np.float32))
    questions = {text: await embedder.query(text) for text in QUESTIONS}
    results: dict[str, Any] = {"embedding": await embedding_cost(embedder, seed_bios), "sizes": {}}
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
        async with EmbeddedServers(Path(folder), redis=False) as servers:
            await migrate(servers.postgres_url)
            for size in sorted(int(size) for size in options.sizes.split(",")):
                results["sizes"][size] = await measure(
                    servers.postgres_url, size, seeds, questions, options.rounds
                )
    show(results)
    if options.json:
        await asyncio.to_thread(
            options.json.write_text, json.dumps(results, indent=1, default=asdict)
        )


async def embedding_cost(embedder: LocalEmbedder, texts: Sequence[str]) -> dict[str, Any]:
    """Of one question, and of the sentences of ten bios that no word of the question matched."""
    query, sentences = [], []
    for number, text in enumerate(QUESTIONS):
        query.append(await timed(lambda text=text: embedder.query(f"{text}, please")))  # type: ignore[misc]
        several = [
            part for bio in texts[number * 10 : number * 10 + 10] for part in bio.split(". ")
        ]
        sentences.append(await timed(lambda s=several[:30]: embedder.passages(s)))  # type: ignore[misc]
    return {"question": Figures.of(query), "sentences": Figures.of(sentences)}


async def measure(
    url: str, size: int, seeds: Seeds, questions: dict[str, Vector], rounds: int
) -> dict[str, Any]:
    owner = await asyncpg.connect(url)
    await owner.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    await register_vector(owner)
    database = await Database.connect(url, min_size=2, max_size=4)
    try:
        print(f"writing {size:,} rows …", flush=True)
        began = time.perf_counter()
        await fill(database, owner, size, seeds)
        print(f"  in {time.perf_counter() - began:.0f} s", flush=True)
        known = KnownVectors(questions)
        talents, ranked = Talents(database, known), Ranked(database, known)
        plain = Plain(database, owner, known)
        found: dict[str, Any] = {}
        for selectivity, filters in SELECTIVITIES.items():
            found[selectivity] = await compare(
                talents, ranked, plain, filters=filters, texts=list(questions), rounds=rounds
            )
            found[selectivity] |= await recall(database, filters, questions)
            found[selectivity] |= await entering(database, owner)
            print(f"  {selectivity}: {found[selectivity]}", flush=True)
        return found
    finally:
        await database.close()
        await owner.close()


async def fill(
    database: Database,
    owner: asyncpg.Connection[asyncpg.Record],
    size: int,
    seeds: Seeds,
) -> None:
    """Only what is missing: a larger roster goes on from the smaller one."""
    await owner.execute(
        "CREATE TABLE IF NOT EXISTS plain_vectors (talent_id text PRIMARY KEY,"
        " embedding vector(384) NOT NULL)"
    )
    have: int = await owner.fetchval("SELECT count(*) FROM talents")
    batch = 2000
    for start in range(have, size, batch):
        block = rows(start, min(batch, size - start), seeds)
        async with database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
            columns = ", ".join(f'"{column}"' for column in block[0][0])
            slots = ", ".join(f"${number}" for number in range(1, len(block[0][0]) + 1))
            await connection.executemany(
                f"INSERT INTO talents ({columns}) VALUES ({slots})",
                [tuple(row.values()) for row, _ in block],
            )
            await connection.executemany(
                "INSERT INTO talent_vectors (org_id, talent_id, model, dimensions, embedding,"
                " content_hash) VALUES ($1, $2, $3, 384, $4, gen_random_uuid())",
                [(DEFAULT_ORG_ID, row["id"], LocalEmbedder.name, vector) for row, vector in block],
            )
        await owner.executemany(
            "INSERT INTO plain_vectors VALUES ($1, $2)",
            [(row["id"], vector) for row, vector in block],
        )
    await owner.execute("VACUUM ANALYZE talents, talent_vectors, plain_vectors")


class Ranked(Talents):
    """Our search, which gives the rows that it ranked and no reasons: what the recipe does."""

    async def _matches(self, query: TalentQuery, found: _Found) -> tuple[Match, ...]:
        rows = (row for _, row in found.scored)
        return tuple(Match(talent=talent_from_row(row), score=0, reasons=()) for row in rows)


class Plain:
    """The plain recipe, straight through."""

    def __init__(
        self,
        database: Database,
        owner: asyncpg.Connection[asyncpg.Record],
        embedder: KnownVectors,
    ) -> None:
        self._database = database
        self._owner = owner
        self._embedder = embedder
        self._statistics = Statistics()
        self._terms: dict[str, Terms] = {}

    async def learn(self, texts: Sequence[str]) -> None:
        """Which words are common; it is not charged for finding out."""
        async with self._database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
            await self._statistics.refresh(connection)
            for text in texts:
                self._terms[text] = await self._statistics.terms(connection, text)

    async def search(self, query: TalentQuery) -> list[Talent]:
        vector = await self._embedder.query(query.text)
        arguments = Arguments()
        fold = {name: name.lower() for name in strings_of(query.filters)}
        asked = conditions(query.filters, NamesFound(), NamesFound(), fold).values()
        passes = " AND ".join(condition.sql(arguments) for condition in asked)
        org = arguments.bind(DEFAULT_ORG_ID, "uuid")
        passes = f"t.org_id = {org} AND NOT t.minor AND {passes}"
        near = arguments.bind(vector, "vector")
        words = " | ".join(term.tsquery for term in self._terms[query.text].finding)
        asked_words = arguments.bind(words, "tsquery")
        statement = f"""
            WITH by_vector AS (
                SELECT id, row_number() OVER (ORDER BY distance) AS rank FROM (
                    SELECT t.id, v.embedding <=> {near} AS distance
                    FROM talents AS t JOIN plain_vectors AS v ON v.talent_id = t.id
                    WHERE {passes} ORDER BY distance LIMIT 100) AS nearest),
            by_words AS (
                SELECT id, row_number() OVER (ORDER BY score DESC) AS rank FROM (
                    SELECT t.id, ts_rank(t.words, {asked_words}) AS score
                    FROM talents AS t WHERE t.words @@ {asked_words} AND {passes}
                    ORDER BY score DESC LIMIT 100) AS best),
            fused AS (
                SELECT id, coalesce(1.0 / (60 + v.rank), 0) + coalesce(1.0 / (60 + w.rank), 0) AS s
                FROM by_vector AS v FULL JOIN by_words AS w USING (id)
                ORDER BY s DESC LIMIT {LIMIT})
            SELECT {COLUMNS_OF_T} FROM talents AS t JOIN fused USING (id)
            WHERE t.org_id = {org} ORDER BY s DESC"""
        async with self._owner.transaction():
            found = await self._owner.fetch(statement, *arguments.values)
        return [talent_from_row(row) for row in found]


async def compare(
    talents: Talents,
    ranked: Talents,
    plain: Plain,
    *,
    filters: Filters,
    texts: Sequence[str],
    rounds: int,
) -> dict[str, Any]:
    await plain.learn(texts)
    ours: list[float] = []
    rows: list[float] = []
    theirs: list[float] = []
    order = random.Random(1)
    for round_number in range(rounds + 1):
        for text in order.sample(list(texts), len(texts)):
            query = TalentQuery(filters=filters, text=text)
            ways: list[tuple[list[float], Callable[[], Awaitable[object]]]] = [
                (ours, lambda query=query: talents.search(AUDIENCE, query, limit=LIMIT)),  # type: ignore[misc]
                (rows, lambda query=query: ranked.search(AUDIENCE, query, limit=LIMIT)),  # type: ignore[misc]
                (theirs, lambda query=query: plain.search(query)),  # type: ignore[misc]
            ]
            order.shuffle(ways)
            for taken, way in ways:
                seconds = await timed(way)
                if round_number:  # the first round warms up both
                    taken.append(seconds)
    return {"ours": Figures.of(ours), "ranked": Figures.of(rows), "plain": Figures.of(theirs)}


async def recall(
    database: Database, filters: Filters, questions: dict[str, Vector]
) -> dict[str, Any]:
    """Of the ten nearest among all that pass, how many the vector signal's ten are."""
    fold = {name: name.lower() for name in strings_of(filters)}
    asked = tuple(conditions(filters, NamesFound(), NamesFound(), fold).values())
    shares = []
    statistics = Statistics()
    async with database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
        arguments = Arguments()
        passes = " AND ".join(part.sql(arguments) for part in asked)
        candidates = await connection.fetch(
            f"SELECT v.talent_id, v.embedding FROM talents_team AS t"
            f" JOIN talent_vectors_team AS v ON v.talent_id = t.id WHERE {passes}",
            *arguments.values,
        )
        names = [row["talent_id"] for row in candidates]
        await statistics.refresh(connection)
        matrix = np.array([row["embedding"] for row in candidates], dtype=np.float32)
        for vector in questions.values():
            exact = {names[index] for index in np.argsort(-(matrix @ vector))[:LIMIT]}
            signals = Signals(vectors=(vector,), model=LocalEmbedder.name)
            best = await Ranking(connection, TEAM, asked, signals, statistics).best(LIMIT)
            shares.append(len(exact & {row["id"] for _, row in best}) / len(exact))
    return {"pass": len(names), "recall": round(float(np.mean(shares)), 4)}


async def entering(
    database: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> dict[str, Figures]:
    """What an empty transaction takes, ours and the recipe's."""
    ways: dict[str, Callable[[], AbstractAsyncContextManager[object]]] = {
        "entering": lambda: database.session(DEFAULT_ORG_ID, Access.TEAM),
        "plain_entering": owner.transaction,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(100):
        for name, way in ways.items():
            began = time.perf_counter()
            async with way():
                pass
            taken[name].append(time.perf_counter() - began)
    return {name: Figures.of(seconds) for name, seconds in taken.items()}


async def timed(run: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await run()
    return time.perf_counter() - began


def show(results: dict[str, Any]) -> None:
    cost = results["embedding"]
    print(
        "\nMilliseconds, p50 / p95. Not in the table: embedding a question "
        f"{cost['question'].p50} / {cost['question'].p95}, the sentences for reasons by meaning "
        f"{cost['sentences'].p50} / {cost['sentences'].p95}.\n"
    )
    print(
        f"{'rows':>8} {'filters pass':>20} {'ours':>18} {'ranked':>18} {'plain recipe':>18}"
        f" {'recall@10':>10} {'entering: ours, plain':>24}"
    )
    for size, found in results["sizes"].items():
        for selectivity, one in found.items():
            print(
                f"{size:>8,} {selectivity + ' = ' + format(one['pass'], ','):>20}"
                f" {one['ours'].p50:>8} /{one['ours'].p95:>8}"
                f" {one['ranked'].p50:>8} /{one['ranked'].p95:>8}"
                f" {one['plain'].p50:>8} /{one['plain'].p95:>8} {one['recall']:>10}"
                f" {one['entering'].p50:>17}, {one['plain_entering'].p50}"
            )


if __name__ == "__main__":
    asyncio.run(main())
