"""Names with their synonyms, found in running text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.vocabulary.folding import Word, fold_key, word_key

_SHORTEST_MISSPELT = 5
_TWO_ERRORS_FROM = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """A canonical name found over words `first` to `last` (exclusive) of a text.

    `certain` is false for an everyday word ("nice", "drives") and for a misspelling: such a hit
    counts only where the words around it ask for a name of this kind.
    """

    name: str
    first: int
    last: int
    certain: bool = True
    misspelt: bool = False


class Lexicon:
    """Canonical names, each with other ways to write it.

    A synonym that ends in "?" is an everyday word too; hits on it are not `certain`. A canonical
    name stands for itself unless it is listed with a "?".
    """

    def __init__(self, synonyms: Mapping[str, Sequence[str]]) -> None:
        self.names: tuple[str, ...] = tuple(synonyms)
        self._by_key: dict[str, tuple[str, bool]] = {}
        for name, others in synonyms.items():
            own = () if any(fold_key(other) == fold_key(name) for other in others) else (name,)
            for other in (*own, *others):
                certain = not other.endswith("?")
                self._add(fold_key(other), name, certain=certain)
        self._longest = max(key.count(" ") + 1 for key in self._by_key)
        self._misspellable: dict[str, list[str]] = {}
        for key, (_, certain) in self._by_key.items():
            if certain and " " not in key and len(key) >= _SHORTEST_MISSPELT:
                self._misspellable.setdefault(key[0], []).append(key)

    def _add(self, key: str, name: str, *, certain: bool) -> None:
        known = self._by_key.get(key)
        if known is not None and known[0] != name:
            raise ValueError(f"{key!r} stands for both {known[0]!r} and {name!r}")
        self._by_key[key] = (name, certain or (known is not None and known[1]))

    def canonical(self, text: str) -> str | None:
        """The canonical name that `text` as a whole writes, small misspellings forgiven."""
        key = fold_key(text)
        known = self._by_key.get(key)
        if known is not None:
            return known[0]
        return self._misspelt(key)

    def find(self, text: Sequence[Word], *, misspelt: bool = False) -> list[Hit]:
        """Every name in `text`, the longest first at each place and none overlapping.

        With `misspelt`, words that are no name as they stand are also tried as misspellings.
        """
        keys = [word_key(word.text) for word in text]
        hits = [
            hit
            for at in range(len(keys))
            if (hit := self._at(keys, at, misspelt=misspelt)) is not None
        ]
        hits.sort(key=lambda hit: (hit.first - hit.last, hit.first))
        taken: set[int] = set()
        kept: list[Hit] = []
        for hit in hits:
            places = range(hit.first, hit.last)
            if taken.isdisjoint(places):
                taken.update(places)
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.first)

    def _at(self, keys: Sequence[str], at: int, *, misspelt: bool) -> Hit | None:
        for last in range(min(at + self._longest, len(keys)), at, -1):
            key = " ".join(keys[at:last])
            known = self._by_key.get(key)
            if known is None and key.endswith("s") and len(key) > _SHORTEST_MISSPELT:
                known = self._by_key.get(key[:-1])
            if known is not None:
                return Hit(known[0], at, last, certain=known[1])
        name = self._misspelt(keys[at]) if misspelt else None
        return Hit(name, at, at + 1, certain=False, misspelt=True) if name else None

    def _misspelt(self, key: str) -> str | None:
        if len(key) < _SHORTEST_MISSPELT or not key.isalpha():
            return None
        errors = 2 if len(key) >= _TWO_ERRORS_FROM else 1
        near = process.extractOne(
            key,
            self._misspellable.get(key[0], ()),
            scorer=OSA.distance,
            score_cutoff=errors,
        )
        return None if near is None else self._by_key[near[0]][0]
