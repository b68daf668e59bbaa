"""Searching the roster: filters, words, meaning and names, each match with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.conversation import Audience
from bot.ports import CompletedField, Embedder, EmbedderError, Vector
from bot.talent import Filters, Match, SearchResult, Talent, TalentQuery
from db.talent_completions import completed
from db.talent_conditions import Condition, Expression, NamesFound, conditions, lives_in, strings_of
from db.talent_evidence import Meanings, Words, by_words, in_common
from db.talent_folding import fold
from db.talent_names import find_names, resembling, unknown_names
from db.talent_ranking import Ranking, Scored, Signals
from db.talent_reasons import Verdict, known, verdict
from db.talent_relaxing import give_up
from db.talent_words import NO_TERMS, Statistics, Terms
from db.talents import Relations, fetch_talents, relations_of, talent_from_row

if TYPE_CHECKING:
    from db.pool import Connection, Database

_log = structlog.get_logger(__name__)

MOST_MATCHES = 100

_MOST_FOLDED = 10_000


class Talents:
    """`bot.ports.TalentRepository`."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._statistics = Statistics()
        self._meanings = Meanings(embedder)
        self._folded: dict[str, str] = {}

    async def get(self, audience: Audience, talent_ids: Sequence[str]) -> Sequence[Talent]:
        async with self._database.session(audience.org_id, audience.access) as connection:
            found = await fetch_talents(connection, relations_of(audience), talent_ids)
        return [found[talent_id] for talent_id in dict.fromkeys(talent_ids) if talent_id in found]

    async def find_by_name(
        self, audience: Audience, name: str, *, limit: int = 5
    ) -> Sequence[Talent]:
        relations = relations_of(audience)
        async with self._database.session(audience.org_id, audience.access) as connection:
            named = await resembling(connection, relations, name, limit=limit)
            found = await fetch_talents(connection, relations, [one.id for one in named])
        return [found[one.id] for one in named]

    async def unknown_names(self, audience: Audience, names: Sequence[str]) -> set[str]:
        if not names:
            return set()
        async with self._database.session(audience.org_id, audience.access) as connection:
            return await unknown_names(connection, relations_of(audience), names)

    async def complete(
        self, audience: Audience, field: CompletedField, prefix: str, *, limit: int = 25
    ) -> Sequence[str]:
        async with self._database.session(audience.org_id, audience.access) as connection:
            await self._statistics.refresh(connection)
            shares = self._statistics.facets
            return await completed(connection, audience, field, prefix, limit=limit, shares=shares)

    async def search(
        self, audience: Audience, query: TalentQuery, *, limit: int = 10
    ) -> SearchResult:
        limit = max(1, min(limit, MOST_MATCHES))
        asked = await self._vector(query.text)
        async with self._database.session(audience.org_id, audience.access) as connection:
            await self._statistics.refresh(connection)
            search = _Search(
                connection,
                relations_of(audience),
                query,
                limit,
                asked,
                self._embedder.name,
                self._statistics,
            )
            found = await search.run(await self._fold(connection, query.filters))
        matches = await self._matches(query, found)
        return SearchResult(query=query, matches=matches, relaxed=found.given_up)

    async def _vector(self, text: str) -> Vector | None:
        if not text.strip():
            return None
        try:
            return await self._embedder.query(text)
        except EmbedderError as error:
            _log.warning("search_by_words_only", error=str(error))
            return None

    async def _fold(self, connection: Connection, filters: Filters) -> dict[str, str]:
        """The filters' strings as they are indexed; what is not plain ASCII Postgres folds."""
        strings = set(strings_of(filters))
        unknown = [s for s in strings if not s.isascii() and s not in self._folded]
        if unknown:
            rows = await connection.fetch(
                "SELECT s, castmatch_fold(s) AS folded FROM unnest($1::text[]) AS s", unknown
            )
            if len(self._folded) > _MOST_FOLDED:
                self._folded.clear()
            self._folded.update((row["s"], row["folded"].strip()) for row in rows)
        return {s: s.lower().strip() if s.isascii() else self._folded[s] for s in strings}

    async def _matches(self, query: TalentQuery, found: _Found) -> tuple[Match, ...]:
        """A reason for everything."""
        scored = [(score, talent_from_row(row)) for score, row in found.scored]
        said = {t.id: verdict(t, query.filters, found.given_up, fold) for _, t in scored}
        words = Words(found.terms.all) if query.text.strip() and found.terms.all else None
        free = {t.id: by_words(t, words) if words else [] for _, t in scored}
        if found.like is not None:
            for _, t in scored:
                free[t.id] += in_common(t, found.like)
        if found.asked is not None:
            silent = [talent for _, talent in scored if not free[talent.id]]
            try:
                nearest = await self._meanings.nearest(silent, found.asked)
            except EmbedderError as error:
                _log.warning("reasons_by_words_only", error=str(error))
                nearest = {}
            for talent_id, phrase in nearest.items():
                free[talent_id].append(phrase)
        return tuple(
            _match(talent, score, said[talent.id], free[talent.id]) for score, talent in scored
        )


def _match(talent: Talent, score: float, said: Verdict, free: Sequence[str]) -> Match:
    reasons = dict.fromkeys((*said.reasons, *free))
    if not reasons and not said.misses:
        reasons = dict.fromkeys(known(talent))
    return Match(talent=talent, score=score, reasons=tuple(reasons), misses=tuple(said.misses))


@dataclass(frozen=True, slots=True)
class _Found:
    scored: tuple[Scored, ...]
    given_up: tuple[str, ...]
    terms: Terms
    asked: Vector | None
    """The vector of the query's text."""
    like: Talent | None
    """Whom the matches should resemble."""


@dataclass(frozen=True, slots=True)
class _Search:
    """One search, within one transaction."""

    connection: Connection
    relations: Relations
    query: TalentQuery
    limit: int
    asked: Vector | None
    model: str
    statistics: Statistics

    async def run(self, folded: dict[str, str]) -> _Found:
        filters = self.query.filters
        names, near = await find_names(self.connection, self.relations, filters.names)
        excluded, _ = await find_names(
            self.connection, self.relations, filters.exclude.names if filters.exclude else ()
        )
        asked = conditions(filters, names, excluded, folded)
        signals, like = await self._signals()
        order: list[Expression] = []
        if names.ids:
            order.append(names.order)
        if filters.cities:
            at_home = lives_in(filters.cities, folded)
            signals = replace(signals, at_home=at_home)
            if not signals.free:
                order.append(_negated(at_home))
        signals = replace(signals, order=tuple(order))

        always = self._always()
        scored = await self._best(always, asked.values(), signals)
        given_up: tuple[str, ...] = ()
        wordless = replace(signals, terms=NO_TERMS, vectors=())
        if not scored and asked and signals.free:
            # Nobody who fits is known by these words: that is no reason to give up a filter.
            scored = await self._best(always, asked.values(), wordless)
        if not scored:
            given_up = await give_up(self.connection, self.relations, always, asked, near)
            kept, signals = _without(given_up, asked, signals, near)
            scored = await self._best(always, kept, signals)
        if not scored and signals.free:
            # Nobody is known by these words, and there are no vectors to compare.
            given_up = (*given_up, "text")
            signals = wordless
            kept = [c for name, c in asked.items() if name not in given_up]
            scored = await self._best(always, kept, signals)
        met = 1 - len(given_up) / (1 + len(asked))
        scored = [(score * met, row) for score, row in scored]
        return _Found(tuple(scored), given_up, signals.terms, self.asked, like)

    def _always(self) -> list[Condition]:
        """What is never given up: among whom, and not the one they should resemble."""
        always: list[Condition] = []
        only, similar_to = list(self.query.only_ids), self.query.similar_to
        if only:
            always.append(Condition(lambda a: f"t.id = ANY ({a.bind(only, 'text[]')})", share=0.0))
        if similar_to is not None:
            always.append(Condition(lambda a: f"t.id <> {a.bind(similar_to, 'text')}"))
        return always

    async def _best(
        self, always: Sequence[Condition], filters: Iterable[Condition], signals: Signals
    ) -> list[Scored]:
        every = (*always, *filters)
        ranking = Ranking(self.connection, self.relations, every, signals, self.statistics)
        return await ranking.best(self.limit)

    async def _signals(self) -> tuple[Signals, Talent | None]:
        text = self.query.text
        vectors = [] if self.asked is None else [self.asked]
        like = None
        if self.query.similar_to is not None:
            found = await fetch_talents(self.connection, self.relations, [self.query.similar_to])
            like = found.get(self.query.similar_to)
        if like is not None:
            text = f"{text} {like.bio} {' '.join((*like.skills, *like.accents))}"
            vector = await self.connection.fetchval(
                f"SELECT embedding FROM {self.relations.vectors}"
                " WHERE talent_id = $1 AND model = $2",
                like.id,
                self.model,
            )
            if vector is not None:
                vectors.append(vector)
        terms = await self.statistics.terms(self.connection, text) if text.strip() else NO_TERMS
        return Signals(terms, tuple(vectors), self.model), like


def _without(
    given_up: Sequence[str],
    asked: dict[str, Condition],
    signals: Signals,
    near: NamesFound,
) -> tuple[list[Condition], Signals]:
    """The filters that are left, and those given up as an order: who misses least comes first."""
    kept = [c for name, c in asked.items() if name not in given_up]
    order = [d for name in given_up if (d := asked[name].distance) is not None]
    if tuple(given_up) == ("names",) and near:
        kept.append(Condition(near.sql, share=0.0))
        order.append(near.order)
    return kept, replace(signals, order=(*order, *signals.order))


def _negated(part: Expression) -> Expression:
    return lambda arguments: f"NOT ({part(arguments)})"
