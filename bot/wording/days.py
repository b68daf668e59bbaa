"""The first and the last day of what a date pattern of `dates.py` has matched."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier enero janwari जनवरी जानेवारी",
            "february feb fevrier febrero farvari फरवरी फ़रवरी फेब्रुवारी",
            "march mar mars marzo मार्च",
            "april apr avril abril अप्रैल एप्रिल",
            "may mai mayo मई मे",
            "june jun juin junio जून",
            "july jul juillet julio जुलाई जुलै",
            "august aug aout agosto अगस्त ऑगस्ट",
            "september sept sep septembre septiembre सितंबर सितम्बर सप्टेंबर",
            "october oct octobre octubre aktubar अक्टूबर अक्तूबर ऑक्टोबर",
            "november nov novembre noviembre navambar नवंबर नवम्बर नोव्हेंबर",
            "december dec decembre diciembre disambar दिसंबर दिसम्बर डिसेंबर",
        ),
        start=1,
    )
    for name in names.split()
}
HOLIDAYS = {
    "christmas eve": (12, 24), "christmas": (12, 25), "christmas day": (12, 25), "xmas": (12, 25),
    "boxing day": (12, 26), "new year's eve": (12, 31), "new years eve": (12, 31), "nye": (12, 31),
    "new year": (1, 1), "new year's": (1, 1), "new years": (1, 1), "new year's day": (1, 1),
}  # fmt: skip
"""Those that have the same date each year, as month and day."""
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon somvar सोमवार", "tuesday tue tues mangalvar मंगलवार",
            "wednesday wed budhvar बुधवार", "thursday thu thurs guruvar गुरुवार",
            "friday fri shukravar शुक्रवार", "saturday sat shanivar शनिवार",
            "sunday sun ravivar रविवार",
        )
    )
    for name in names.split()
}  # fmt: skip


def _iso(match: re.Match[str], today: date) -> tuple[date, date]:
    return date.fromisoformat(match["a"]), date.fromisoformat(match["b"] or match["a"])


def _slashed(match: re.Match[str], today: date) -> tuple[date, date]:
    def read(text: str) -> date:
        day, month, year = (int(part) for part in re.split(r"[/.]", text))
        if month > 12:
            day, month = month, day
        return date(year if year > 99 else 2000 + year, month, day)

    return read(match["a"]), read(match["b"] or match["a"])


def _slashed_short(match: re.Match[str], today: date) -> tuple[date, date]:
    """Day and month, in this order unless only the other makes sense."""

    def read(text: str) -> tuple[int, int]:
        day, month = (int(part) for part in text.split("/"))
        return (day, month) if month > 12 else (month, day)

    return _next_to_come(read(match["a"]), read(match["b"] or match["a"]), today)


def _holidays(match: re.Match[str], today: date) -> tuple[date, date]:
    return _next_to_come(HOLIDAYS[match["a"]], HOLIDAYS[match["b"] or match["a"]], today)


def _month_days(match: re.Match[str], today: date) -> tuple[date, date]:
    groups = match.groupdict()
    first_month = _month(groups["m1"])
    last_month = _month(groups.get("m2") or groups["m1"])
    first_day, last_day = int(groups["d1"]), int(groups.get("d2") or groups["d1"])
    year = groups.get("y1") or groups.get("y2")
    if year:
        last_year = int(groups.get("y2") or year)
        first_year = int(groups.get("y1") or year)
        if not groups.get("y1") and first_month > last_month:
            first_year -= 1
        elif not groups.get("y2") and first_month > last_month:
            last_year += 1
        return date(first_year, first_month, first_day), date(last_year, last_month, last_day)
    return _next_to_come((first_month, first_day), (last_month, last_day), today)


def _next_to_come(first: tuple[int, int], last: tuple[int, int], today: date) -> tuple[date, date]:
    """The next time that it is from one month and day to another, or within it now."""
    begins, ends = date(today.year, *first), date(today.year + (last < first), *last)
    if ends < today:
        return begins.replace(year=begins.year + 1), ends.replace(year=ends.year + 1)
    return begins, ends


def _to_day(match: re.Match[str], today: date) -> tuple[date, date]:
    first, last = _month_days(match, today)
    if int(match["d2"]) <= int(match["d1"]):
        raise ValueError("a number that is no day after the first")
    return first, last


def _weekend_of(match: re.Match[str], today: date) -> tuple[date, date]:
    groups = match.groupdict()
    month, day = _month(groups["m1"] or groups["m2"]), int(groups["d1"] or groups["d2"])
    year = int(groups["y1"] or today.year)
    named = date(year, month, day)
    if not groups["y1"] and named < today:
        named = named.replace(year=year + 1)
    saturday = named + timedelta(-1 if named.weekday() == 6 else 5 - named.weekday())
    return saturday, saturday + timedelta(1)


def _part(match: re.Match[str], today: date) -> tuple[date, date]:
    """A part of a month: counted weeks, a half, or its beginning, middle or end of ten days."""
    first, last = _whole_month(_month(match["m1"]), match["y1"], today)
    which, unit = match["which"] or match["stage"], (match["unit"] or "").rstrip("s")
    from_end = which in ("last", "final", "late", "end")
    if unit in ("week", "hafte", "fortnight"):
        days = 7 * int(match["count"] or 1) * (2 if unit == "fortnight" else 1)
        start = first + timedelta(7 * _NTH_WEEK.get(which, 0))
        whole = (start, min(start + timedelta(days - 1), last))
        return (last - timedelta(days - 1), last) if from_end else whole
    if unit == "half":
        middle = first + timedelta(13 if first.month == 2 else 14)
        later = from_end or which in ("second", "2nd")
        return (middle + timedelta(1), last) if later else (first, middle)
    if which in ("mid", "middle"):
        return first + timedelta(10), first + timedelta(19)
    return (first + timedelta(20), last) if from_end else (first, first + timedelta(9))


def _months(match: re.Match[str], today: date) -> tuple[date, date]:
    groups = match.groupdict()
    first, last = _whole_month(_month(groups["m1"]), groups["y1"] or groups.get("y2"), today)
    if groups.get("m2"):
        second = _month(groups["m2"])
        year = int(groups["y2"]) if groups["y2"] else first.year + (second < first.month)
        last = date(year, second, monthrange(year, second)[1])
        if groups["y2"] and not groups["y1"] and first > last:
            first = first.replace(year=first.year - 1)
    return first, last


def _relative(match: re.Match[str], today: date) -> tuple[date, date]:
    said = (match["rel"] or match["hindi"]).strip()
    if said in _DAYS_AHEAD:
        day = today + timedelta(_DAYS_AHEAD[said])
        return day, day
    monday = today - timedelta(today.weekday())
    if "weekend" in said:
        saturday = monday + timedelta(12 if said.startswith("next") else 5)
        return saturday, saturday + timedelta(1)
    later = said.startswith(_LATER)
    if _WEEK.search(said):
        first = monday + timedelta(14 if "after next" in said else 7)
        return (first, first + timedelta(6)) if later else (today, monday + timedelta(6))
    end = today.replace(day=monthrange(today.year, today.month)[1])
    following = end + timedelta(1)
    month_after = following.replace(day=monthrange(following.year, following.month)[1])
    return (following, month_after) if later else (today, end)


def _next_days(match: re.Match[str], today: date) -> tuple[date, date]:
    said = match["count"]
    count = int(said) if said.isdigit() else 3 if said == "few" else 2
    days = count * {"days": 1, "weeks": 7, "months": 30}[match["unit"]]
    return today, today + timedelta(days)


def _weekday(match: re.Match[str], today: date) -> tuple[date, date]:
    ahead = (WEEKDAYS[match["day"]] - today.weekday()) % 7
    if (match["next"] or "").strip() == "next":
        ahead = 7 - today.weekday() + WEEKDAYS[match["day"]]
    first = today + timedelta(ahead)
    span = (WEEKDAYS[match["last"]] - WEEKDAYS[match["day"]]) % 7 if match["last"] else 0
    return first, first + timedelta(span)


_NTH_WEEK = {"second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_DAYS_AHEAD = {
    "today": 0,
    "tonight": 0,
    "aaj": 0,
    "आज": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}
_LATER = (
    "next",
    "agle",
    "coming",
    "the coming",
    "this coming",
    "the week after next",
    "week after next",
    "अगले",
    "पुढच्या",
)
_WEEK = re.compile(r"week|haft|हफ|आठवड")


def _month(text: str) -> int:
    return MONTHS[text.strip().rstrip(".")]


def _whole_month(month: int, year: str | None, today: date) -> tuple[date, date]:
    chosen = int(year) if year else today.year + (month < today.month)
    return date(chosen, month, 1), date(chosen, month, monthrange(chosen, month)[1])


READERS: Mapping[str, Callable[[re.Match[str], date], tuple[date, date]]] = {
    "iso": _iso,
    "slashed": _slashed,
    "slashed_short": _slashed_short,
    "holidays": _holidays,
    "days_month_to_days_month": _month_days,
    "month_day_to_month_day": _month_days,
    "day_month_to_day": _to_day,
    "days_of_month": _month_days,
    "month_days": _month_days,
    "part": _part,
    "weekend_of": _weekend_of,
    "day_month": _month_days,
    "month_day": _month_days,
    "months": _months,
    "month": _months,
    "relative": _relative,
    "next_days": _next_days,
    "weekday": _weekday,
}
