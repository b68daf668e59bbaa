"""What a message asks of the past: of whom, of when, and what an answer would have in it."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.conversation import Author
from memory.passages import passage


@dataclass(frozen=True, slots=True)
class Question:
    """A message as memory is asked it."""

    words: str
    """Without the names of those who speak: whose words they are is known of every episode."""
    about: frozenset[str]
    """Whose words are looked for, by the platform's ids; "" stands for us. Empty: anybody's."""
    fits: str
    """What an answer has in it, as a pattern of Postgres's; empty where nothing is known of it."""
    spans: tuple[tuple[datetime, datetime], ...]
    """When it was said, about, if the message names a time."""


def understand(text: str, asker: Author, at: datetime, authors: Sequence[Author]) -> Question:
    """`at`: when it is asked. `authors`: who speaks in what is searched."""
    named = [author for author in authors if _names(text, author.name)]
    about = {author.external_id for author in named}
    if _OUR_WORDS.search(text):
        about.add("")
    elif _OWN_WORDS.search(text):
        about.add(asker.external_id)
    return Question(
        words=passage(text, [author.name for author in named]),
        about=frozenset(about) if len(about) == 1 else frozenset(),
        fits=next((pattern for asks, pattern in _ANSWERS if asks.search(text)), ""),
        spans=tuple(_spans(text, at)),
    )


# --- who --------------------------------------------------------------------------------------

_OWN_WORDS = re.compile(
    r"\b(did|do|have|had|was|were|am) (I|we)\b|\bI('ve| have)? (said|told|mentioned|asked|wanted|"
    r"liked|decided|shared|gave)\b|\bremind me\b|\bmaine\b|मैंने|\bdije\b|\bj'ai dit\b",
    re.IGNORECASE,
)
_OUR_WORDS = re.compile(
    r"\b(did|have|had) you\b|\byou('ve| have)? (just )?(said|told|mentioned|suggested|recommended|"
    r"showed|found|listed|proposed)\b|\byour (last )?(suggestion|answer|reply|list)s?\b",
    re.IGNORECASE,
)

_ALSO_WORDS = frozenset(
    ["will", "may", "mark", "hope", "joy", "grace", "rose", "june", "april", "august", "art"]
)
"""Names that are ordinary words too: only a capital tells."""


def _names(text: str, name: str) -> bool:
    """Whether the text names somebody by their full name or the first part of it."""
    first = next(iter(name.split()), "")
    if len(first) < 2:
        return False
    exactly = first.casefold() in _ALSO_WORDS
    found = re.search(rf"(?<!\w){re.escape(first)}(?!\w)", text, 0 if exactly else re.IGNORECASE)
    return found is not None


# --- what an answer has in it -----------------------------------------------------------------

_MONTHS = tuple(month_name)[1:]
_TIMES = (
    r"yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|month|year|recently|just|since|"
    r"(mon|tues|wednes|thurs|fri|satur|sun)day|kal|aaj|parso|hafte|mahine|ayer|hoy|mañana|semana|"
    r"mes|hier|demain|semaine|कल|आज|परसों|हफ़्ते|महीने"
)
_ANSWERS = (
    (
        re.compile(
            r"\bwhen\b|\b(what|which) (date|day|month|year|week)\b|\bhow long\b|\bkab\b|कब|"
            r"\bcu[aá]ndo\b|\bquand\b",
            re.IGNORECASE,
        ),
        rf"\y({_TIMES}|{'|'.join(_MONTHS)})\y|\y\d{{4}}\y",
    ),
    (
        re.compile(
            r"\bhow (many|much|old|often)\b|\bkitn[aei]\b|कितन|\bcu[aá]nt[oa]s?\b|\bcombien\b",
            re.IGNORECASE,
        ),
        r"\y(\d+|one|two|three|four|five|six|seven|eight|nine|ten|few|several|couple|once|twice)\y",
    ),
)


# --- when -------------------------------------------------------------------------------------

_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{'|'.join(_MONTHS)})\b"
    r"(?: (?P<day_after>\d{1,2})(?:st|nd|rd|th)?\b)?(?:,? (?P<year>\d{4}))?"
)
_AGO = re.compile(
    r"\b(?P<number>\d+|a|an|one|two|three|four|five|six|few|couple of) "
    r"(?P<unit>day|week|month|year)s? ago\b",
    re.IGNORECASE,
)
_LATELY = re.compile(r"\b(today|yesterday|last week|last month|this week|kal|aaj)\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_LATELY_DAYS = {
    "today": (0, 0),
    "aaj": (0, 0),
    "yesterday": (1, 1),
    "kal": (1, 1),
    "this week": (6, 0),
    "last week": (13, 1),
    "last month": (61, 1),
}
_YEARS = 10
"""How far back a month without a year may lie."""


def _spans(text: str, at: datetime) -> list[tuple[datetime, datetime]]:
    """The times that the text names, first and last moment."""
    spans = []
    for found in _DATE.finditer(text):
        month = _MONTHS.index(found["month"]) + 1
        day = int(found["day"] or found["day_after"] or 0)
        years = [int(found["year"])] if found["year"] else range(at.year - _YEARS, at.year + 1)
        for year in years:
            spans.extend(_in(year, month, day))
    for found in _AGO.finditer(text):
        unit = _DAYS[found["unit"].lower()]
        number = found["number"].lower()
        many = int(number) if number.isdecimal() else _NUMBERS.get(number, 3)
        around = at - timedelta(days=min(unit * many, 365 * 100))
        spans.append((around - timedelta(days=unit / 2), around + timedelta(days=unit / 2)))
    for found in _LATELY.finditer(text):
        first, last = _LATELY_DAYS[found[1].lower()]
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        spans.append((midnight - timedelta(days=first), midnight - timedelta(days=last - 1)))
    return spans


def _in(year: int, month: int, day: int) -> list[tuple[datetime, datetime]]:
    """The day, or with 0 the whole month; nothing where there is no such day."""
    try:
        first = datetime(year, month, day or 1, tzinfo=UTC)
    except ValueError:
        return []
    return [(first, first + timedelta(days=1 if day else 31))]
