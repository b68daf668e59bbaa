"""Words that make a number a bound: "over 40", "40 and above", "40 se kam", "around 40"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from bot.talent import Range

_OF = (
    r"(?:\s*(?:the )?(?:age|ages|years?|height|budget|rate)?\s*(?:of|is|:|=|at|than)?)?\s*[:=]?\s*"
)

_BEFORE = (
    (
        r"(?:(?:don't|do not|doesn't|does not|won't|shouldn't|can't|cannot|not) (?:\w+ ){1,2}"
        r"(?:more than|over|above))"
        r"|not? (?:more than|over|above|older than|exceed(?:ing)?|taller than|beyond|higher than)"
        r"|(?:nobody|no ?one|none|no\b[^,.;\d]{0,20}) (?:over|above|older than)"
        r"|(?:at (?:the )?most|up ?to|upto|max(?:imum)?\.?|within|till|until|<=|≤|zyada se zyada|"
        r"ज़्यादा से ज़्यादा|maximo|hasta|jusqu'a)",
        "max",
        False,
    ),
    (
        r"not? (?:less than|under|below|younger than|shorter than|lower than)"
        r"|(?:nobody|no ?one|none|no\b[^,.;\d]{0,20}) (?:under|below|younger than)"
        r"|(?:at (?:the )?least|atleast|min(?:imum)?\.?|starting (?:at|from)|>=|≥|kam se kam|"
        r"कम से कम|minimo|al menos|au moins)",
        "min",
        False,
    ),
    (
        r"(?:under|below|less than|younger than|shorter than|lower than|cheaper than|beneath|"
        r"underneath|<|menos de|moins de|not yet)",
        "max",
        True,
    ),
    (
        r"(?:over|above|more than|older than|taller than|past|beyond|greater than|higher than|"
        r"exceeding|upwards of|>|mas de|plus de)",
        "min",
        True,
    ),
    (
        r"(?:around|about|approx(?:imately)?\.?|roughly|circa|approaching|nearly|almost|near|"
        r"close to|~|lagbhag|kareeb|karib|taqreeban|लगभग|करीब|environ|alrededor de|unos)",
        "near",
        False,
    ),
)
_BOUNDS = tuple(
    (re.compile(rf"(?:(?<=\W)|^|\b){words}{_OF}$"), kind, strict) for words, kind, strict in _BEFORE
)

_THAN = r"\s*(?:years?|yrs?|saal|sal|साल|वर्ष)?\s*(?:ki |की )?"
AFTER_MIN = (
    (re.compile(r"\s*(?:\+|plus\b)(?:\s*(?:years?|yrs?|yo)\b)?"), False),
    (
        re.compile(
            r"\s*,?\s*(?:years?|yrs?)?\s*(?:and|or|&)\s*(?:above|over|older|up|upwards?|more|"
            r"taller|plus|higher|beyond)\b"
        ),
        False,
    ),
    (re.compile(r"\s*,?\s*(?:min(?:imum)?\b|at least\b|onwards?\b)"), False),
    (
        re.compile(
            rf"{_THAN}(?:se|से)\s+(?:zyada|jyada|zyaada|upar|uper|bad[iae]|bar[iae]|lamb[aie]|"
            r"adhik|ज़्यादा|ज्यादा|ऊपर|अधिक|बड़ी|बड़ा|लंबा|लंबी)"
        ),
        True,
    ),
    (re.compile(rf"{_THAN}(?:ke|के)\s+(?:upar|uper|oopar|ऊपर)"), True),
)
AFTER_MAX = (
    (
        re.compile(
            r"\s*,?\s*(?:years?|yrs?)?\s*(?:and|or|&)\s*(?:below|under|younger|less|down|shorter|"
            r"lower)\b"
        ),
        False,
    ),
    (re.compile(r"\s*,?\s*(?:max(?:imum)?\b|at (?:the )?most\b|tops\b|tak\b|तक)"), False),
    (
        re.compile(
            rf"{_THAN}(?:se|से)\s+(?:kam|neeche|niche|chhot[iae]|chot[iae]|कम|नीचे|छोटी|छोटा)"
        ),
        True,
    ),
    (re.compile(rf"{_THAN}(?:ke|के)\s+(?:neeche|niche|नीचे)"), True),
    (re.compile(rf"{_THAN}(?:ke|के)\s+(?:andar|अंदर)"), False),
)
AFTER_NEAR = re.compile(r"\s*(?:ke aas ?paas|ke kareeb|के आसपास|के करीब|or so\b|-?ish\b)")
BETWEEN = re.compile(r"(?:\b(?:between|from|aged|ages?|entre|de|in the range)\b|बीच)\s*:?\s*$")


@dataclass(frozen=True, slots=True)
class Bound:
    """What the words around a number make of it; `start` is where these words begin."""

    kind: Literal["min", "max", "near"]
    strict: bool
    start: int
    end: int

    def applied(self, low: float, high: float, *, near: float = 2) -> Range:
        """The range for whole numbers: "over 40" is from 41, "under 25" up to 24."""
        if self.kind == "min":
            return Range(min=math.floor(high) + 1 if self.strict else low)
        if self.kind == "max":
            return Range(max=math.ceil(low) - 1 if self.strict else high)
        return Range(min=low - near, max=high + near)


def bound_before(before: str) -> Bound | None:
    """The bound that the end of `before` sets on the number that follows it."""
    tail = before[-60:]
    offset = len(before) - len(tail)
    for pattern, kind, strict in _BOUNDS:
        match = pattern.search(tail)
        if match:
            return Bound(kind, strict=strict, start=offset + match.start(), end=len(before))  # type: ignore[arg-type]  # the table holds the three kinds
    return None


def bound_after(rest: str) -> Bound | None:
    """The bound that the beginning of `rest` sets on the number before it; `end` is its length."""
    for patterns, kind in ((AFTER_MIN, "min"), (AFTER_MAX, "max")):
        for pattern, strict in patterns:
            match = pattern.match(rest)
            if match:
                return Bound(kind, strict=strict, start=0, end=match.end())  # type: ignore[arg-type]  # the two kinds above
    match = AFTER_NEAR.match(rest)
    return Bound("near", strict=False, start=0, end=match.end()) if match else None


def intersect(first: Range | None, second: Range) -> Range | None:
    """Both ranges at once; `None` where they do not meet."""
    if first is None:
        return second
    low = max((v for v in (first.min, second.min) if v is not None), default=None)
    high = min((v for v in (first.max, second.max) if v is not None), default=None)
    return None if low is not None and high is not None and low > high else Range(min=low, max=high)
