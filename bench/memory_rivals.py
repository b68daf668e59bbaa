"""What recall is held against: full text, vectors, and their plain fusion, over the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from bench.memory_talks import Question, Talk
    from memory.token_embedder import TokenEmbedder

_TEXT = """
    SELECT message_id FROM (
        SELECT message_id, to_tsvector('english', author_name || ': ' || text) AS words
        FROM episodes WHERE scope = ANY($1)) e,
        (SELECT replace(plainto_tsquery('english', $2)::text, '&', '|')::tsquery AS asked) q
    WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC LIMIT $3"""

_VECTORS = """
    SELECT message_id FROM episodes WHERE scope = ANY($1)
    ORDER BY embedding <#> $2::text::halfvec LIMIT $3"""

_K, _FUSED = 60, 100


class Rivals:
    """As the owner of the tables, without row-level security."""

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], embedder: TokenEmbedder
    ) -> None:
        self._connection = connection
        self._embedder = embedder

    async def text(self, talk: Talk, question: Question, limit: int) -> Sequence[str]:
        scopes = list(talk.inquiry(question).scopes)
        rows = await self._connection.fetch(_TEXT, scopes, question.text, limit)
        return [row["message_id"] for row in rows]

    async def vectors(self, talk: Talk, question: Question, limit: int) -> Sequence[str]:
        scopes = list(talk.inquiry(question).scopes)
        meaning = await self._embedder.meaning(question.text)
        asked = "[" + ",".join(map(str, meaning.vector.tolist())) + "]"
        rows = await self._connection.fetch(_VECTORS, scopes, asked, limit)
        return [row["message_id"] for row in rows]

    async def rrf(self, talk: Talk, question: Question, limit: int) -> Sequence[str]:
        scores: dict[str, float] = {}
        for system in (self.text, self.vectors):
            for rank, one in enumerate(await system(talk, question, _FUSED), start=1):
                scores[one] = scores.get(one, 0.0) + 1 / (_K + rank)
        return sorted(scores, key=scores.__getitem__, reverse=True)[:limit]
