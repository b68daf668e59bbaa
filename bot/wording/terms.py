"""Languages, skills, cities and unions named in a text, with what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot import vocabulary
from bot.vocabulary import Lexicon
from bot.vocabulary.folding import Word
from bot.wording import cue_words, cues
from bot.wording.reading import Reading, Span
from bot.wording.zones import Zones

Kind = Literal["skill", "union", "language", "city", "gender"]
Stance = Literal["asked", "excluded", "wished", "not needed"]

_LEXICONS: tuple[tuple[Kind, str], ...] = (
    ("skill", "skills"),
    ("union", "unions"),
    ("city", "cities"),
    ("language", "languages"),
)
_ALTERNATIVE = re.compile(
    r"(?<![\w\u0900-\u097f])(?:or|nor|ya|ou|oder|किंवा|या|o|athva|अथवा)(?![\w\u0900-\u097f])|/"
)
_CONJUNCTION = re.compile(
    r"(?<![\w\u0900-\u097f])(?:and|aur|plus|y|et|und|also|और|आणि|व|either|both|"
    r"as well as)(?![\w\u0900-\u097f])|[&+]"
)
_SHARED_ACCENT = re.compile(
    r"\b(?P<said>[a-z]{4,})(?=\s*(?:,|/|\bor\b|\band\b)\s*(?:an? )?[a-z]+ (?:english )?accents?\b)"
)


@dataclass(slots=True)
class Term:
    """A canonical name over words `first` to `last` (exclusive), characters `start` to `end`."""

    kind: Kind
    name: str
    first: int
    last: int
    start: int
    end: int
    certain: bool
    stance: Stance = "asked"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def is_plain(self, reading: Reading) -> bool:
        """Whether it says no more than its name: "woman" of female, where "widow" says more."""
        said = reading.folded[self.start : self.end]
        return said in cue_words.TALENT or len(said) == 1 or said in ("she", "her", "he", "his")


def read_terms(reading: Reading, zones: Zones) -> list[Term]:
    """The terms that are said of the talent, kind by kind. What only colours the story ("a
    French tourist") is left to the free text."""
    terms = _longest(reading, _all(reading))
    known = {index: term for term in terms for index in range(term.first, term.last)}
    kept: list[Term] = []
    for group in groups(reading, terms):
        asked = [t for t in group if not (zones.in_story(t.start) and t.kind != "language")]
        if asked and cues.is_cued(reading, zones, asked, known):
            kept.extend(asked)
    return [term for term in kept if not _repeats(reading, term, kept)]


def _repeats(reading: Reading, term: Term, terms: Sequence[Term]) -> bool:
    """Whether a general skill only repeats others ("lavani dancer", "musicians: sitar")."""
    if term.name not in cue_words.GENERAL_SKILLS:
        return False
    if reading.folded[term.end :].lstrip().startswith(":"):
        return True  # "musicians: sitar, tabla"
    return any(
        other.kind == "skill" and not reading.folded[other.end : term.start].strip(" -")
        for other in terms
        if other is not term and other.last <= term.first
    )


def groups(reading: Reading, terms: Sequence[Term]) -> Iterator[list[Term]]:
    """Runs of terms of one kind that are listed together ("Hindi, Tamil or Telugu")."""
    for kind, _ in _LEXICONS:
        run: list[Term] = []
        for term in (t for t in terms if t.kind == kind):
            if run and not is_listed(reading, run[-1], term):
                yield run
                run = []
            run.append(term)
        if run:
            yield run


def is_listed(reading: Reading, one: Term, other: Term) -> bool:
    """Whether nothing but list words stand between two terms."""
    if reading.sentence(one.end - 1) != reading.sentence(other.start):
        return False
    between = [word.text for word in reading.words[one.last : other.first]]
    if not between and not re.search(r"[,/&+|-]", reading.folded[one.end : other.start]):
        return one.kind == "language"  # "speaks Hindi English Punjabi"
    return len(between) <= 5 and all(word in cue_words.LIST_WORDS[one.kind] for word in between)


def joined(reading: Reading, one: Term, other: Term) -> Literal["or", "and", "list"]:
    """How two listed terms are joined."""
    between = reading.folded[one.end : other.start]
    if "and/or" in between:
        return "or"
    if one.name in cue_words.GENERAL_SKILLS and "," in between and not _ALTERNATIVE.search(between):
        return "and"  # "dancer, Kathak or Odissi"
    if _CONJUNCTION.search(between):
        return "and"
    return "or" if _ALTERNATIVE.search(between) else "list"


def _all(reading: Reading) -> Iterator[Term]:
    free = [
        w if not reading.is_taken(w.start, w.end) else Word("\x00", w.start, w.end)
        for w in reading.words
    ]
    yield from _shared_accents(reading)
    lexicons: dict[Kind, Lexicon] = {kind: getattr(vocabulary, name)() for kind, name in _LEXICONS}
    covered: dict[Kind, set[int]] = {}
    for kind, lexicon in lexicons.items():
        hits = lexicon.find(free)
        covered[kind] = {index for hit in hits for index in range(hit.first, hit.last)}
        for hit in hits:
            yield _term(reading, kind, hit.name, hit.first, hit.last, certain=hit.certain)
    known = set[int]().union(*covered.values())
    for kind, lexicon in lexicons.items():
        for index, word in enumerate(free):
            if index in known or len(word.text) < 5 or word.text in cue_words.PLAIN_WORDS:
                continue
            if not cues.may_be_misspelt(reading, kind, index, covered[kind]):
                continue
            for hit in lexicon.find([word], misspelt=True):
                yield _term(reading, kind, hit.name, index, index + 1, certain=True)


def _shared_accents(reading: Reading) -> Iterator[Term]:
    """ "British or Australian accent" names two."""
    for match in _SHARED_ACCENT.finditer(reading.folded):
        name = vocabulary.canonical_skill(f"{match['said']} accent")
        index = reading.word_at(match.start())
        if name is not None and name.casefold().startswith(match["said"][:4]):
            yield _term(reading, "skill", name, index, index + 1, certain=True)


def _term(reading: Reading, kind: Kind, name: str, first: int, last: int, *, certain: bool) -> Term:
    words = reading.words
    return Term(kind, name, first, last, words[first].start, words[last - 1].end, certain)


def _longest(reading: Reading, terms: Iterator[Term]) -> list[Term]:
    """Of terms that overlap, the one over more words; of equals, the first kind listed."""
    taken: set[int] = set()
    kept = []
    for term in sorted(terms, key=lambda t: t.first - t.last):
        places = set(range(term.first, term.last))
        if not places & taken and "." not in reading.folded[term.start : term.end].strip("."):
            taken |= places
            kept.append(term)
    return sorted(kept, key=lambda term: term.start)


def mark_stances(reading: Reading, zones: Zones, terms: list[Term]) -> None:
    """Note on each term whether it is asked for, ruled out, wished for or not needed."""
    terms.sort(key=lambda term: term.start)
    for marks, stance in (
        (zones.not_before, "excluded"),
        (zones.not_needed_before, "not needed"),
    ):
        for mark in marks:
            _mark_following(reading, mark, terms, stance)  # type: ignore[arg-type]  # the two stances above
    for marks, stance in (
        (zones.not_after, "excluded"),
        (zones.not_needed_after, "not needed"),
        (zones.wish_after, "wished"),
    ):
        for mark in marks:
            _mark_preceding(reading, mark, terms, stance)  # type: ignore[arg-type]  # the three stances above
    for term in terms:
        for mark in zones.wish_before:
            labelled = reading.folded[mark.end : mark.end + 2].strip().startswith(":")
            scope = reading.sentence(mark.start) if labelled else reading.clause(mark.end)
            if mark.end <= term.start < scope.end:
                term.stance = "wished"


def _mark_following(reading: Reading, mark: Span, terms: list[Term], stance: Stance) -> None:
    following = [term for term in terms if term.start >= mark.end]
    if not following:
        return
    nearest = following[0]
    if reading.clause(mark.start).end < nearest.start:
        return
    between = [w.text for w in reading.words[reading.word_at(mark.end) : nearest.first]]
    if len(between) > 6 or any(word not in cue_words.NEGATION_PASSES for word in between):
        return
    nearest.stance = stance
    for one, other in pairwise(following):
        gap = reading.folded[one.end : other.start]
        if other.kind != one.kind or not is_listed(reading, one, other):
            return
        if " but " in gap or ("," in gap and not _ALTERNATIVE.search(gap)):
            return
        other.stance = stance


def _mark_preceding(reading: Reading, mark: Span, terms: list[Term], stance: Stance) -> None:
    preceding = [term for term in terms if term.end <= mark.start]
    if not preceding:
        return
    nearest = preceding[-1]
    between = [w.text for w in reading.words[nearest.last : reading.word_at(mark.start)]]
    if reading.sentence(nearest.end - 1).end < mark.start:
        return
    if len(between) > 4 or any(word not in cue_words.WISH_PASSES for word in between):
        return
    nearest.stance = stance
    for one, other in pairwise(reversed(preceding)):
        gap = reading.folded[other.end : one.start]
        if other.kind != one.kind or "," in gap or not is_listed(reading, other, one):
            return
        other.stance = stance
