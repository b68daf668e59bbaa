"""The words of a text as the numbers that an index of episodes finds them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.vocabulary.folding import compose, fold, word_key, words

if TYPE_CHECKING:
    from db.pool import Connection
    from db.stems import Stems

_LONGEST_WORD = 60
"""What is longer is no word."""


async def stems_of(connection: Connection, stems: Stems, texts: Sequence[str]) -> list[list[str]]:
    """The stems of each text's words, in order and with repeats, stop words left out."""
    found = [
        [word_key(w.text) for w in words(fold(compose(text))) if len(w.text) < _LONGEST_WORD]
        for text in texts
    ]
    stemmed = iter(await stems.of(connection, [word for its in found for word in its]))
    return [[stem for _ in its if (stem := next(stemmed))] for its in found]


def terms(scope: str, stems: Iterable[str]) -> list[int]:
    """Each stem as the number that it has in this scope. Two stems with one number are so rare
    (64 bits) that what it costs is one row too many."""
    salted = blake2b(scope.encode(), digest_size=16).digest()
    return [
        int.from_bytes(
            blake2b(stem.encode(), digest_size=8, key=salted).digest(), "big", signed=True
        )
        for stem in stems
    ]
