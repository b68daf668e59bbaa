"""Episodes that an answer may draw on, with what they are ranked by (see memory/ranking.py).

A small scope is read whole. Of a large one the nearest by words and by meaning are read, each with
its neighbours. The ranking needs those: who answers "Yes, on Friday" repeats nothing of what was
asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from math import log
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

from bot.conversation import Author
from db.episode_rows import EPISODE, to_episode
from db.stems import Stems
from db.terms import stems_of, terms

if TYPE_CHECKING:
    from asyncpg import Record

    from bot.conversation import Access, Audience, ConversationKey
    from bot.memories import Episode
    from bot.ports import Vector
    from db.pool import Connection, Database

WHOLE = 3000
"""Up to how many episodes are read whole: about 20 ms."""

MOST_AUTHORS = 200
MOST_STEMS = 24
"""A longer text is searched by its first words."""

COMMON = 1000
"""A word in as many episodes of a large scope finds none, and only ranks them."""

LARGE = 30_000
"""How many episodes a large scope is taken to have: counting them would take as long as searching
them, and words are weighed against each other all the same."""

BY_WORDS, BY_MEANING, BITS = 100, 100, 500
"""Of a large scope: how many are found by either, the latter exactly among the nearest by bits."""

_SLOTS = 1 << 18

Floats: TypeAlias = npt.NDArray[np.float32]
Key: TypeAlias = tuple[int, str]
"""An episode's `seq` and `speaker`."""

_IN_SCOPE = """e.org_id = $1 AND e.scope = ANY($2)
    AND ($3 = 'team' OR e.access = 'community')"""

# From one author to the next in the index; and how many episodes there are, as far as it matters.
_AUTHORS = f"""
    WITH RECURSIVE author AS (
        (SELECT s.scope, '' AS external_id, 0 AS nth FROM unnest($2::text[]) AS s (scope))
        UNION ALL
        SELECT author.scope, next.author_external_id, author.nth + 1
        FROM author CROSS JOIN LATERAL (
            SELECT e.author_external_id FROM episodes e
            WHERE e.org_id = $1 AND e.scope = author.scope
                AND e.author_external_id > author.external_id
            ORDER BY e.author_external_id LIMIT 1) next
        WHERE author.nth < $4)
    SELECT DISTINCT author.external_id, named.author_name AS name,
        (SELECT count(*) FROM (SELECT FROM episodes e WHERE {_IN_SCOPE} LIMIT $9) few) AS size
    FROM author CROSS JOIN LATERAL (
        SELECT e.author_name FROM episodes e
        WHERE e.org_id = $1 AND e.scope = author.scope
            AND ($3 = 'team' OR e.access = 'community')
            AND e.author_external_id = author.external_id LIMIT 1) named
    WHERE author.external_id <> ''
        AND (SELECT castmatch_remembers($1, $5, $6, $7, $8))"""

# What an episode is ranked by. $4: the vector, $5: its model.
_RANKED = """e.seq, e.speaker, e.author_external_id, e.conversation,
    extract(epoch FROM e.said_at)::float8 AS said_at,
    char_length(e.text) AS length,
    strpos(e.text, '?') > 0 AS asks, right(rtrim(e.text), 1) = '?' AS ends_asking,
    e.has_time, e.has_number, e.names,
    e.terms,
    CASE WHEN e.embedder = $5 THEN -(e.embedding <#> $4) END AS nearness"""

_WHOLE = f"""
    SELECT {_RANKED} FROM episodes e WHERE {_IN_SCOPE}
    ORDER BY e.conversation COLLATE "C", e.seq, e.speaker DESC LIMIT $6"""

_WITH_WORD = "SELECT nth, seq, speaker FROM castmatch_episodes_with($1, $2)"

# Every episode of the scope has its bits in one index, and nothing else is read of most.
_NEAR = f"""
    WITH near AS MATERIALIZED (
        SELECT e.seq, e.speaker
        FROM episodes e WHERE {_IN_SCOPE} AND e.embedder = $5
        ORDER BY e.bits <~> (SELECT binary_quantize($4::halfvec)) LIMIT $6)
    SELECT e.seq, e.speaker FROM near
    JOIN episodes e ON e.org_id = $1 AND e.seq = near.seq AND e.speaker = near.speaker
    ORDER BY e.embedding <#> $4 LIMIT $7"""

_AROUND = f"""
    WITH found AS MATERIALIZED (
        SELECT e.scope, e.conversation, e.seq
        FROM unnest($6::bigint[], $7::text[]) AS key (seq, speaker)
        JOIN episodes e ON e.org_id = $1 AND e.seq = key.seq AND e.speaker = key.speaker
        WHERE {_IN_SCOPE}),
    around AS MATERIALIZED (
        SELECT DISTINCT beside.seq, beside.speaker FROM found CROSS JOIN LATERAL (
            (SELECT e.seq, e.speaker FROM episodes e
            WHERE e.org_id = $1 AND e.scope = found.scope AND e.conversation = found.conversation
                AND e.seq <= found.seq ORDER BY e.seq DESC LIMIT 4)
            UNION ALL
            (SELECT e.seq, e.speaker FROM episodes e
            WHERE e.org_id = $1 AND e.scope = found.scope AND e.conversation = found.conversation
                AND e.seq > found.seq ORDER BY e.seq LIMIT 2)) beside)
    SELECT {_RANKED} FROM around
    JOIN episodes e ON e.org_id = $1 AND e.seq = around.seq AND e.speaker = around.speaker
    WHERE {_IN_SCOPE} ORDER BY e.conversation COLLATE "C", e.seq, e.speaker DESC"""

_TEXTS = f"""
    SELECT {EPISODE}, e.seq FROM unnest($4::bigint[], $5::text[]) AS key (seq, speaker)
    JOIN episodes e ON e.org_id = $1 AND e.seq = key.seq AND e.speaker = key.speaker
    WHERE {_IN_SCOPE}"""

_TOKENS = f"""
    SELECT key.nth - 1 AS at, e.tokens
    FROM unnest($4::bigint[], $5::text[]) WITH ORDINALITY AS key (seq, speaker, nth)
    JOIN episodes e ON e.org_id = $1 AND e.seq = key.seq AND e.speaker = key.speaker
    WHERE {_IN_SCOPE} AND e.embedder = $6 AND e.tokens <> ''"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for."""

    words: str
    vector: Vector | None
    """None: by words alone."""
    model: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Episodes side by side as they were said, conversation by conversation."""

    keys: Sequence[Key]
    authors: Sequence[str]
    """Whose words they are, by the platform's id; of ours, ''."""
    conversations: Sequence[str]
    at: npt.NDArray[np.float64]
    """Seconds since 1970."""
    length: Floats
    """Characters."""
    words: Floats
    """How many, without stop words."""
    counts: Floats
    """How often each of the words asked for is in them: a row an episode, a column a word."""
    weights: Floats
    """What each of the words asked for tells: more where it is rare in the scope."""
    rarity: Floats
    """What all of its words tell together: each counts the more the rarer it is in those read."""
    nearness: Floats
    """Cosine with what is asked; of what has no vector yet the mean of the others."""
    asks: Floats
    ends_asking: Floats
    times: Floats
    """1 for those that have a time in them."""
    numbers: Floats
    """1 for those that have a number in them."""
    names: Floats
    """How many names are in them, up to two."""


class EpisodeSearch:
    """Reads memory for replies, in sessions bound to the audience and the scopes alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stems = Stems()

    @asynccontextmanager
    async def reading(self, audience: Audience, scopes: Sequence[str]) -> AsyncIterator[Reading]:
        """One transaction. Hold it for no longer than it is read in."""
        within = audience.org_id, list(scopes), audience.access
        async with self._database.session(audience.org_id, audience.access, scopes) as connection:
            yield Reading(connection, within, self._stems)


@dataclass(frozen=True, slots=True)
class Reading:
    """Memory as far as one audience may read it."""

    connection: Connection
    within: tuple[UUID, list[str], Access]
    stems: Stems

    async def speakers(self, asked_in: ConversationKey, asker: Author) -> tuple[list[Author], int]:
        """Who speaks, or some of them where they are very many, and how many episodes there are,
        counted up to one more than are read whole. Nobody and none where nothing was ever said, or
        where the asker or the channel wants no memory."""
        choice = asked_in.platform, asked_in.workspace, asked_in.channel, asker.external_id
        rows = await self.connection.fetch(_AUTHORS, *self.within, MOST_AUTHORS, *choice, WHOLE + 1)
        authors = [Author(row["external_id"], row["name"]) for row in rows]
        return authors, rows[0]["size"] if rows else 0

    async def candidates(self, asked: Asked, size: int) -> Candidates:
        """What may answer; `size` as counted by `speakers`."""
        [stems] = await stems_of(self.connection, self.stems, [asked.words])
        stems = list(dict.fromkeys(stems))[:MOST_STEMS]
        # a stem is another number in each scope, and one column all the same
        numbers = {
            term: column
            for scope in self.within[1]
            for column, term in enumerate(terms(scope, stems))
        }
        ranked = asked.vector, asked.model
        if size <= WHOLE:
            rows = await self.connection.fetch(_WHOLE, *self.within, *ranked, WHOLE)
            return _candidates(rows, numbers, len(stems), {}, len(rows))
        found, often = await self._found(numbers, len(stems), asked)
        seqs, speakers = [seq for seq, _ in found], [speaker for _, speaker in found]
        rows = await self.connection.fetch(_AROUND, *self.within, *ranked, seqs, speakers)
        return _candidates(rows, numbers, len(stems), often, LARGE)

    async def tokens(self, keys: Sequence[Key], model: str) -> Mapping[int, bytes]:
        """The bits of the tokens of those that this model has read, by their place in `keys`."""
        seqs, speakers = [seq for seq, _ in keys], [speaker for _, speaker in keys]
        rows = await self.connection.fetch(_TOKENS, *self.within, seqs, speakers, model)
        return {row["at"]: row["tokens"] for row in rows}

    async def texts(self, keys: Sequence[Key]) -> Sequence[Episode]:
        """Those that are still there, in the order asked."""
        seqs, speakers = [seq for seq, _ in keys], [speaker for _, speaker in keys]
        rows = await self.connection.fetch(_TEXTS, *self.within, seqs, speakers)
        there = {(row["seq"], row["speaker"]): to_episode(row) for row in rows}
        return [there[key] for key in keys if key in there]

    async def _found(
        self, numbers: Mapping[int, int], stems: int, asked: Asked
    ) -> tuple[Sequence[Key], Mapping[int, int]]:
        """Of a large scope: what words or meaning find, and in how many episodes each of the words
        is, as far as counted."""
        columns = list(numbers.values())
        by_word: list[set[Key]] = [set() for _ in range(stems)]
        for row in await self.connection.fetch(_WITH_WORD, list(numbers), COMMON):
            by_word[columns[row["nth"] - 1]].add((row["seq"], row["speaker"]))
        often = {column: len(keys) for column, keys in enumerate(by_word)}
        near: Sequence[Record] = ()
        if asked.vector is not None:
            sought = asked.vector, asked.model, BITS, BY_MEANING
            near = await self.connection.fetch(_NEAR, *self.within, *sought)
        scores: dict[Key, float] = {}
        for keys in by_word:
            if len(keys) < COMMON:
                for key in keys:
                    scores[key] = scores.get(key, 0.0) + log(LARGE / len(keys))
        by_words = sorted(scores, key=scores.__getitem__, reverse=True)[:BY_WORDS]
        by_meaning = ((row["seq"], row["speaker"]) for row in near)
        return list(dict.fromkeys([*by_words, *by_meaning])), often


def _candidates(
    rows: Sequence[Record],
    numbers: Mapping[int, int],
    stems: int,
    often: Mapping[int, int],
    size: int,
) -> Candidates:
    """`often`: in how many of `size` episodes each word is, where these rows do not tell."""
    words = np.array([len(row["terms"]) for row in rows], np.int64)
    of_row = np.repeat(np.arange(len(rows)), words)
    total = int(words.sum())
    every = np.fromiter(chain.from_iterable(row["terms"] for row in rows), np.int64, total)
    counts = np.zeros((len(rows), stems), np.float32)
    for term, column in numbers.items():
        np.add.at(counts[:, column], of_row[every == term], 1)
    having = (counts > 0).sum(axis=0)
    for column, number in often.items():
        having[column] = max(having[column], number)
    nearness = np.array(
        [np.nan if row["nearness"] is None else row["nearness"] for row in rows], np.float32
    )
    known = ~np.isnan(nearness)
    nearness[~known] = nearness[known].mean() if known.any() else 0.0
    return Candidates(
        keys=[(row["seq"], row["speaker"]) for row in rows],
        authors=["" if row["speaker"] == "bot" else row["author_external_id"] for row in rows],
        conversations=[row["conversation"] for row in rows],
        at=np.array([row["said_at"] for row in rows], np.float64),
        length=_floats(rows, "length"),
        words=words.astype(np.float32),
        counts=counts,
        weights=np.log1p((size - having + 0.5) / (having + 0.5)).astype(np.float32),
        rarity=_rarity(every, of_row, len(rows)),
        nearness=nearness,
        asks=_floats(rows, "asks"),
        ends_asking=_floats(rows, "ends_asking"),
        times=_floats(rows, "has_time"),
        numbers=_floats(rows, "has_number"),
        names=_floats(rows, "names"),
    )


def _rarity(terms: npt.NDArray[np.int64], of_row: npt.NDArray[np.int64], rows: int) -> Floats:
    """Of each row, the logarithms of how rare each of its terms is, added up. A scope has numbers
    of its own for words, so that each is rare or common within its scope."""
    slots = terms & _SLOTS - 1  # a few that share one pass for commoner than they are
    often = np.bincount(slots, minlength=_SLOTS)
    return np.bincount(of_row, np.log1p(rows / often[slots]), rows).astype(np.float32)


def _floats(rows: Sequence[Record], column: str) -> Floats:
    return np.array([row[column] for row in rows], np.float32)
