"""Text made comparable without moving a character, and cut into words in any script."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = "\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u200c\u200d"
"""Combining marks and Indic letters with their vowel signs, which `\\w` leaves out."""

WORD = rf"(?:[^\W_]|[{_MARKS}])+"
_WORD = re.compile(WORD)

_ALIKE = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("“”″„«»", '"'),
    **dict.fromkeys("\u00a0\u2009\u202f\u3000\t", " "),
    "।": ".",
    "，": ",",
    "／": "/",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word as folded, and where it stands in the text (end exclusive)."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    alike = _ALIKE.get(character)
    if alike is not None:
        return alike
    if "\u0900" <= character <= "\u0dff" and not character.isdigit():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None and character.isdecimal():
        return str(digit)
    base = unicodedata.normalize("NFKD", character)[0]
    lowered = base.lower()
    return lowered if len(lowered) == 1 else character


def compose(text: str) -> str:
    """The form (NFC) in which positions in a text are counted."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case, no accents, ASCII digits, plain dashes and quotes; as long as `text` is."""
    return "".join(map(_fold_character, text))


def words(folded: str) -> list[Word]:
    """The words of a folded text; hyphens, apostrophes and full stops separate words."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(folded)]


def fold_key(text: str) -> str:
    """What two spellings of one name share: folded words with single spaces between.

    Devanagari is compared without nukta and with every nasal sign alike (हिन्दी and हिंदी stay
    apart; मुंबई and मुँबई do not).
    """
    return " ".join(word_key(word.text) for word in words(fold(compose(text))))


@lru_cache(maxsize=8192)
def word_key(word: str) -> str:
    """A folded word without what is only spelling: combining accents, nukta, joiners."""
    if word.isascii():
        return word
    return "".join(
        _SPELLING.get(c, c) for c in unicodedata.normalize("NFKD", word) if c not in _SILENT
    )


_SILENT = frozenset("\u093c\u200c\u200d") | {chr(code) for code in range(0x0300, 0x0370)}
_SPELLING = {"\u0901": "\u0902"}
