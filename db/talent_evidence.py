"""What in a talent's own words answers a free text: the sentence, skill or credit itself."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bot.ports import Embedder, Vector
from bot.talent import Credit, Talent
from db.talent_folding import fold
from db.talent_words import Term

LONGEST = 140
"""Characters of a sentence that are quoted."""

ENOUGH = 0.3
"""What share of the words, by weight, a sentence must hold to be an answer: one of three, not one
of five ("a face that people trust" for "fisherman type, weathered face")."""

MOST_SENTENCES = 30
"""How many sentences are compared by meaning for one answer, at a few milliseconds each."""

_SENTENCE_END = re.compile(r"(?<=[.!?।])\s+|\n")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+|\s+[–—-]\s+")
_SHORTEST_STEM = 3
_REMEMBERED = 4096


class Words:
    """The terms of a text, to be found in what people wrote."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """A word has a term's stem if little follows it; the stemmer also turns y into i."""
        self._weights = [term.weight for term in terms]
        self.all_weigh = sum(self._weights)
        self._beginnings = {part for term in terms for part in (term.word, _beginning(term))}
        self._pattern = re.compile(
            r"(?<![^\W_])(?:"
            + "|".join(f"({_with_endings(term)})" for term in terms)
            + r")(?![^\W_])"
        )

    def stand_in(self, texts: Sequence[str]) -> bool:
        """Whether any of the terms stands in any of the texts: soon told, as mostly none does."""
        text = fold("\n".join(texts))
        for beginning in self._beginnings:
            if beginning in text:
                return self._pattern.search(text) is not None
        return False

    def weight(self, text: str) -> float:
        """What the terms that stand in the text weigh together."""
        found = {match.lastindex for match in self._pattern.finditer(fold(text))}
        return sum(self._weights[number - 1] for number in found if number is not None)


def _beginning(term: Term) -> str:
    """What each form of a term begins with."""
    return term.stem if _is_short(term) else term.stem.removesuffix("i")


def _is_short(term: Term) -> bool:
    """Too short to tell its forms from other words: "ski" is not in "skilled"."""
    return len(term.stem.removesuffix("i")) < _SHORTEST_STEM


def _with_endings(term: Term) -> str:
    endings = "" if _is_short(term) else r"[^\W_]{0,4}"
    return f"{re.escape(term.word)}|{re.escape(_beginning(term))}{endings}"


def by_words(talent: Talent, words: Words) -> list[str]:
    """The bio's sentence, the skills and the credit that hold most of the words, if any does."""
    past = {_credit_text(credit): credit for credit in talent.credits}
    skills, names = (*talent.skills, *talent.accents), (talent.name, *talent.other_names)
    if not words.stand_in((talent.bio, *skills, *past, *names)):
        return []
    said: list[str] = []
    if words.stand_in([talent.bio]):
        sentence = max(sentences(talent.bio), key=words.weight)
        if words.weight(sentence) >= ENOUGH * words.all_weigh:
            said.append(f"bio: {_fragment(sentence, words.weight)}")
    if words.stand_in(skills):
        named = [skill for skill in skills if words.weight(skill)]
        said.append(f"skills: {', '.join(named[:4])}")
    if words.stand_in(list(past)):
        said.append(f"credit: {credit_phrase(past[max(past, key=words.weight)])}")
    if not said and words.stand_in(names):
        said.append(f"name: {max(names, key=words.weight)}")
    return said


class Meanings:
    """The sentence of a bio that is nearest in meaning to a text, where it is near enough to be
    an answer. Remembers what it embedded."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vector] = OrderedDict()

    async def nearest(self, talents: Sequence[Talent], asked: Vector) -> Mapping[str, str]:
        """By talent's id: `bio: …`, for those who have such a sentence, within the bound."""
        texts = {talent.id: sentences(talent.bio) for talent in talents}
        within: dict[str, list[str]] = {}
        room = MOST_SENTENCES
        for talent_id, own in texts.items():
            if 0 < len(own) <= room:
                within[talent_id] = own
                room -= len(own)
        compared = [sentence for own in within.values() for sentence in own]
        if new := list({sentence for sentence in compared if sentence not in self._vectors}):
            self._vectors.update(zip(new, await self._embedder.passages(new), strict=True))
        vectors = [self._vectors[sentence] for sentence in compared]
        likeness = iter((np.array(vectors) @ asked).tolist() if vectors else ())
        found = {}
        for talent_id, own in within.items():
            near, sentence = max((next(likeness), sentence) for sentence in own)
            if near >= self._embedder.near:
                found[talent_id] = f"bio: {_fragment(sentence)}"
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return found


def in_common(talent: Talent, other: Talent) -> list[str]:
    """What makes two talents alike, as far as their rows say."""
    said = []
    skills = _shared(talent.skills, other.skills)
    if skills:
        said.append(f"skills in common with {other.name}: {', '.join(skills[:4])}")
    languages = _shared(
        [language.name for language in talent.languages],
        [language.name for language in other.languages],
    )
    if languages:
        said.append(f"languages in common with {other.name}: {', '.join(languages[:4])}")
    return said


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text.strip()) if part.strip()]


def credit_phrase(credit: Credit) -> str:
    year = f" ({credit.year})" if credit.year is not None else ""
    role = f", {credit.role}" if credit.role else ""
    return f"{credit.title}{year}{role}"


def _credit_text(credit: Credit) -> str:
    return " ".join((credit.title, credit.role, credit.production, credit.director))


def _shared(one: Sequence[str], other: Sequence[str]) -> list[str]:
    known = {fold(value) for value in other}
    return [value for value in one if fold(value) in known]


def _fragment(sentence: str, weight: Callable[[str], float] = len) -> str:
    """The sentence, or of a long one the clause that weighs most."""
    if len(sentence) <= LONGEST:
        return sentence.rstrip(".")
    clauses = [clause.strip() for clause in _CLAUSE_END.split(sentence)]
    best = max(clauses, key=weight)
    if len(best) > LONGEST:
        return best[:LONGEST].rsplit(" ", 1)[0] + " …"
    return best.rstrip(".,;:")
