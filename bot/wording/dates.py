"""Dates on which someone must be free."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.talent import DateSpan
from bot.wording.days import HOLIDAYS, MONTHS, READERS, WEEKDAYS
from bot.wording.open_dates import open_dates
from bot.wording.reading import Reading, Span, one_of

_END = r"(?![\w\u0900-\u097f])"
_MONTH = rf"(?<![\w\u0900-\u097f]){one_of(MONTHS)}{_END}\.?"
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
_SHORT = r"(?P<{0}>(?:3[01]|[12]\d|0?[1-9])/(?:3[01]|[12]\d|0?[1-9]))"
_HOLIDAY = one_of(HOLIDAYS)
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
    "slashed_short": re.compile(
        rf"(?<![\d/.$£€₹]){_SHORT.format('a')}"
        rf"(?:\s*(?:-|to|until|through|and|till)\s*{_SHORT.format('b')})?(?![\d/.])"
    ),
    "holidays": re.compile(
        rf"\b(?P<a>{_HOLIDAY}){_END}(?:{_TO}(?P<b>{_HOLIDAY}){_END})?(?!\s+(?:ad|film|special)\b)"
    ),
    "days_month_to_days_month": re.compile(
        rf"{_d('d1')}{_OF}{_m('m1')}{_y('y1')}{_TO}{_d('d2')}{_OF}{_m('m2')}{_y('y2')}"
    ),
    "month_day_to_month_day": re.compile(
        rf"{_m('m1')}\s*{_d('d1')}{_y('y1')}{_TO}{_m('m2')}\s*{_d('d2')}{_y('y2')}"
    ),
    "day_month_to_day": re.compile(
        rf"{_d('d1')}{_OF}{_m('m1')}{_y('y1')}\s*(?:-+|to|till?|until|through|thru|se|से)\s*(?:the\s+)?"
        rf"{_d('d2')}(?!\s*(?:years?|yrs?|yo|saal|days?|weeks?|ft|feet|cm|of\b)\b)(?![\w%/.,]\w|\w)"
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
        rf"\b(?:on\s+)?(?P<next>next |this |coming )?(?P<day>{one_of(WEEKDAYS)}){_END}"
        rf"(?:\s*(?:-|to|till|through|until)\s*(?P<last>{one_of(WEEKDAYS)}){_END})?"
    ),
}
_ASKED = re.compile(
    r"\b(?:available|availability|avail|avails|free|dates?|shoot(?:s|ing)?|shoot days?|filming|"
    r"films|work(?:ing)?|schedule[ds]?|needed|need|rehears\w+|travel\w*|open|unbooked|khali|khaali|"
    r"uplabdh|start(?:s|ing)?|disponible|libre|between|during|on|in|for|from|this|next|throughout|"
    r"all of|whole of|entire|days?|until|till|onwards?)\b|उपलब्ध|खाली|शूट|में"
)
_FREE_ON = re.compile(
    r"\b(?:available|availability|avails?|free|dates?|shoot(?:s|ing)?|shoot days?|filming|khali|"
    r"schedule|rehears\w+|disponible|libre)\b[^.;\n]{0,30}$"
)
_STORY = re.compile(
    r"\b(?:set in|set on|set during|born|released?|since|year|died|history|era|back in|festival of|"
    r"audition(?:s|ing)?|casting|deadline|due|submit|submissions?|submitting|apply|reply by|by|"
    r"callbacks?|self[ -]?tapes?|before|posted|updated)\b[^.;\n]{0,24}$"
)
_NO_START = re.compile(
    r"\s*,?\s*(?:1\d\d\d|20[01]\d)(?!\d)|\s*(?:se|ke|से|के)\s+(?:pehle|pahle|पहले)(?![\w\u0900-\u097f])"
)
"""A year long gone, or a deadline."""
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
_CLOSE_TO_MONTH = re.compile(
    r"\b(?:in|for|during|from|until|till|of|available|free|early|on|after|starting|beginning)\s+$"
)
_WEEK_OF = re.compile(
    r"(?<![\w/])(?:w/?[cb]|week (?:commencing|beginning|starting|of))\s*:?\s*"
    r"(?:(?:the|mon(?:day)?)\s+)?$"
)
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
    if _STORY.search(before) or _NO_START.match(reading.digits, match.end()):
        return False
    if form in ("slashed_short", "holidays"):
        return bool(_FREE_ON.search(before))
    if form not in ("month", "weekday", "months"):
        return True
    said = match.group().strip().split()[0].rstrip(".")
    sentence = reading.sentence(match.start())
    whole = reading.digits[sentence.start : sentence.end]
    dated = match.groupdict().get("y1")
    if said in _WORDY and not dated:
        capital = reading.original[match.start()].isupper() and not reading.original.isupper()
        close = _CLOSE_TO_MONTH.search(before)
        return bool(close) and (capital or said in ("may", "march")) and "may not" not in whole
    if re.search(r"\b(?:called|named|name)\s+$", before):
        return False
    if dated:  # an item of its own: "…, lip-sync, Feb 2027"
        clause = reading.clause(match.start())
        alone = reading.digits[clause.start : clause.end].strip(" .,;|")
    else:
        alone = whole.strip(" .,;")
    return bool(_ASKED.search(whole)) or alone == match.group().strip()


def _taken(
    reading: Reading, match: re.Match[str], first: date, last: date
) -> tuple[DateSpan, Span]:
    before = reading.digits[: match.start()]
    start, end = match.start(), match.end()
    if (week := _WEEK_OF.search(before)) and first == last:
        start, last = week.start(), first + timedelta(6)
    elif _UNTIL.search(before):
        first = reading.today
    elif found := open_dates(reading.digits, match, first, last):
        first, last, start, end = found
    lead = _LEAD.search(before[:start])
    if lead:
        start = lead.start()
    tail = _TAIL.match(reading.digits, end)
    if tail:
        end = tail.end()
    reading.take(start, end)
    return DateSpan(from_=max(first, min(reading.today, last)), to=last), Span(start, end)


def _days(form: str, match: re.Match[str], today: date) -> tuple[date, date] | None:
    try:
        first, last = READERS[form](match, today)
    except (ValueError, OverflowError):
        return None  # "31 February"
    return (first, last) if first <= last else None


def date_words() -> Iterator[str]:
    """The names of months and weekdays, which are never a person's name here."""
    yield from MONTHS
    yield from WEEKDAYS
