"""Vectors for the roster: whatever has none yet, or one of an older text or another model.

What is embedded of a talent is decided in one place, `castmatch_passage` in the migration: the
bio, skills and accents. Names, cities and figures are left out: they are found by filters and
words, and in a vector they only blur what the bio is about.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from asyncpg import Record

from bot.conversation import Access

if TYPE_CHECKING:
    from pydantic import JsonValue

    from bot.ports import Embedder
    from db.pool import Database

EMBED_TALENTS = "embed_talents"
"""The kind of the background job."""

_STEP = 64
"""Talents read, embedded and stored together: half a second's work, so that a stop loses little
and searches come between."""

_OUT_OF_DATE = """
    t.org_id = $1 AND NOT t.minor AND t.content_hash <> md5('')::uuid
    AND NOT EXISTS (
        SELECT FROM talent_vectors AS v
        WHERE v.org_id = t.org_id AND v.talent_id = t.id
            AND v.model = $2 AND v.content_hash = t.content_hash)"""

_COUNT = f"SELECT count(*) FROM talents AS t WHERE {_OUT_OF_DATE}"

_NEXT = f"""
    SELECT id, castmatch_passage(bio, skills, accents) AS passage, content_hash
    FROM talents AS t
    WHERE {_OUT_OF_DATE} AND t.id > $3
    ORDER BY t.id LIMIT $4"""

# A talent that was removed or changed since it was read is left to the next round.
_STORE = """
    INSERT INTO talent_vectors (org_id, talent_id, model, dimensions, embedding, content_hash)
    SELECT org_id, id, $3, $4, $5, content_hash FROM talents
    WHERE org_id = $1 AND id = $2 AND content_hash = $6
    FOR KEY SHARE
    ON CONFLICT (org_id, talent_id) DO UPDATE SET
        model = excluded.model, dimensions = excluded.dimensions,
        embedding = excluded.embedding, content_hash = excluded.content_hash,
        embedded_at = now()"""


class TalentVectors:
    """Embeds what is out of date. It may be stopped at any time and goes on where it was; two at
    once do double work and no harm."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder

    async def missing(self, org_id: UUID) -> int:
        """How many talents have no vector of their present text by this model."""
        async with self._database.session(org_id, Access.TEAM) as connection:
            count: int = await connection.fetchval(_COUNT, org_id, self._embedder.name)
            return count

    async def embed(self, org_id: UUID) -> AsyncGenerator[int, None]:
        """Embed until nothing is missing; yields how many are done, after every few.

        Raises `EmbedderError` and `UnavailableError`; what was yielded by then is stored.
        """
        done, total = "", 0
        started_over = True
        while True:
            rows = await self._next(org_id, done)
            if rows:
                vectors = await self._embedder.passages([row["passage"] for row in rows])
                await self._store(org_id, rows, vectors)
                done, started_over = rows[-1]["id"], False
                total += len(rows)
                yield total
                await asyncio.sleep(0)
            elif started_over:
                break
            else:  # what was imported meanwhile may lie before
                done, started_over = "", True
        if total:
            async with self._database.session(org_id, Access.TEAM) as connection:
                await connection.execute("SELECT castmatch_talents_loaded()")

    async def job(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """The handler of `EMBED_TALENTS`; its payload is empty."""
        async for _ in self.embed(org_id):
            pass

    async def _next(self, org_id: UUID, after: str) -> Sequence[Record]:
        async with self._database.session(org_id, Access.TEAM) as connection:
            return await connection.fetch(_NEXT, org_id, self._embedder.name, after, _STEP)

    async def _store(self, org_id: UUID, rows: Sequence[Record], vectors: Sequence[object]) -> None:
        model, dimensions = self._embedder.name, self._embedder.dimensions
        values = [
            (org_id, row["id"], model, dimensions, vector, row["content_hash"])
            for row, vector in zip(rows, vectors, strict=True)
        ]
        async with self._database.session(org_id, Access.TEAM) as connection:
            await connection.executemany(_STORE, values)
