"""Where a text may be cut without tearing what a reader sees as one character.

After Unicode's extended grapheme clusters (UAX #29), erring on the side of keeping together: no
cluster is torn, and a few pairs that could be parted (a sign that ends in a virama, say) are not.
"""

from __future__ import annotations

import unicodedata

_VIRAMA = 9  # the combining class of signs that join two consonants
# Belong to the character before them without being marks by category: zero-width joiner and
# non-joiner, halfwidth voiced sound marks, Thai and Lao AM.
_EXTENDING = frozenset("\u200d\u200c\uff9e\uff9f\u0e33\u0eb3")
# Belong to the character after them: the zero-width joiner, and number signs and the like.
_PREPENDED = frozenset(
    "\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd"
    "\U000110cd\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011d46\U00011f02"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89"
)


def is_boundary(text: str, position: int) -> bool:
    """Whether `text` may be cut before `text[position]`. Both ends are boundaries."""
    if position <= 0 or position >= len(text):
        return True
    before, after = text[position - 1], text[position]
    if before < "\x80" and after < "\x80":
        return not (before == "\r" and after == "\n")
    if before in "\r\n" or after in "\r\n":
        return True
    return not (
        _extends(after)
        or before in _PREPENDED
        or unicodedata.combining(before) == _VIRAMA
        or _is_one_syllable(before, after)
        or (_is_regional(after) and _regionals_before(text, position) % 2 == 1)
    )


def _extends(character: str) -> bool:
    return (
        character in _EXTENDING
        or unicodedata.category(character).startswith("M")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # the tags that spell a region's flag
    )


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _regionals_before(text: str, position: int) -> int:
    """How many regional indicators stand in a row before `position`; two make a flag."""
    start = position
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return position - start


def _is_one_syllable(before: str, after: str) -> bool:
    """Whether two Hangul letters belong to one block."""
    if "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb":  # a vowel or a tail
        return "\u1100" <= before <= "\u11ff" or "\ua960" <= before <= "\ud7fb"
    is_lead = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    return is_lead and (
        "\u1100" <= after <= "\u115f"
        or "\ua960" <= after <= "\ua97c"
        or "\uac00" <= after <= "\ud7a3"
    )
