"""Where a Markdown text seems to name a person.

Two kinds of places: heads (bold, the start of a list item, the first cell of a table row), where
a reply puts its talents, and capitalised words in running text with a word beside them that goes
with persons ("… would fit"). Code, quotes, titles in italics, headings and links' targets are
passed over. Names in Devanagari, which has no capitals, are only looked for in heads. A first
name alone is a candidate only if it is a common one, in the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.name_words import (
    BEFORE_A_PERSON,
    BEHIND_A_PERSON,
    DENIES,
    GIVEN,
    GOES_ON,
    HONORIFICS,
    LEADS_ELSEWHERE,
    ORDINARY,
)
from bot.vocabulary import cities, languages, skills, unions
from bot.vocabulary.folding import fold, word_key, words

_UPPER = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_WORD = rf"(?:{_UPPER}(?:[^\W\d_]+(?:['’\-][^\W\d_]+)*|['’][^\W\d_]+|\.|(?![^\W_])))"
_PARTICLE = r"(?:(?:de|da|di|del|van|von|bin|al|el)[ \xa0])?"
_LATIN = re.compile(rf"(?<![^\W_])(?<![@#/.'’-]){_WORD}(?:[ \xa0]{_PARTICLE}{_WORD}){{1,5}}")
_ALONE = re.compile(rf"(?<![^\W_])(?<![@#/.'’-]){_UPPER}[a-z]+(?![^\W_]|[-'’.][^\W\d_])")
_DEVANAGARI = re.compile(
    r"[\u0900-\u0963\u0970-\u097f]+(?:[ \xa0][\u0900-\u0963\u0970-\u097f]+){1,2}"
)

_PASSED_OVER = re.compile(
    r"""
      ^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)|\Z)   # code
    | `[^`\n]{0,500}`
    | ^\ {0,3}(?:\#{1,6}\s|>).*?$                    # headings, quotations
    | \]\([^()\n]{0,500}\) | <[^<>\n]{0,500}> | \bhttps?://\S+     # targets of links
    | "[^"\n]{1,80}" | “[^”\n]{1,80}” | ‘[^’\n]{1,80}’
    | (?<![\w*])\*(?![\s*])[^*\n]{1,80}\*(?![\w*])   # titles in italics
    | (?<![\w_])_(?![\s_])[^_\n]{1,80}_(?![\w_])
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?P<head>[^\n]*)", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(?P<head>[^\s\d|*_\-+][^\n]*)$", re.MULTILINE)
_CELL = re.compile(r"^[ \t]*\|[ \t]*(?P<head>[^|\n]+?)[ \t]*\|", re.MULTILINE)
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<head>[^*_\n]{3,60}?)(?P=mark)")
_HEAD_ENDS = re.compile(r"[ \t]*(?:[–—:,;(\[|]|[ \t]-[ \t]|\*\*|__|\.?[ \t]*$)", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name as written, and where (end exclusive)."""

    name: str
    start: int
    end: int


def candidates(text: str) -> list[Candidate]:
    """What seems to name a person, in order, none overlapping."""
    passed_over = _blanked(text)
    found: list[Candidate] = []
    for candidate in (*_heads(passed_over), *_in_prose(passed_over), *_alone(passed_over)):
        if not any(candidate.start < f.end and f.start < candidate.end for f in found):
            found.append(candidate)
    return sorted(found, key=lambda candidate: candidate.start)


def _blanked(text: str) -> str:
    """The text with blanks for all that is passed over; places stay the same."""
    return _PASSED_OVER.sub(lambda match: re.sub(r"[^\n]", "\x00", match.group()), text)


def _heads(text: str) -> Iterator[Candidate]:
    for pattern in (_ITEM, _CELL, _BOLD, _LINE):
        for match in pattern.finditer(text):
            start = match.start("head")
            opening = re.match(r"(?:\*\*|__|\[)*", text[start:])
            start += opening.end() if opening else 0
            for script in (_LATIN, _DEVANAGARI):
                name = script.match(text, start, match.end())
                if name and _ends_a_head(text, name.end(), is_line=pattern is _LINE):
                    yield from _trimmed(text, name.start(), name.end(), is_head=True)


def _ends_a_head(text: str, at: int, *, is_line: bool) -> bool:
    """Whether a name that ends here fills its head; a plain line it must fill wholly."""
    if is_line:
        return not text[at : text.find("\n", at) % (len(text) + 1)].strip()
    return bool(_HEAD_ENDS.match(text, at)) or text[at] in "]\x00'’"


def _in_prose(text: str) -> Iterator[Candidate]:
    for match in _LATIN.finditer(text):
        for candidate in _trimmed(text, match.start(), match.end(), is_head=False):
            before = _unmarked(text[max(0, candidate.start - 40) : candidate.start])
            behind = _unmarked(text[candidate.end : candidate.end + 40])
            if _is_person(before, behind):
                yield candidate


def _alone(text: str) -> Iterator[Candidate]:
    """Common given names with no other name beside them."""
    heads = {match.start("head") for match in _every_head(text)}
    for match in _ALONE.finditer(text):
        start, end = match.span()
        if match.group().lower() not in GIVEN or _has_neighbour(text, start, end):
            continue
        before = _unmarked(text[max(0, start - 40) : start])
        opens = re.sub(r"(?:\*\*|__|\[)$", "", text[:start])
        is_head = bool({start, len(opens)} & heads) and _ends_a_head(text, end, is_line=False)
        is_person = is_head or _is_person(before, _unmarked(text[end : end + 40]))
        if is_person and not _is_denied(text, start, end):
            yield Candidate(match.group(), start, end)


def _every_head(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_ITEM, _CELL, _BOLD):
        yield from pattern.finditer(text)


def _has_neighbour(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word that may be of the same name stands beside it."""
    before = re.search(rf"({_WORD})[ \xa0]$", text[:start])
    behind = re.match(rf"[ \xa0]({_WORD})", text[end:])
    return any(word is not None and not _is_plain(word[1]) for word in (before, behind))


def _is_person(before: str, behind: str) -> bool:
    if BEFORE_A_PERSON.search(before) and (GOES_ON.match(behind) or BEHIND_A_PERSON.match(behind)):
        return True
    return bool(BEHIND_A_PERSON.match(behind)) and not LEADS_ELSEWHERE.search(before)


def _trimmed(text: str, start: int, end: int, *, is_head: bool) -> Iterator[Candidate]:
    """The name within a run of capitalised words, if there is one.

    Plain words at its ends go ("While Meera Joshi"); one in the middle, or one at the end of a
    head ("Strong Matches"), makes it no name. So does being known by the vocabulary.
    """
    spans = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])]
    plain = [_is_plain(text[a:b]) for a, b in spans]
    while spans and (plain[0] or text[slice(*spans[0])].rstrip(".").lower() in HONORIFICS):
        if is_head and plain[0]:
            return
        spans, plain = spans[1:], plain[1:]
    if any(plain) or not 2 <= len(spans) <= 4:
        return
    start, end = spans[0][0], spans[-1][1]
    name = re.sub(r"['’]s$", "", text[start:end])
    if _is_known_word(name) or _is_denied(text, start, end):
        return
    yield Candidate(name, start, start + len(name))


def _is_plain(word: str) -> bool:
    bare = re.sub(r"['’]\w+$", "", word).rstrip(".").lower()
    if len(bare) == 1 and word.endswith("."):
        return False  # an initial
    is_shouted = len(bare) > 2 and word.isupper() and word.isascii()
    return bare in ORDINARY or is_shouted or any(part in ORDINARY for part in bare.split("-"))


def _is_known_word(name: str) -> bool:
    """Whether each of its words belongs to a city, language, skill or union."""
    split = words(fold(name))
    covered: set[int] = set()
    for lexicon in (cities(), languages(), skills(), unions()):
        for hit in lexicon.find(split):
            covered.update(range(hit.first, hit.last))
    return bool(split) and len(covered) == len(split)


def _is_denied(text: str, start: int, end: int) -> bool:
    """Whether the sentence says itself that the roster has no such person."""
    begin = max(text.rfind(stop, 0, start) for stop in ".!?\n") + 1
    rest = _SENTENCE.match(text, end)
    return bool(DENIES.search(text[begin : rest.end() if rest else end]))


def _unmarked(text: str) -> str:
    return re.sub(r"[*_\[\]]", "", text)


# --- Devanagari ------------------------------------------------------------------------------

_CONSONANTS = dict(
    zip("कखगघचछजझटठडढणतथदधनपफबभमरलवशषसळ", "kkggccjjttddnttddnpfbbmrlvsssl", strict=True)
)
_LATIN_ALIKE = [
    ("ksh", "ks"), ("sh", "s"), ("ph", "f"), ("ch", "c"), ("kh", "k"), ("gh", "g"), ("th", "t"),
    ("dh", "d"), ("bh", "b"), ("jh", "j"), ("w", "v"), ("z", "j"), ("q", "k"), ("x", "ks"),
]  # fmt: skip


def skeleton(name: str) -> str:
    """The consonants of a name, much the same in Devanagari and in Latin letters."""
    parts = []
    for word in words(fold(name)):
        text = word_key(word.text)
        if any(c in _CONSONANTS for c in text):
            bare = "".join(_CONSONANTS.get(c, "n" if c == "ं" else "") for c in text)
        else:
            for written, alike in _LATIN_ALIKE:
                text = text.replace(written, alike)
            bare = "".join(c for c in text if c in "bcdfgjklmnprstv")
        parts.append(re.sub(r"(.)\1+", r"\1", bare))
    return " ".join(parts)
