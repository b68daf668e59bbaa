"""Relative dates in a sentence that is kept: "tomorrow" means nothing a week later."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from bot.wording.days import WEEKDAYS

_DAY = re.compile(
    r"\b(?:(?P<lead>from|since|starting|until|till|by|on|for|before|after|to|of|early|mid|"
    r"late)\s+)?"
    r"(?:(?P<day>today|tonight|tomorrow|tmrw|day after tomorrow|yesterday|kal|aaj)"
    r"|(?P<which>next|this|last|coming)\s+(?P<unit>weekend|week|month|year|[a-z]+day)|"
    r"(?P<weekday>[a-z]+day)"
    r"|in\s+(?P<count>\d{1,2}|a|two|three|four)\s+(?P<units>days?|weeks?|fortnights?|months?)"
    r"|(?P<ago>\d{1,2}|a|two|three|four)\s+(?P<ago_units>days?|weeks?|months?)\s+ago)\b",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(
    r"(?:\b(?P<lead>from|since|starting|until|till|by|before|after|on|in|to|for|of|early|mid|late)"
    r"\s+(?:the\s+)?)?"
    r"(?:\b(?P<d>3[01]|[12]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>[A-Z][a-z]{2,8})"
    r"|\b(?P<m2>[A-Z][a-z]{2,8})\s+(?P<d2>3[01]|[12]?\d)(?:st|nd|rd|th)?"
    r"|(?<=\s)(?P<m3>January|February|March|April|May|June|July|August|September|October|November"
    r"|December))\b(?:,?\s+(?P<y>20\d\d))?"
)
_OF_THE_MONTH = re.compile(
    r"\b(?P<lead>from|since|starting|until|till|by|before|after|on)\s+the\s+"
    r"(?P<d>3[01]|[12]?\d)(?:st|nd|rd|th)\b(?!\s+(?:of\b|[A-Z]|floor|take|time|round|draft))"
)
_MONTHS = {name.lower(): number for number, name in enumerate(month_name) if name}
_NUMBERS = {"a": 1, "two": 2, "three": 3, "four": 4}
_OFFSETS = {"tomorrow": 1, "tmrw": 1, "kal": 1, "day after tomorrow": 2, "yesterday": -1}
_IN_NUMBERS = re.compile(
    r"\b(?P<lead>from|since|starting|until|till|by|before|after|on|to)\s+"
    r"(?P<d>3[01]|[012]?\d)/(?P<m>1[0-2]|0?[1-9])(?:/(?:20)?(?P<y>\d\d))?(?![\w/])"
)
"""Day and month, in that order, as everywhere in this project."""
_WAS = re.compile(r"\b(?:was|were|tha|thi|the|hua|hui|kiya|gaya|gayi)\b", re.IGNORECASE)
_UNTIL = {"until", "till", "by", "before"}
_FROM = {"from", "since", "starting", "after"}


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence with its dates in full, and from when until when it says that it holds."""

    text: str
    valid_from: date | None = None
    valid_until: date | None = None


def dated(text: str, today: date) -> Dated:
    """`text` as somebody said it on `today`, understood on any day."""
    valid_from: date | None = None
    valid_until: date | None = None

    def replace(match: re.Match[str]) -> str:
        nonlocal valid_from, valid_until
        days = _days(match, today, is_past=_WAS.search(text) is not None)
        if days is None:
            return match.group()
        first, last = days
        lead = (match["lead"] or "").lower()
        if lead in _FROM:
            valid_from = first
        elif lead in _UNTIL:
            valid_until = last
        if first == last:
            return f"{match['lead'] or 'on'} {full(first)}"
        return f"{match['lead'] or 'in'} {_span(first, last)}"

    def complete(match: re.Match[str]) -> str:
        nonlocal valid_from, valid_until
        day = _absolute(match, today)
        if day is None:
            return match.group()
        lead = (match["lead"] or "").lower()
        if not lead and match["m3"]:
            return match.group()
        if lead in _UNTIL:
            last = monthrange(day.year, day.month)[1]
            valid_until = valid_until or (day.replace(day=last) if match["m3"] else day)
        elif lead in _FROM:
            valid_from = valid_from or day
        return match.group() if match["y"] else f"{match.group()} {day.year}"

    def next_such(match: re.Match[str]) -> str:
        day = _next_day(int(match["d"]), today)
        return f"{match['lead']} {day.day} {day:%B}"

    text = _IN_NUMBERS.sub(_in_words, text)
    text = _DAY.sub(replace, _OF_THE_MONTH.sub(next_such, text))
    text = _ABSOLUTE.sub(complete, text)
    return Dated(text, valid_from, valid_until)


def _in_words(match: re.Match[str]) -> str:
    year = f" 20{match['y']}" if match["y"] else ""
    return f"{match['lead']} {int(match['d'])} {month_name[int(match['m'])]}{year}"


def full(day: date) -> str:
    """A date as people write it: 3 May 2026."""
    return f"{day.day} {day:%B %Y}"


def _span(first: date, last: date) -> str:
    if (first.day, last.day) == (1, monthrange(last.year, last.month)[1]):
        if (first.month, last.month) == (1, 12):
            return f"{first.year}"
        return f"{first:%B %Y}"
    return f"the {'weekend' if (last - first).days == 1 else 'week'} of {full(first)}"


def _days(match: re.Match[str], today: date, *, is_past: bool = False) -> tuple[date, date] | None:
    """The first and the last day meant; "kal" is tomorrow, or yesterday of what is past."""
    found: date | None = None
    if day := match["day"]:
        ahead = _OFFSETS.get(day.lower(), 0)
        found = today + timedelta(days=-ahead if is_past and day.lower() == "kal" else ahead)
    elif count := match["count"]:
        found = _moved(today, _number(count), match["units"])
    elif count := match["ago"]:
        found = _moved(today, -_number(count), match["ago_units"])
    elif (weekday := (match["weekday"] or "").lower()) in WEEKDAYS:
        found = today + timedelta(days=(WEEKDAYS[weekday] - today.weekday() - 1) % 7 + 1)
    elif match["which"]:
        return _counted(match["which"].lower(), match["unit"].lower(), today)
    return (found, found) if found else None


def _counted(which: str, unit: str, today: date) -> tuple[date, date] | None:
    """ "Next week", "last Monday"."""
    step = {"next": 1, "coming": 1, "this": 0, "last": -1}[which]
    if unit == "weekend":
        saturday = today - timedelta(days=today.weekday() - 5) + timedelta(weeks=step)
        return saturday, saturday + timedelta(days=1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        first = _moved(today.replace(day=1), step, "month")
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    if unit not in WEEKDAYS:
        return None
    ahead = (WEEKDAYS[unit] - today.weekday()) % 7
    if step < 0:
        ahead = ahead - 7 if ahead else -7
    elif which == "next" and ahead == 0:
        ahead = 7
    found = today + timedelta(days=ahead)
    return found, found


def _moved(day: date, count: int, units: str) -> date:
    if units.startswith("day"):
        return day + timedelta(days=count)
    if units.startswith("week"):
        return day + timedelta(weeks=count)
    if units.startswith("fortnight"):
        return day + timedelta(weeks=2 * count)
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next_day(number: int, today: date) -> date:
    """The next day of a month that has this number: "till the 20th"."""
    day = today
    while day.day != number:
        day += timedelta(days=1)
    return day


def _number(text: str) -> int:
    return _NUMBERS.get(text.lower()) or int(text)


def _absolute(match: re.Match[str], today: date) -> date | None:
    """The date written out; without a year, the one nearest to come, or past after "since"."""
    name = (match["m"] or match["m2"] or match["m3"]).lower()
    number = next((n for month, n in _MONTHS.items() if month.startswith(name[:3])), None)
    if number is None or not any(month.startswith(name) for month in _MONTHS):
        return None
    try:
        day = int(match["d"] or match["d2"] or 1)
        if match["y"]:
            return date(int(match["y"]), number, day)
        found = date(today.year, number, day)
        if match["lead"] and match["lead"].lower() == "since":
            return found if found <= today else date(today.year - 1, number, day)
        is_past = found.month < today.month if match["m3"] else found < today
        return date(today.year + 1, number, day) if is_past else found
    except ValueError:
        return None
