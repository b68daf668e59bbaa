"""Dates and spans of dates, however people write them; days come before months."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from bot.roster.values import plain
from bot.talent import DateSpan

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january enero janvier", "feb february febrero fevrier", "mar march marzo mars",
            "apr april abril avril", "may mayo mai", "jun june junio juin",
            "jul july julio juillet", "aug august agosto aout",
            "sep sept september septiembre septembre", "oct october octubre octobre",
            "nov november noviembre novembre", "dec december diciembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s-]*(?:of\s+)?([a-z]+)\.?,?[\s-]*(\d{4}|'?\d{2})?"
)
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_MONTH = re.compile(r"([a-z]+)\.?,?[\s-]*(\d{4})?")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_BETWEEN = re.compile(
    r"\s*(?:\.\.+|\bto\b|\btill\b|\buntil\b|\bthrough\b|\bthru\b|\bhasta\b|\bau\b|\bse\b)\s*|\s+-+\s+|/(?=\d{4}-\d{2}-)|>+"
)
_SPANS = re.compile(r"\s*[;\n|]\s*|\s*,(?!\s*\d{4}(?![-/.\d]))\s*|\s+(?:and|&)\s+")
_ANY_TIME = {
    "any time", "anytime", "always", "immediately", "immediate", "yes", "y", "full time", "open",
    "now", "available", "fully available", "all dates", "flexible", "available now", "full-time",
}  # fmt: skip
_NOT_FREE = {"no", "not available", "unavailable", "booked", "busy", "n"}
OPEN_END = timedelta(days=365)
"""How long somebody who is free "from" a day, or "any time", is taken to be."""


def one_date(text: str, today: date) -> date:
    """ "2026-12-01", "1 Dec 2026", "01/12/2026" (the day first); `ValueError` in plain words."""
    return _span(plain(text).strip(" ."), today)[0]


@lru_cache(maxsize=2048)
def date_spans(text: str, today: date) -> tuple[DateSpan, ...]:
    """ "2026-12-01..2026-12-14; 5 Jan 2027", sorted, with what overlaps joined.

    A year left out is the one in which the date comes next.
    """
    said = plain(text).strip(" .;,")
    if said in _NOT_FREE:
        return ()
    if said in _ANY_TIME:
        return (DateSpan(from_=today, to=today + OPEN_END),)
    spans = [_one_span(part, today) for part in _SPANS.split(said) if part]
    return _joined(spans)


def _one_span(said: str, today: date) -> tuple[date, date]:  # noqa: PLR0911 - one a notation
    said = re.sub(r"^(?:available|avail|free|between|on|dates?)\b[:\s]*", "", said).strip()
    if match := re.fullmatch(
        r"(?:from|after|since|w\.?e\.?f\.?)\s+(.+?)(?:\s+(?:onwards?|on))?|(.+?)\s+onwards?", said
    ):
        inner = match[1] or match[2]
        if not _BETWEEN.search(inner):
            start = _span(inner, today)[0]
            return start, start + OPEN_END
        said = inner
    if match := re.fullmatch(r"(?:until|till|up ?to)\s+(.+)", said):
        return today, max(today, _span(match[1], today)[1])
    ends = [part for part in _BETWEEN.split(said) if part]
    if len(ends) == 1:
        # "1-14 Dec 2026"
        if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s*-\s*(\d{1,2}\D.*)", said):
            last = _span(match[2], today)[1]
            return _ordered(date(last.year, last.month, _day(match[1], last)), last)
        if match := re.fullmatch(
            r"(\S*[a-z]\S*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|.*[a-z].*\d)-(\d.*|[a-z].*)", said
        ):
            try:
                return _ordered(_span(match[1], today)[0], _span(match[2], today)[1])
            except ValueError:
                pass  # the dash belongs to one date
        return _span(said, today)
    if len(ends) != 2:
        raise ValueError('is not a span of dates: write it like "2026-12-01..2026-12-14"')
    first_of_last, end = _span(ends[1], today)
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", ends[0]):  # "1st to 14th Dec"
        return _ordered(first_of_last.replace(day=_day(ends[0], end)), end)
    start = _span(ends[0], today)[0]
    if start > end and not re.search(r"\d{4}|\d[/.-]\d+[/.-]\d", ends[0]):
        start = start.replace(year=start.year - 1)  # "20 Dec to 5 Jan", said in late December
    if start > end and not re.search(r"\d{4}", ends[1]):
        end = end.replace(year=end.year + 1)
    return _ordered(start, end)


def _day(text: str, month: date) -> int:
    day = int(re.sub(r"\D", "", text))
    if not 1 <= day <= monthrange(month.year, month.month)[1]:
        raise ValueError("names a day that does not exist")
    return day


def _ordered(start: date, end: date) -> tuple[date, date]:
    if start > end:
        raise ValueError("ends before it begins")
    return start, end


def _span(said: str, today: date) -> tuple[date, date]:
    """The first and last day that one date, or a whole month, means."""
    said = said.strip(" .,")
    if match := _ISO.fullmatch(said):
        return _same(_valid(int(match[1]), int(match[2]), int(match[3])))
    if match := _NUMBERS.fullmatch(said):
        day, month, year = int(match[1]), int(match[2]), _year(match[3])
        if month > 12 >= day:  # 12/25/2026
            day, month = month, day
        return _same(_valid(year, month, day))
    if (match := _DAY_MONTH.fullmatch(said)) and match[2] in _MONTHS:
        return _same(_dated(int(match[1]), _MONTHS[match[2]], match[3], today))
    if (match := _MONTH_DAY.fullmatch(said)) and match[1] in _MONTHS:
        return _same(_dated(int(match[2]), _MONTHS[match[1]], match[3], today))
    if (match := _MONTH.fullmatch(said)) and match[1] in _MONTHS:
        month = _MONTHS[match[1]]
        year = int(match[2]) if match[2] else today.year + (month < today.month)
        return _month(year, month)
    if match := _YEAR_MONTH.fullmatch(said):
        return _month(int(match[1]), int(match[2]))
    raise ValueError('is not a date: write it like "2026-12-01"')


def _same(day: date) -> tuple[date, date]:
    return day, day


def _month(year: int, month: int) -> tuple[date, date]:
    first = _valid(year, month, 1)
    return first, first.replace(day=monthrange(year, month)[1])


def _year(text: str) -> int:
    digits = text.strip("'")
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return _valid(_year(year), month, day)
    this = _valid(today.year, month, day)
    return this if this >= today else _valid(today.year + 1, month, day)


def _valid(year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2200:
        raise ValueError("names a year that is not between 1900 and 2200")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("names a day that does not exist") from None


def _joined(spans: list[tuple[date, date]]) -> tuple[DateSpan, ...]:
    joined: list[tuple[date, date]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + timedelta(days=1):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(DateSpan(from_=start, to=end) for start, end in joined)
