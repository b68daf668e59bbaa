"""A text under examination: folded, cut into words and clauses, with what has been understood."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.vocabulary.folding import Word, compose, fold, words
from bot.wording.numbers import digits_view

_SENTENCE_END = re.compile(
    r"(?<!\brs)(?<!\bst)(?<!\bmr)(?<!\bno)(?<!\bdr)(?<!\bmrs)(?<!\bmin)(?<!\bmax)(?<!\bapprox)"
    r"[.!?]+(?=\s|$|[\"')\]])|[;\n|•·*]|\.(?=[a-z]{4})"
)
_CLAUSE_END = re.compile(r"(?<!\d),|,(?!\d)|:(?!\d)|\s[-/]+\s|[()\[\]{}…]|\s>\s")


class Span(NamedTuple):
    """Character positions, end exclusive."""

    start: int
    end: int

    def holds(self, position: int) -> bool:
        return self.start <= position < self.end


@dataclass(slots=True)
class Reading:
    """`original`, `folded` and `digits` are equally long, so a position means the same in each.

    `digits` is the folded text with number words as digits; text that has been understood is
    blanked in it, so that no two readers take the same characters.
    """

    original: str
    folded: str
    digits: str
    words: list[Word]
    today: date
    sentences: list[int]
    clauses: list[int]
    taken: list[Span]
    starts: list[int]

    @classmethod
    def of(cls, text: str, today: date) -> Reading:
        original = compose(text)
        folded = fold(original)
        sentences = [m.end() for m in _SENTENCE_END.finditer(folded)]
        cuts = {m.end() for m in _CLAUSE_END.finditer(folded)} | set(sentences)
        found = words(folded)
        return cls(
            original=original,
            folded=folded,
            digits=digits_view(folded),
            words=found,
            today=today,
            sentences=sentences,
            clauses=sorted(cuts),
            taken=[],
            starts=[word.start for word in found],
        )

    def sentence(self, position: int) -> Span:
        """The sentence or line that holds `position`."""
        return self._between(self.sentences, position)

    def clause(self, position: int) -> Span:
        """The stretch between commas, colons, brackets and sentence ends that holds it."""
        return self._between(self.clauses, position)

    def _between(self, cuts: list[int], position: int) -> Span:
        at = bisect_right(cuts, position)
        start = cuts[at - 1] if at else 0
        end = cuts[at] if at < len(cuts) else len(self.folded)
        return Span(start, end)

    def take(self, start: int, end: int) -> None:
        """Note these characters as understood: they are no free text, and no other number.

        What pads a number's digits to the length of its word goes with it.
        """
        while end < len(self.digits) and self.digits[end] == " " != self.folded[end]:
            end += 1
        self.taken.append(Span(start, end))
        self.digits = self.digits[:start] + "\x00" * (end - start) + self.digits[end:]

    def is_taken(self, start: int, end: int) -> bool:
        return any(span.start < end and start < span.end for span in self.taken)

    def word_at(self, position: int) -> int:
        """The index of the first word that starts at or after `position`."""
        return bisect_left(self.starts, position)

    def before(self, index: int, count: int = 1) -> list[str]:
        """Up to `count` words before word `index`, in order, of the same sentence."""
        start = self.sentence(self.words[index].start).start
        first = max(index - count, self.word_at(start))
        return [word.text for word in self.words[first:index]]

    def after(self, index: int, count: int = 1) -> list[str]:
        """Up to `count` words from word `index` on, of the same sentence as the word before."""
        end = self.sentence(self.words[index - 1].start).end
        return [word.text for word in self.words[index : index + count] if word.start < end]


def one_of(choices: Iterable[str]) -> str:
    """A regular expression group of these words, the longest first."""
    return "(?:" + "|".join(sorted((re.escape(c) for c in choices), key=len, reverse=True)) + ")"
