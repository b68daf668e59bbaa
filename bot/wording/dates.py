"""Dates on which someone must be free."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from bot.talent import DateSpan
from bot.wording.reading import Reading, Span, one_of

_MONTHS = {
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
_WEEKDAYS = {
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

_END = r"(?![\w\u0900-\u097f])"
_MONTH = rf"(?<![\w\u0900-\u097f]){one_of(_MONTHS)}{_END}\.?"
_NTH = r"(?:st|nd|rd|th|ra|do|er)?(?![\d:])"
_YEAR = r"(?:\s*,?\s*(?P<{0}>20[2-4]\d))?"
_TO = r"\s*(?:-+|to|till?|until|through|thru|and|&|se|से|ते|au|al?|/)\s*(?:the\s+)?"


def _m(name: str) -> str:
    return rf"(?P<{name}>{_MONTH})"


def _d(name: str) -> str:
    return rf"(?<![\d.,])(?P<{name}>3[01]|[12]\d|0?[1-9]){_NTH}"


def _y(name: str) -> str:
    return _YEAR.format(name)


_OF = r"\s*(?:of\s+|de\s+)?"
_PATTERNS = {
    "iso": re.compile(
        r"\b(?P<a>20\d\d-\d\d-\d\d)(?:\s*(?:-|to|until|through|and|/|"
        r"till)\s*(?P<b>20\d\d-\d\d-\d\d))?\b"
    ),
    "slashed": re.compile(
        r"(?<![\d/.])(?P<a>\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d)"
        r"(?:\s*(?:-|to|until|through|and|"
        r"till)\s*(?P<b>\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d))?(?![\d/])"
    ),
    "days_month_to_days_month": re.compile(
        rf"{_d('d1')}{_OF}{_m('m1')}{_y('y1')}{_TO}{_d('d2')}{_OF}{_m('m2')}{_y('y2')}"
    ),
    "month_day_to_month_day": re.compile(
        rf"{_m('m1')}\s*{_d('d1')}{_y('y1')}{_TO}{_m('m2')}\s*{_d('d2')}{_y('y2')}"
    ),
    "days_of_month": re.compile(
        rf"{_d('d1')}(?:\s*,\s*\d{{1,2}}(?:st|nd|rd|th)?)*{_TO}{_d('d2')}{_OF}{_m('m1')}{_y('y1')}"
    ),
    "month_days": re.compile(rf"{_m('m1')}\s*{_d('d1')}{_TO}{_d('d2')}(?!\s*:){_y('y1')}"),
    "part": re.compile(
        r"(?<!\w)(?:(?P<which>first|second|third|fourth|last|1st|2nd|3rd|4th|final|pehle?)\s+"
        r"(?:(?P<count>[2-4])\s+)?(?P<unit>weeks?|fortnight|half|hafte)"
        r"|(?P<stage>early|mid|middle|late|end|beginning|start)(?:\s*-\s*|\s+))"
        r"\s*(?:of\s+|in\s+)?(?:the month of )?"
        rf"{_m('m1')}{_y('y1')}"
    ),
    "weekend_of": re.compile(
        rf"\bweekend of (?:the )?(?:{_d('d1')}{_OF}{_m('m1')}|{_m('m2')}\s*{_d('d2')}){_y('y1')}"
    ),
    "day_month": re.compile(rf"{_d('d1')}{_OF}{_m('m1')}{_y('y1')}"),
    "month_day": re.compile(rf"{_m('m1')}\s*{_d('d1')}{_y('y1')}(?!\s*[%\w])"),
    "months": re.compile(rf"{_m('m1')}{_y('y1')}{_TO}{_m('m2')}{_y('y2')}"),
    "month": re.compile(rf"{_m('m1')}{_y('y1')}"),
    "relative": re.compile(
        r"\b(?P<rel>today|tonight|tomorrow|day after tomorrow|this week(?!end)|next week(?!end)|"
        r"the coming week|coming week|this coming week|this weekend|the weekend|coming weekend|"
        r"next weekend|this month|next month|rest of (?:the|this) month|is hafte|agle hafte|agle "
        r"haftey|is mahine|agle mahine|agle mahiney|aaj|the week after next|week after next)\b"
        r"|(?P<hindi>अगले महीने|अगले हफ़्ते|अगले हफ्ते|इस महीने|इस हफ्ते|इस हफ़्ते|आज|"
        r"पुढच्या महिन्यात|पुढच्या आठवड्यात)"
    ),
    "next_days": re.compile(
        r"\b(?:for |over |in )?(?:the )?(?:next|coming)\s+(?P<count>\d{1,2}|few|couple of)\s+"
        r"(?P<unit>days|weeks|months)\b"
    ),
    "weekday": re.compile(
        rf"\b(?:on\s+)?(?P<next>next |this |coming )?(?P<day>{one_of(_WEEKDAYS)}){_END}"
        rf"(?:\s*(?:-|to|till|through|until)\s*(?P<last>{one_of(_WEEKDAYS)}){_END})?"
    ),
}
_ASKED = re.compile(
    r"\b(?:available|availability|avail|avails|free|dates?|shoot(?:s|ing)?|shoot days?|filming|"
    r"films|work(?:ing)?|schedule[ds]?|needed|need|rehears\w+|travel\w*|open|unbooked|khali|khaali|"
    r"uplabdh|start(?:s|ing)?|disponible|libre|between|during|on|in|for|from|this|next|throughout|"
    r"all of|whole of|entire|days?)\b|उपलब्ध|खाली|शूट|में"
)
_STORY = re.compile(
    r"\b(?:set in|set on|set during|born|released?|since|year|died|history|era|back in|festival of|"
    r"audition(?:s|ing)?|casting|deadline|due|submit|submissions?|submitting|apply|reply by|by|"
    r"callbacks?|self[ -]?tapes?|before|posted|updated)\b[^.;\n]{0,24}$"
)
_WORDY = {
    "may",
    "march",
    "mar",
    "mars",
    "mai",
    "sat",
    "sun",
    "mon",
    "wed",
    "me",
    "jan",
    "jun",
    "dec",
}
_UNTIL = re.compile(r"\b(?:until|till|through|up to)\s*(?:the )?$")
_LEAD = re.compile(
    r"(?:\b(?:(?:who(?:'s| is| are)?\s+)?(?:must be |should be |to be )?(?:is |are )?"
    r"(?:available|free|open|availability|avail(?:s)?|khali|disponible|libre)\b\s*)?"
    r"(?:(?:dates?|shoot(?:ing|s)?(?: dates?| days?)?|filming)\s*[:=]?\s*)?(?:\b(?:only|is|are|"
    r"from|between|on|in|for|during|the|all of|throughout|over|entre|del?|du|le|en|pour|para|all|"
    r"any ?time|whole)\b\s*)*[:=]?\s*)$"
)
_TAIL = re.compile(
    r"\s*(?:(?:mein|me|ko|में|को|ke liye)(?![\w\u0900-\u097f])\s*)?(?:(?:available|free|khali|"
    r"khaali|uplabdh|availability)\b(?:\s*(?:ho|hai|hon)\b)?|(?:उपलब्ध|खाली)(?:\s*(?:हो|है))?)?"
)


def read_dates(reading: Reading) -> tuple[DateSpan, Span] | None:
    """The days on which someone must be free, and where they stand.

    A date without a year is the next to come. Dates of a story or of a deadline are not meant.
    """
    for form, pattern in _PATTERNS.items():
        for match in pattern.finditer(reading.digits):
            if not _is_asked(reading, form, match):
                continue
            days = _days(form, match, reading.today)
            if days is None or days[1] < reading.today:
                continue
            return _taken(reading, match, *days)
    return None


def _is_asked(reading: Reading, form: str, match: re.Match[str]) -> bool:
    before = reading.digits[reading.sentence(match.start()).start : match.start()]
    if _STORY.search(before):
        return False
    if form not in ("month", "weekday", "months"):
        return True
    said = match.group().strip().split()[0].rstrip(".")
    sentence = reading.sentence(match.start())
    whole = reading.digits[sentence.start : sentence.end]
    if said in _WORDY:
        capital = reading.original[match.start()].isupper() and not reading.original.isupper()
        close = re.search(r"\b(?:in|for|during|from|until|of|available|free|early|on)\s+$", before)
        return bool(close) and (capital or said in ("may", "march")) and "may not" not in whole
    if re.search(r"\b(?:called|named|name)\s+$", before):
        return False
    return bool(_ASKED.search(whole)) or whole.strip(" .,;") == match.group().strip()


def _taken(
    reading: Reading, match: re.Match[str], first: date, last: date
) -> tuple[DateSpan, Span]:
    before = reading.digits[: match.start()]
    if _UNTIL.search(before):
        first = reading.today
    start, end = match.start(), match.end()
    lead = _LEAD.search(before)
    if lead:
        start = lead.start()
    tail = _TAIL.match(reading.digits, end)
    if tail:
        end = tail.end()
    reading.take(start, end)
    return DateSpan(from_=max(first, min(reading.today, last)), to=last), Span(start, end)


def _days(form: str, match: re.Match[str], today: date) -> tuple[date, date] | None:
    try:
        first, last = _READERS[form](match, today)
    except (ValueError, OverflowError):
        return None  # "31 February"
    return (first, last) if first <= last else None


def _iso(match: re.Match[str], today: date) -> tuple[date, date]:
    return date.fromisoformat(match["a"]), date.fromisoformat(match["b"] or match["a"])


def _slashed(match: re.Match[str], today: date) -> tuple[date, date]:
    def read(text: str) -> date:
        day, month, year = (int(part) for part in re.split(r"[/.]", text))
        if month > 12:
            day, month = month, day
        return date(year if year > 99 else 2000 + year, month, day)

    return read(match["a"]), read(match["b"] or match["a"])


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
    wraps = (last_month, last_day) < (first_month, first_day)
    first = date(today.year, first_month, first_day)
    last = date(today.year + wraps, last_month, last_day)
    if last < today:
        return first.replace(year=first.year + 1), last.replace(year=last.year + 1)
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
    ahead = (_WEEKDAYS[match["day"]] - today.weekday()) % 7
    if (match["next"] or "").strip() == "next":
        ahead = 7 - today.weekday() + _WEEKDAYS[match["day"]]
    first = today + timedelta(ahead)
    span = (_WEEKDAYS[match["last"]] - _WEEKDAYS[match["day"]]) % 7 if match["last"] else 0
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
    return _MONTHS[text.strip().rstrip(".")]


def _whole_month(month: int, year: str | None, today: date) -> tuple[date, date]:
    chosen = int(year) if year else today.year + (month < today.month)
    return date(chosen, month, 1), date(chosen, month, monthrange(chosen, month)[1])


_READERS = {
    "iso": _iso,
    "slashed": _slashed,
    "days_month_to_days_month": _month_days,
    "month_day_to_month_day": _month_days,
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


def date_words() -> Iterator[str]:
    """The names of months and weekdays, which are never a person's name here."""
    yield from _MONTHS
    yield from _WEEKDAYS
