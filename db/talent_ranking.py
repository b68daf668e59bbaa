"""Ranking the rows that pass the filters, in a plan that we choose and not the planner.

Where few rows pass they are read once and each is ranked exactly. Where many do, each signal
finds its own best: words by the full-text index, meaning by the Hamming distance of one bit a
dimension over the whole roster, then exactly over the best of those. The planner knows neither
how selective an array is together with a range, nor what a distance costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ports import Vector
from db.talent_conditions import Arguments, Expression
from db.talent_words import Term, Terms
from db.talents import Relations

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection

FEW = 4000
"""Rows that are ranked exactly, each of them."""

LISTED = 100
"""How many of the best of each signal are fused."""

RERANKED = 300
"""How many of those nearest by their bits are compared exactly."""

NEAREST_BITS = 25 * RERANKED
"""How many of the nearest by their bits are held against the filters, at most."""

# How much a word counts by where it stands: bio, credits, skills, name.
_PLACES = "'{0.6, 0.4, 1.0, 0.8}'"

NEWEST = "t.confirmed_on DESC NULLS LAST, t.completeness DESC, t.id"


@dataclass(frozen=True, slots=True)
class Signals:
    """What rows are ranked by, besides the filters that they pass."""

    terms: Terms
    vectors: tuple[Vector, ...] = ()
    model: str = ""
    order: tuple[Expression, ...] = ()
    """Smaller first: a signal of its own, and what decides where there is no other."""

    @property
    def free(self) -> bool:
        """Whether there is anything to rank by but the filters."""
        return bool(self.terms.all or self.vectors)


Lists = dict[str, list[str]]
"""Ids, best first, by the name of the signal."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One ranking within one transaction."""

    connection: Connection
    relations: Relations
    filters: tuple[Expression, ...]
    """All of which a row passes."""
    signals: Signals

    async def best(self, limit: int) -> Lists:
        """The best of each signal; `limit` of them where only filters were asked."""
        if self.filters:
            few = await self._of_few(limit)
            if few is not None:
                return few
        if not self.signals.free:
            return await self._newest(limit)
        return await self._of_many()

    async def _of_few(self, limit: int) -> Lists | None:
        """Every row that passes, by every signal; `None` if more than `FEW` pass."""
        arguments = Arguments()
        filters = self._passes(arguments)
        columns, parts = ["t.id"], []
        order = self.signals.order
        if order or not self.signals.free:
            columns += ["t.confirmed_on", "t.completeness"]
            columns += [f"{part(arguments)} AS order_{index}" for index, part in enumerate(order)]
            keys = ", ".join([*(f"t.order_{index}" for index in range(len(order))), NEWEST])
            listed = LISTED if self.signals.free else limit
            parts.append(f"""
                SELECT 'order' AS signal, id, -row_number() OVER () AS score
                FROM (SELECT t.id FROM passing AS t ORDER BY {keys} LIMIT {listed}) AS newest""")
        if self.signals.terms.all:
            columns.append("t.words")
            query = arguments.bind(_any(self.signals.terms.all), "tsquery")
            parts.append(self._by_words(f"passing AS t WHERE t.words @@ {query}", arguments))
        for index, vector in enumerate(self.signals.vectors):
            asked = arguments.bind(vector, "halfvec")
            parts.append(f"""
                SELECT 'vector{index}' AS signal, t.id, -(v.embedding <#> {asked}) AS score
                FROM passing AS t, {self._vector_of("t.id", arguments)}
                ORDER BY 3 DESC, 2 LIMIT {LISTED}""")
        # No part runs unless few pass: the guard is the same for all rows, so it is asked first.
        guarded = "".join(
            f" UNION ALL SELECT * FROM ({part}) AS part WHERE (SELECT yes FROM few)"
            for part in parts
        )
        rows = await self.connection.fetch(
            f"""
            WITH passing AS MATERIALIZED (
                SELECT {", ".join(columns)} FROM {self.relations.talents} AS t
                WHERE {filters} LIMIT {FEW + 1}),
            few AS MATERIALIZED (SELECT count(*) <= {FEW} AS yes FROM passing)
            SELECT 'many' AS signal, '' AS id, 0 AS score FROM few WHERE NOT yes {guarded}""",
            *arguments.values,
        )
        return None if rows and rows[0]["signal"] == "many" else _listed(rows)

    async def _newest(self, limit: int) -> Lists:
        """Filters only, and many pass: going through the newest meets enough of them soon."""
        arguments = Arguments()
        filters = self._passes(arguments)
        order = ", ".join([*(part(arguments) for part in self.signals.order), NEWEST])
        rows = await self.connection.fetch(
            f"""
            SELECT t.id FROM {self.relations.talents} AS t
            WHERE {filters} ORDER BY {order} LIMIT {limit}""",
            *arguments.values,
        )
        return {"order": [row["id"] for row in rows]}

    async def _of_many(self) -> Lists:
        """The best of each signal among rows that are too many to rank each."""
        arguments = Arguments()
        parts = []
        if self.signals.terms.finding:
            query = arguments.bind(_any(self.signals.terms.finding), "tsquery")
            found = f"{self.relations.talents} AS t WHERE t.words @@ {query}"
            parts.append(self._by_words(f"{found} AND {self._passes(arguments)}", arguments))
        for index, vector in enumerate(self.signals.vectors):
            parts.append(self._by_bits(f"vector{index}", vector, arguments))
        if not parts:
            return {}
        rows = await self.connection.fetch(
            " UNION ALL ".join(f"({part})" for part in parts), *arguments.values
        )
        lists = _listed(rows)
        if self.signals.order:
            lists |= await self._newest(LISTED)
        for index, vector in enumerate(self.signals.vectors):
            # Those near the text are far from what the filters ask: compare all that pass.
            if self.filters and len(lists.get(f"vector{index}", ())) < LISTED:
                lists[f"vector{index}"] = await self._nearest_passing(vector)
        return lists

    def _by_bits(self, name: str, vector: Vector, arguments: Arguments) -> str:
        """LATERAL with LIMIT: each row is looked up by its key, whatever the planner thinks."""
        asked = arguments.bind(vector, "halfvec")
        return f"""
            SELECT '{name}' AS signal, passing.talent_id AS id, -(v.embedding <#> {asked}) AS score
            FROM (
                SELECT near.talent_id FROM (
                    SELECT talent_id, bits <~> binary_quantize({asked}) AS apart
                    FROM {self.relations.vectors}
                    WHERE model = {arguments.bind(self.signals.model, "text")}
                    ORDER BY apart LIMIT {NEAREST_BITS}) AS near
                CROSS JOIN LATERAL (
                    SELECT FROM {self.relations.talents} AS t
                    WHERE t.id = near.talent_id AND {self._passes(arguments)} LIMIT 1) AS t
                ORDER BY near.apart LIMIT {RERANKED}) AS passing,
                {self._vector_of("passing.talent_id", arguments)}
            ORDER BY 3 DESC, 2 LIMIT {LISTED}"""

    async def _nearest_passing(self, vector: Vector) -> list[str]:
        arguments = Arguments()
        asked = arguments.bind(vector, "halfvec")
        rows = await self.connection.fetch(
            f"""
            SELECT passing.id FROM (
                SELECT t.id FROM {self.relations.talents} AS t
                JOIN {self.relations.vectors} AS v
                    ON v.talent_id = t.id AND v.model = {arguments.bind(self.signals.model, "text")}
                WHERE {self._passes(arguments)}
                ORDER BY v.bits <~> binary_quantize({asked}) LIMIT {RERANKED}) AS passing,
                {self._vector_of("passing.id", arguments)}
            ORDER BY v.embedding <#> {asked}, passing.id LIMIT {LISTED}""",
            *arguments.values,
        )
        return [row["id"] for row in rows]

    def _passes(self, arguments: Arguments) -> str:
        return " AND ".join(part(arguments) for part in self.filters) or "true"

    def _vector_of(self, talent_id: str, arguments: Arguments) -> str:
        return f"""LATERAL (
            SELECT embedding FROM {self.relations.vectors}
            WHERE talent_id = {talent_id}
                AND model = {arguments.bind(self.signals.model, "text")} LIMIT 1) AS v"""

    def _by_words(self, source: str, arguments: Arguments) -> str:
        """`ts_rank` knows how often and where a word stands; how rare it is, only we do."""
        ranks = " + ".join(
            f"{term.weight:.4f}"
            f" * ts_rank({_PLACES}, words, {arguments.bind(term.tsquery, 'tsquery')})"
            for term in self.signals.terms.all
        )
        return f"""
            SELECT 'words' AS signal, id, {ranks} AS score
            FROM (SELECT t.id, t.words FROM {source} OFFSET 0) AS found
            ORDER BY 3 DESC, 2 LIMIT {LISTED}"""


def _any(terms: Sequence[Term]) -> str:
    return " | ".join(term.tsquery for term in terms)


def _listed(rows: Iterable[Record]) -> Lists:
    lists: dict[str, list[tuple[float, str]]] = {}
    for row in rows:
        lists.setdefault(row["signal"], []).append((-row["score"], row["id"]))
    return {signal: [talent_id for _, talent_id in sorted(of)] for signal, of in lists.items()}
