"""Stems of words, as Postgres's English dictionary makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

_MOST = 50_000
"""Words whose stems one process remembers."""

_STEMS = "SELECT word, ts_lexize('english_stem', word) AS stems FROM unnest($1::text[]) AS word"


class Stems:
    """Asks once for each word."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    async def of(self, connection: Connection, words: Iterable[str]) -> Sequence[str]:
        """The stem of each folded word, in order; a stop word's is empty, another script's word is
        its own."""
        words = list(words)
        stems = {word: self._known[word] for word in words if word in self._known}
        unknown = [word for word in dict.fromkeys(words) if word not in stems]
        if unknown:
            for row in await connection.fetch(_STEMS, unknown):
                found = row["stems"]
                stems[row["word"]] = row["word"] if found is None else "".join(found[:1])
            if len(self._known) + len(unknown) > _MOST:
                self._known.clear()
            self._known |= stems
        return [stems[word] for word in words]
