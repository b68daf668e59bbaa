"""Free text as words to look for: which count for how much, and which find rows cheaply."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

MOST_TERMS = 16
"""A longer text is searched by its rarest words."""

COMMON = 0.05
"""A word in more than this share of the rows finds too many of them to be ranked in time."""

FEW_ROWS = 20_000
"""In a roster below this every word may find rows."""

_STATISTICS_SECONDS = 300.0
_WITHOUT_STATISTICS_SECONDS = 10.0
_RARE = 0.0005

# Stop words have an empty stem. Names are indexed unstemmed, everything else by its stem.
_TERMS = """
    SELECT w.lexeme AS word, s.stems[1] AS stem
    FROM unnest(to_tsvector('castmatch_simple', $1)) AS w,
        LATERAL (SELECT coalesce(ts_lexize('english_stem', w.lexeme), ARRAY[w.lexeme])) AS s (stems)
    WHERE cardinality(s.stems) > 0
    ORDER BY w.positions[1]"""


@dataclass(frozen=True, slots=True)
class Term:
    word: str
    """As written, without case and accents."""
    stem: str
    share: float
    """Of the rows that have it, as far as known."""

    @property
    def weight(self) -> float:
        """Rare words tell more."""
        return log(1 + 1 / self.share)

    @property
    def tsquery(self) -> str:
        stem = _quoted(self.stem)
        return stem if self.stem == self.word else f"({stem} | {_quoted(self.word)}:A)"


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one text, rarest first."""

    all: tuple[Term, ...] = ()
    finding: tuple[Term, ...] = ()
    """Those rare enough to find rows by when the filters let many pass."""


class WordStatistics:
    """How common words are, as the database knows it, read again every few minutes."""

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}
        self._rows = 0.0
        self._read_at: float | None = None

    async def terms(self, connection: Connection, text: str) -> Terms:
        """The terms of the text; none when it has nothing but stop words."""
        now = monotonic()
        keep = _STATISTICS_SECONDS if self._shares else _WITHOUT_STATISTICS_SECONDS
        if self._read_at is None or now > self._read_at + keep:
            self._read_at = now
            await self._read(connection)
        rows = await connection.fetch(_TERMS, text)
        terms = {row["stem"]: self._term(row["word"], row["stem"]) for row in rows}
        rarest = sorted(terms.values(), key=lambda term: term.share)[:MOST_TERMS]
        common = COMMON if self._rows > FEW_ROWS else 1.0
        return Terms(tuple(rarest), tuple(t for t in rarest if t.share <= common))

    def _term(self, word: str, stem: str) -> Term:
        # What is not among the most common is rarer than the rarest of them.
        return Term(word, stem, self._shares.get(stem, _RARE))

    async def _read(self, connection: Connection) -> None:
        rows = await connection.fetch("SELECT word, share FROM castmatch_common_words()")
        self._shares = {row["word"]: max(row["share"], _RARE) for row in rows}
        self._rows = await connection.fetchval(
            "SELECT reltuples FROM pg_class WHERE oid = 'talents'::regclass"
        )


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
