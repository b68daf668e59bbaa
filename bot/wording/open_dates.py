"""Dates with a beginning and no end: "from March on", "after 5 January", "10 days from 3 Feb".

A search asks for days, so an end must be supposed: as long as is said, or else a month. Whoever
is free for the month after a beginning is free when the work starts, and most work is no longer.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

_FROM = r"(?:(?:start(?:s|ing)?|begin(?:s|ning)?)(?: on| from| in)?|from|as (?:of|from)|wef)"
_THE = r"\s+(?:the\s+)?(?:month of\s+)?$"
_BEGINS = re.compile(rf"\b{_FROM}{_THE}")
_AFTER = re.compile(rf"\b(?:after|post){_THE}")
_LENGTH = (
    r"(?P<count>\d{1,2}|an?|one)\s*-?\s*(?P<unit>day|week|fortnight|month)s?\b(?!\s+(?:before|ago))"
)
_LENGTH_BEFORE = re.compile(
    rf"(?<![\d-])(?:for\s+)?(?:a\s+)?{_LENGTH}(?:'?\s+(?:of\s+)?(?:shoot(?:ing)?|work|schedule))?"
    rf"(?:,?\s+{_FROM})?{_THE}"
)
_LENGTH_AFTER = re.compile(rf"\s*,?\s*for\s+(?:about\s+|around\s+|some\s+|the next\s+)?{_LENGTH}")
_ONWARDS = re.compile(
    r"\s*,?\s*(?:onwards?\b|on wards\b|and (?:onwards?|after(?:wards)?|beyond|later)\b|or later\b"
    r"|on(?=\s*(?:$|[,.;:!?)\n]|(?:who|for|and|with|in)\b))"
    r"|(?:se|से)\s+(?:aage|आगे)|pasun\b|पासून"
    r"|(?:se|से)(?!\s*(?:pehle|pahle|पहले|\d))(?![\w\u0900-\u097f]))"
)
_LATER = re.compile(r"\s*(?:ke baad\b|के बाद|nantar\b|नंतर)")
_ENDS = ("b", "d2", "m2", "last")


class OpenDates(NamedTuple):
    """The days supposed, and where the words that say so begin and end."""

    first: date
    last: date
    start: int
    end: int


def open_dates(digits: str, match: re.Match[str], first: date, last: date) -> OpenDates | None:
    """What the words around a date that was read as `first` to `last` make of it; `None` where
    it has an end, or is no beginning."""
    groups = match.groupdict()
    if any(groups.get(name) for name in _ENDS):
        return None
    before, end = digits[: match.start()], match.end()
    begins, later = _BEGINS.search(before), _AFTER.search(before)
    length = _LENGTH_BEFORE.search(before)
    if onwards := _ONWARDS.match(digits, end):
        end = onwards.end()
    elif ends_before := _LATER.match(digits, end):
        later, end = ends_before, ends_before.end()
    if following := _LENGTH_AFTER.match(digits, end):
        length, end = following, following.end()
    if not (begins or later or onwards or (length and first == last)):
        return None
    if later:
        first = last + timedelta(1)
    starts = [m.start() for m in (begins, later, length) if m and m.end() <= match.start()]
    return OpenDates(first, _end(first, length), min(starts, default=match.start()), end)


def _end(first: date, length: re.Match[str] | None) -> date:
    count = int(length["count"]) if length and length["count"].isdigit() else 1
    unit = length["unit"] if length else "month"
    if unit == "month":
        months = first.year * 12 + first.month - 1 + count
        year, month = divmod(months, 12)
        same_day = min(first.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, same_day) - timedelta(1)
    days = {"day": 1, "week": 7, "fortnight": 14}[unit]
    return first + timedelta(count * days - 1)
