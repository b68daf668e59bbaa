"""Ranking the rows that pass the filters, in a plan that we choose and not the planner.

Where few rows pass they are read once and each is ranked exactly. Where many do, each signal
finds its own best: words by the full-text index, meaning by the Hamming distance of one bit a
dimension over the whole roster, then exactly over the best of those. The planner knows neither
how selective an array is together with a range, nor what a distance costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod, sqrt
from typing import TYPE_CHECKING, TypeAlias

from bot.ports import Vector
from db.talent_conditions import Arguments, Condition, Expression
from db.talent_words import NO_TERMS, Statistics, Term, Terms
from db.talents import COLUMNS_OF_T, Relations

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection

LISTED = 100
"""How many of the best of each signal are fused."""

NEAREST_BITS = 15_000
"""How many of the nearest by their bits are held against the filters at most, …"""

SPARE = 2.0
"""… and how many times as many as should be enough, by what is known of the filters."""

TRAVELS = 0.9
"""What somebody counts who would travel to the city asked for, to one who lives there."""

ORDER_WEIGHT = 1.5
"""What being nearest to a filter that was given up counts, a word's or meaning's rank being 1."""

_K = 10  # reciprocal rank fusion: a rank counts 1 / (K + rank)

# BM25. `ts_rank` of one word sums 1/n² over its n occurrences (divided by that sum's limit) times
# the weight of its place, so how often it stands there, about, follows from the rank.
_PLACES = "'{0.8, 0.7, 1.0, 0.9}'"  # bio, credits, skills, name
_OFTEN = f"(0.608 / (1.0001 - ts_rank({_PLACES}, words, query)) - 0.5)"
_USUAL_LENGTH = 70  # different words of a row
_K1, _B = 1.2, 0.75

NEWEST = "t.confirmed_on DESC NULLS LAST, t.completeness DESC, t.id"


FOUND_BY_ALL = 200
"""Up to how many passing rows common words find rows too, and do not only rank those found."""


def few(rows: float) -> int:
    """Up to how many passing rows it is cheaper to rank each: measured, see bench/search.py."""
    return max(2000, round(20 * sqrt(rows)))


def reranked(passing: float) -> int:
    """How many of those nearest by their bits to compare exactly, that of the ten nearest none
    or hardly one is missed: measured, see bench/search.py."""
    return 100 + round(3 * sqrt(passing))


@dataclass(frozen=True, slots=True)
class Signals:
    """What rows are ranked by, besides the filters that they pass."""

    terms: Terms = NO_TERMS
    vectors: tuple[Vector, ...] = ()
    model: str = ""
    order: tuple[Expression, ...] = ()
    """Smaller first: a signal of its own, and what decides where there is no other."""
    at_home: Expression | None = None
    """Where it is false a row counts `TRAVELS` times as much in the end."""

    @property
    def free(self) -> bool:
        """Whether there is anything to rank by but the filters."""
        return bool(self.terms.all or self.vectors)

    @property
    def best_score(self) -> float:
        """Of a row that leads in every signal."""
        words = 1 if self.terms.all else 0
        return (words + len(self.vectors) + (ORDER_WEIGHT if self.order else 0)) / (_K + 1)


Scored: TypeAlias = "tuple[float, Record]"
"""A score, 0 to 1, and the row of `COLUMNS` that has it."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One ranking within one transaction."""

    connection: Connection
    relations: Relations
    filters: tuple[Condition, ...]
    """All of which a row passes."""
    signals: Signals
    statistics: Statistics

    async def best(self, limit: int) -> list[Scored]:
        """The best, best first. Where only filters were asked all who pass fit equally well; they
        come in order all the same."""
        most = few(self.statistics.rows)
        if self.statistics.rows * self.share <= most:
            found = await self._of_few(most, limit)
            if found is not None:
                return found
        if not self.signals.free:
            return await self._newest(limit)
        return await self._of_many(limit)

    @property
    def share(self) -> float:
        """The share of rows that pass, about: each filter's multiplied, as if they had nothing to
        do with each other. It may be wrong by some factor: either way of ranking notices when it
        is not the right one."""
        return self._share_of(self.filters)

    def _share_of(self, conditions: Iterable[Condition]) -> float:
        return prod(condition.estimate(self.statistics.facets) for condition in conditions)

    @property
    def _compared(self) -> int:
        return reranked(self.statistics.rows * self.share)

    async def _of_few(self, most: int, limit: int) -> list[Scored] | None:
        """Every row that passes, by every signal; `None` if more than `most` pass."""
        arguments = Arguments()
        columns, parts = ["t.id"], []
        order = self.signals.order
        passing = self._passing(arguments)
        if order or not self.signals.free:
            columns += ["t.confirmed_on", "t.completeness"]
            columns += [f"{part(arguments)} AS order_{index}" for index, part in enumerate(order)]
            keys = ", ".join([*(f"t.order_{index}" for index in range(len(order))), NEWEST])
            listed = LISTED if self.signals.free else self._fused_of(limit)
            parts.append(_in_order(f"SELECT t.id FROM passing AS t ORDER BY {keys} LIMIT {listed}"))
        terms = self.signals.terms
        by_all = self.statistics.rows * self.share <= FOUND_BY_ALL or not self.signals.vectors
        if finding := terms.all if by_all else terms.finding:
            columns.append("t.words")
            query = arguments.bind(_any(finding), "tsquery")
            found = f"SELECT t.id, t.words FROM passing AS t WHERE t.words @@ {query}"
            parts.append(self._by_words(found, arguments))
        parts += [
            _in_rank(f"""
                SELECT t.id, v.embedding <#> {arguments.bind(vector, "halfvec")} AS apart
                FROM passing AS t, {self._vector_of("t.id", arguments)}""")
            for vector in self.signals.vectors
        ]
        # No part runs unless few pass: the guard is the same for all rows, so it is asked first.
        signals = " UNION ALL ".join(
            f"SELECT * FROM ({part}) AS part WHERE (SELECT yes FROM few)" for part in parts
        )
        rows = await self.connection.fetch(
            f"""
            WITH passing AS MATERIALIZED (
                SELECT {", ".join(columns)} FROM {passing} LIMIT {most + 1}),
            few AS MATERIALIZED (SELECT count(*) <= {most} AS yes FROM passing)
            SELECT few.yes, scored.* FROM few LEFT JOIN (
                {self._fused(signals, limit, arguments)}) AS scored ON true""",
            *arguments.values,
        )
        return self._scored(rows) if rows[0]["yes"] else None

    async def _newest(self, limit: int) -> list[Scored]:
        """Filters only, and many pass: going through the newest meets enough of them soon."""
        arguments = Arguments()
        newest = self._newest_part(self._fused_of(limit), arguments)
        rows = await self.connection.fetch(self._fused(newest, limit, arguments), *arguments.values)
        return self._scored(rows)

    async def _of_many(self, limit: int) -> list[Scored]:
        """The best of each signal among rows that are too many to rank each."""
        # Planned for these very words and facets: a plan for any would not know which are rarer,
        # and read ten thousand rows for words that are in none.
        await self.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        for exact in (False, True):
            arguments = Arguments()
            parts = [self._newest_part(LISTED, arguments)] if self.signals.order else []
            if self.signals.terms.finding:
                query = arguments.bind(_any(self.signals.terms.finding), "tsquery")
                found = f"SELECT t.id, t.words FROM {self.relations.talents} AS t"
                found += f" WHERE t.words @@ {query} AND {self._passes(arguments)}"
                parts.append(self._by_words(found, arguments))
            by_meaning = self._by_passing if exact else self._by_bits
            parts += [by_meaning(vector, arguments) for vector in self.signals.vectors]
            if not parts:
                return []
            rows = await self.connection.fetch(
                f"""
                WITH signals AS MATERIALIZED ({" UNION ALL ".join(parts)})
                SELECT (SELECT count(*) FROM signals WHERE by_meaning) AS near, scored.*
                FROM ({self._fused("SELECT * FROM signals", limit, arguments)}) AS scored""",
                *arguments.values,
            )
            # Those near the text may be far from what the filters ask: then compare all that pass.
            enough = LISTED * len(self.signals.vectors)
            if not self.filters or (rows and rows[0]["near"] >= enough):
                break
        return self._scored(rows)

    def _fused(self, signals: str, limit: int, arguments: Arguments) -> str:
        """The sum over the signals of the reciprocal ranks, and the rows that have the most.

        What only the team may see is not among them: it is shown of one talent when asked for.
        """
        counts = "1.0"
        if self.signals.at_home is not None:
            counts = f"CASE WHEN {self.signals.at_home(arguments)} THEN 1.0 ELSE {TRAVELS} END"
        score = "best.score" if self.signals.free else "1.0"
        return f"""
            SELECT {score} * counts AS score, {COLUMNS_OF_T}
            FROM (
                SELECT id, sum(weight / ({_K} + rank)) AS score FROM ({signals}) AS signals
                GROUP BY id ORDER BY score DESC, id LIMIT {self._fused_of(limit)}) AS best
            JOIN {self.relations.talents} AS t ON t.id = best.id
            CROSS JOIN LATERAL (SELECT ({counts})::float8 AS counts) AS weighed
            ORDER BY {score} * counts DESC, best.score DESC, best.id LIMIT {limit}"""

    def _scored(self, rows: Sequence[Record]) -> list[Scored]:
        best = self.signals.best_score if self.signals.free else 1.0
        scored = [(min(1.0, row["score"] / best), row) for row in rows if row["id"] is not None]
        return sorted(scored, key=lambda one: -one[0])

    def _fused_of(self, limit: int) -> int:
        """How many must be ranked: those at home move up among those who travel."""
        return limit if self.signals.at_home is None else 2 * limit

    def _newest_part(self, listed: int, arguments: Arguments) -> str:
        filters = self._passes(arguments)
        order = ", ".join([*(part(arguments) for part in self.signals.order), NEWEST])
        return _in_order(f"""
            SELECT t.id FROM {self.relations.talents} AS t
            WHERE {filters} ORDER BY {order} LIMIT {listed}""")

    def _by_bits(self, vector: Vector, arguments: Arguments) -> str:
        """LATERAL with LIMIT: each row is looked up by its key, whatever the planner thinks."""
        asked = arguments.bind(vector, "halfvec")
        wanted = self._compared
        near_enough = min(NEAREST_BITS, round(SPARE * wanted / max(self.share, 1e-6)))
        near = f"""
            SELECT near.talent_id FROM (
                SELECT talent_id, bits <~> (SELECT castmatch_bits({asked})) AS apart
                FROM {self.relations.vectors}
                WHERE model = {arguments.bind(self.signals.model, "text")}
                ORDER BY apart LIMIT {near_enough}) AS near
            CROSS JOIN LATERAL (
                SELECT FROM {self.relations.talents} AS t
                WHERE t.id = near.talent_id AND {self._passes(arguments)} LIMIT 1) AS t
            ORDER BY near.apart LIMIT {wanted}"""
        return self._reranked(near, asked, arguments)

    def _by_passing(self, vector: Vector, arguments: Arguments) -> str:
        asked = arguments.bind(vector, "halfvec")
        passing = f"""
            SELECT v.talent_id FROM {self.relations.talents} AS t
            JOIN {self.relations.vectors} AS v ON v.talent_id = t.id
            WHERE v.model = {arguments.bind(self.signals.model, "text")}
                AND {self._passes(arguments)}
            ORDER BY v.bits <~> (SELECT castmatch_bits({asked})) LIMIT {self._compared}"""
        return self._reranked(passing, asked, arguments)

    def _reranked(self, nearest: str, asked: str, arguments: Arguments) -> str:
        return _in_rank(f"""
            SELECT nearest.talent_id AS id, v.embedding <#> {asked} AS apart
            FROM ({nearest}) AS nearest, {self._vector_of("nearest.talent_id", arguments)}""")

    def _passing(self, arguments: Arguments) -> str:
        """Those who pass, as `t`: found by their facets where those say most, and then held
        against the rest. Left to itself the planner asks an index of ages or rates too, which
        lets through a third of the roster and costs more than it spares."""
        facets = [part for part in self.filters if part.any_facet]
        others = [part for part in self.filters if not part.any_facet]
        found = self._share_of(facets)
        if not facets or not others or found > min(part.share for part in others):
            return f"{self.relations.talents} AS t WHERE {self._passes(arguments)}"
        by_facets = f"SELECT * FROM {self.relations.talents} AS t WHERE {_all(facets, arguments)}"
        return f"({by_facets} OFFSET 0) AS t WHERE {_all(others, arguments)}"

    def _passes(self, arguments: Arguments) -> str:
        return _all(self.filters, arguments)

    def _vector_of(self, talent_id: str, arguments: Arguments) -> str:
        return f"""LATERAL (
            SELECT embedding FROM {self.relations.vectors}
            WHERE talent_id = {talent_id}
                AND model = {arguments.bind(self.signals.model, "text")} LIMIT 1) AS v"""

    def _by_words(self, found: str, arguments: Arguments) -> str:
        """`ts_rank` knows how often and where a word stands; how rare it is, only we do.

        A sum's last digits depend on the order in which the plan at hand adds up: they are cut off,
        so that rows which fit alike stay in one order.
        """
        weights = arguments.bind([term.weight for term in self.signals.terms.all], "float8[]")
        queries = arguments.bind([term.tsquery for term in self.signals.terms.all], "text[]")
        length = f"{1 - _B} + {_B} * length(words) / {_USUAL_LENGTH}.0"
        return _in_rank(
            f"""
            SELECT id, -sum(weight * often / (often + {_K1} * ({length})))::real AS apart
            FROM ({found} OFFSET 0) AS found,
                (SELECT weight, query::tsquery FROM unnest({weights}, {queries})
                    AS asked (weight, query) OFFSET 0) AS asked,
                LATERAL (SELECT {_OFTEN} AS often) AS occurrences
            WHERE words @@ query
            GROUP BY id""",
            by_meaning=False,
        )


def _in_rank(scored: str, *, by_meaning: bool = True) -> str:
    """A signal: of `(id, apart)` the nearest, ranked."""
    return f"""
        SELECT id, row_number() OVER (ORDER BY apart, id) AS rank, 1.0::float8 AS weight,
            {str(by_meaning).lower()} AS by_meaning
        FROM (SELECT * FROM ({scored}) AS scored ORDER BY apart, id LIMIT {LISTED}) AS listed"""


def _in_order(ordered: str) -> str:
    return f"""
        SELECT id, row_number() OVER () AS rank, {ORDER_WEIGHT}::float8 AS weight,
            false AS by_meaning
        FROM ({ordered}) AS ordered"""


def _all(conditions: Sequence[Condition], arguments: Arguments) -> str:
    return " AND ".join(condition.sql(arguments) for condition in conditions) or "true"


def _any(terms: Sequence[Term]) -> str:
    return " | ".join(term.tsquery for term in terms)
