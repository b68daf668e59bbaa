"""What a message asks of the past: of whom, of when, and what an answer would have in it."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from bot.conversation import Author
from memory.passages import passage


class Wanted(Enum):
    """What an answer to a question has in it; of an episode it is read when it is kept."""

    TIME = auto()
    NUMBER = auto()
    NAME = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """A message as memory is asked it."""

    words: str
    """Without the names of those who speak: whose words they are is known of every episode."""
    about: frozenset[str]
    """Whose words are looked for, by the platform's ids; "" stands for us. Empty: anybody's."""
    first: str | None
    """Of several whom it names, the first: "what did Asha say of Ben's tape?" is of Asha."""
    wants: Wanted | None
    """What an answer has in it, where that is known."""
    spans: tuple[tuple[datetime, datetime], ...]
    """When it was said, about, if the message names a time."""


def understand(text: str, asker: Author, at: datetime, authors: Sequence[Author]) -> Question:
    """`at`: when it is asked. `authors`: who speaks in what is searched."""
    at_place = {author: _named_at(text, author.name) for author in authors}
    named = sorted((one for one in authors if at_place[one] >= 0), key=at_place.__getitem__)
    about = {author.external_id for author in named}
    if _OUR_WORDS.search(text):
        about.add("")
    elif _OWN_WORDS.search(text):
        about.add(asker.external_id)
    return Question(
        words=passage(text, [author.name for author in named]),
        about=frozenset(about) if len(about) == 1 else frozenset(),
        first=named[0].external_id if named and len(about) > 1 else None,
        wants=next((wanted for wanted, asks in _ASKS.items() if asks.search(text)), None),
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


def _named_at(text: str, name: str) -> int:
    """Where the text names somebody by their full name or the first part of it; -1 if nowhere."""
    first = next(iter(name.split()), "")
    if len(first) < 2:
        return -1
    exactly = first.casefold() in _ALSO_WORDS
    found = re.search(rf"(?<!\w){re.escape(first)}(?!\w)", text, 0 if exactly else re.IGNORECASE)
    return found.start() if found else -1


# --- what an answer has in it -----------------------------------------------------------------

_ASKS = {
    Wanted.TIME: re.compile(
        r"\bwhen\b|\b(what|which) (date|day|month|year|week)\b|\bhow long\b|\bkab\b|कब|"
        r"\bcu[aá]ndo\b|\bquand\b",
        re.IGNORECASE,
    ),
    Wanted.NUMBER: re.compile(
        r"\bhow (many|much|old|often)\b|\bkitn[aei]\b|कितन|\bcu[aá]nt[oa]s?\b|\bcombien\b",
        re.IGNORECASE,
    ),
    Wanted.NAME: re.compile(
        r"\b(who|where|names?|called|titles?|which)\b|"
        r"\bwhat (\w+ )?(cit(y|ies)|countr(y|ies)|places?|states?|towns?|agenc(y|ies)|films?|"
        r"movies?|shows?|series|plays?|projects?|books?|games?|bands?|songs?)\b|"
        r"\b(kaun|kahaa?n|naam)\b|कौन|कहाँ|नाम|\b(qui[eé]n(es)?|d[oó]nde|nombres?)\b|"
        r"\b(qui|où|noms?)\b",
        re.IGNORECASE,
    ),
}


# --- when -------------------------------------------------------------------------------------

_MONTHS = tuple(month_name)[1:]
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
