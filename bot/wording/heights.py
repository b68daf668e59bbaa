"""Height, in feet and inches or metric, as centimetres."""

from __future__ import annotations

import re

from bot.talent import Range
from bot.wording.bounds import BETWEEN, bound_after, bound_before
from bot.wording.reading import Reading, Span

_SHORTEST, _TALLEST = 100, 230
_FEET = (
    r"(?P<{0}feet>[4-7])\s*(?:(?:'|ft\b\.?|ft(?=\d)|feet\b|foot\b|fit\b|फीट|फुट)\s*-?\s*"
    r"(?:(?P<{0}inches>1[01]|\d)(?:\.\d)?\s*(?:\"|''|in\b\.?|ins\b|inch(?:es)?\b|इंच)?)?"
    r"|\.(?P<{0}tenths>1[01]|\d)\s*(?:ft\b\.?|feet\b|foot\b|'))"
)
_METRES = (
    r"(?:(?P<{0}metres>[12])\s*(?:[.,](?P<{0}part>\d{{1,2}})\s*(?:m\b|mt\b|mts\b|met(?:er|re)s?\b)"
    r"|m\s?(?P<{0}joined>\d{{2}})\b)|(?P<{0}cm>[12]\d\d)\s*(?:cms?\b|centimet(?:er|re)s?\b|सेमी))"
)
_ONE = rf"(?:{_FEET}|{_METRES})"
_HEIGHT = re.compile(rf"(?<![\d.]){_ONE.format('a')}")
_RANGE = re.compile(
    rf"(?<![\d.])(?:{_ONE.format('a')}|(?P<plain>[12]\d\d))\s*(?:-|to|and|&|se|से)\s*"
    rf"{_ONE.format('b')}"
)
_SAID = re.compile(
    r"\bheight\s*(?:range|between|from|of|is|[:=-])*\s*(?P<low>1\d\d)\s*(?:(?:-|to|and)\s*"
    r"(?P<high>1\d\d)|(?P<plus>\+))?(?!\d)"
)
_LEAD = re.compile(r"(?:\bheight\s*(?:should be|must be|is|of|[:=-])*\s*|\bstands\s*)$")
_TAIL = re.compile(r"\s*(?:tall\b|in height\b|height\b|lamb[aie]\b)")


def read_height(reading: Reading) -> tuple[Range, Span] | None:
    """The height asked for in whole centimetres, and where it stands."""
    said = _SAID.search(reading.digits)
    if said and "cm" not in reading.digits[said.end() : said.end() + 4]:
        low = float(said["low"])
        high = float(said["high"]) if said["high"] else None if said["plus"] else low
        if high is None or low <= high:
            return _taken(reading, Range(min=low, max=high), said.start(), said.end())
    both = _RANGE.search(reading.digits)
    if both:
        low, high = _centimetres(both, "a"), _centimetres(both, "b")
        if _SHORTEST <= low < high <= _TALLEST:
            start = both.start()
            if between := BETWEEN.search(reading.digits[:start]):
                start = between.start()
            return _taken(reading, Range(min=round(low), max=round(high)), start, both.end())
    for match in _HEIGHT.finditer(reading.digits):
        height = _centimetres(match, "a")
        if not _SHORTEST <= height <= _TALLEST:
            continue
        end = match.end()
        if tail := _TAIL.match(reading.digits, end):
            end = tail.end()
        after = bound_after(reading.digits[end:])
        bound = bound_before(reading.digits[: match.start()]) or after
        exact = height if bound and bound.strict else round(height)
        value = bound.applied(exact, exact, near=3) if bound else Range(min=exact, max=exact)
        start = bound.start if bound and bound is not after else match.start()
        end += after.end if after else 0
        return _taken(reading, value, start, end)
    return None


def _taken(reading: Reading, value: Range, start: int, end: int) -> tuple[Range, Span]:
    if lead := _LEAD.search(reading.digits[:start]):
        start = lead.start()
    if tail := _TAIL.match(reading.digits, end):
        end = tail.end()
    reading.take(start, end)
    return value, Span(start, end)


def _centimetres(match: re.Match[str], which: str) -> float:
    groups = match.groupdict()
    if groups.get("plain") and which == "a":
        return float(groups["plain"])
    if groups[f"{which}feet"]:
        inches = groups[f"{which}inches"] or groups[f"{which}tenths"] or "0"
        return int(groups[f"{which}feet"]) * 30.48 + int(inches) * 2.54
    if groups[f"{which}cm"]:
        return float(groups[f"{which}cm"])
    part = groups[f"{which}part"] or groups[f"{which}joined"]
    return float(groups[f"{which}metres"]) * 100 + float(part.ljust(2, "0"))
