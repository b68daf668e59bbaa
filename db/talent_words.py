"""Free text as words to look for: which count for how much, and which find rows cheaply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log
from time import monotonic
from typing import TYPE_CHECKING

from db.stems import Stems
from db.talent_folding import fold

if TYPE_CHECKING:
    from db.pool import Connection

MOST_TERMS = 16
"""A longer text is searched by its rarest words."""

COMMON = 0.05
"""A word in more than this share of the rows finds too many of them to be ranked in time …"""

FEW_ROWS = 500
"""… unless they are fewer than this."""

_STATISTICS_SECONDS = 300.0
_WITHOUT_STATISTICS_SECONDS = 10.0
_RARE = 0.0005
_LONGEST_WORD = 60

_WORD = re.compile(r"[^\W_]+")


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
        """Names are indexed unstemmed, everything else by its stem."""
        return f"'{self.stem}'" if self.stem == self.word else f"('{self.stem}' | '{self.word}':A)"


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one text, rarest first."""

    all: tuple[Term, ...] = ()
    finding: tuple[Term, ...] = ()
    """Those rare enough to find rows by when the filters let many pass."""


NO_TERMS = Terms()


class Statistics:
    """How many rows there are and how common their words, as the database last counted."""

    def __init__(self) -> None:
        self.rows = 0.0
        """Of all organisations; 0 while nobody has counted."""
        self.facets: dict[str, float] = {}
        """The share of rows that have a facet; the rarest are not in it."""
        self._shares: dict[str, float] = {}
        self._stems = Stems()
        self._read_at: float | None = None

    async def refresh(self, connection: Connection) -> None:
        """Read again what the database counted, if that is some minutes ago."""
        now = monotonic()
        keep = _STATISTICS_SECONDS if self._shares else _WITHOUT_STATISTICS_SECONDS
        if self._read_at is not None and now < self._read_at + keep:
            return
        self._read_at = now
        common = await connection.fetch("SELECT kind, element, share FROM castmatch_common()")
        shares: dict[str, dict[str, float]] = {"words": {}, "facets": {}}
        for row in common:
            shares[row["kind"]][row["element"]] = max(row["share"], _RARE)
        self._shares, self.facets = shares["words"], shares["facets"]
        rows = "SELECT reltuples FROM pg_class WHERE oid = 'talents'::regclass"
        self.rows = max(0.0, await connection.fetchval(rows))

    async def terms(self, connection: Connection, text: str) -> Terms:
        """The terms of the text; none when it has nothing but stop words."""
        words = list(dict.fromkeys(w for w in _WORD.findall(fold(text)) if len(w) < _LONGEST_WORD))
        stems = await self._stems.of(connection, words)
        stemmed = {stem: word for word, stem in zip(words, stems, strict=True) if stem}
        # What is not among the most common is rarer than the rarest of them.
        terms = [Term(word, stem, self._shares.get(stem, _RARE)) for stem, word in stemmed.items()]
        rarest = sorted(terms, key=lambda term: term.share)[:MOST_TERMS]
        common = max(COMMON, FEW_ROWS / max(self.rows, FEW_ROWS))
        return Terms(tuple(rarest), tuple(term for term in rarest if term.share <= common))
