"""What a phrase names: a project, and which attribute of a talent it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from bot.talent import Criteria
from bot.vocabulary import canonical_city, canonical_language, canonical_skill
from bot.wording import describe
from bot.wording.dates import date_words

_PART = r"(?!(?:I|We)\b)[A-Z0-9][\w&-]*(?:['’](?:s(?=\s+[A-Z])|(?!s\b)\w+))*"
_NAME = (
    rf"(?=[A-Z])(?:{_PART}\s+to\s+(?=[A-Z]))?"
    rf"{_PART}(?:\s+(?:{_PART}|of|the|and|(?:in|on|to) the(?=\s+[A-Z])))*"
    r"(?<!\sof)(?<!\sthe)(?<!\sand)"
)
NAME = (
    rf"(?:[\"“'‘*_]{{1,2}}(?P<quoted>[^\"”'’*_]{{2,60}})[\"”'’*_]{{1,2}}|(?P<name>(?-i:{_NAME})))"
)
"""A title as people write it: in capitals or in quotation marks."""

PERSON_NAME = r"(?-i:[A-Z][\w'’-]+(?:\s+[A-Z][\w'’.-]+){1,3})"
ANY_NAME = r"(?-i:[A-Z][\w'’-]+(?:\s+[A-Z][\w'’.-]+){0,3})"

_KINDS = (
    r"(?:project|film|movie|show|series|web series|pilot|ad|commercial|campaign|play|short|feature)"
)
KIND = rf"(?:(?:(?-i:the|our|my|this)\s+(?:{_KINDS}\s+)?)|(?:(?:the|our|my|this)\s+)?{_KINDS}\s+)?"

_NOT_NAMES = frozenset(
    {"i", "we", "they", "he", "she", "it", "this", "that", "these", "those", "there", "hindi",
     "the", "our", "my", "please", "remember", "forget", "actually", "call", "also", "today",
     "tomorrow", "everyone", "budget", "shoot", "auditions", "no", "yes", "hi", "hello", "inr",
     "usd", "rs", "everybody", "nobody", "deadline", "client", "director", "submissions",
     "callbacks", "someone", "who", "what", "you", "your", "all", "some", "any", "only", "never",
     "always", "let", "note"}
)  # fmt: skip


class Wanted(NamedTuple):
    """One attribute of talents, and the value that is wished for."""

    attribute: str
    value: str


def name_in(match: re.Match[str]) -> str:
    """The title that a pattern with `NAME` found, or nothing where the words are no title."""
    name = (match["quoted"] or match["name"] or "").strip()
    return name if is_title(name) else ""


def is_title(name: str) -> bool:
    """Whether the words can be a project's or a person's name, and are no place, day or tongue."""
    folded = name.casefold()
    if not name or folded in _NOT_NAMES or folded.split()[0] in _NOT_NAMES - {"the", "no", "all"}:
        return False
    if folded in set(date_words()):
        return False
    if any(canonical_city(part) for part in re.split(r"\s+(?:and|or)\s+", name)):
        return False
    return not (canonical_language(name) or canonical_skill(name))


def city_in(text: str) -> str:
    """The cities that the words name, if they name nothing else: "Mumbai and Pune"."""
    parts = [
        part for part in re.split(r"\s*(?:,|/|&|\band\b|\bor\b)\s*", text.strip(" .!")) if part
    ]
    found = [canonical_city(part.removeprefix("in ").strip()) for part in parts]
    return " and ".join(sorted({city for city in found if city})) if found and all(found) else ""


def wanted_in(text: str, today: date) -> Iterator[Wanted]:
    """What of talents a phrase asks for, by the vocabulary; nothing where it is of no such kind."""
    criteria = describe(text, today=today).filters
    yield from _of(criteria)
    if criteria.exclude is not None:
        yield from _of(criteria.exclude)


def _of(asked: Criteria) -> Iterator[Wanted]:
    for attribute, values in (
        ("language", asked.languages),
        ("skill", asked.skills),
        ("city", asked.cities),
        ("union", asked.unions),
        ("gender", asked.genders),
    ):
        for value in values:
            yield Wanted(attribute, value if isinstance(value, str) else " or ".join(value))
    if asked.playing_age is not None:
        low, high = asked.playing_age.min, asked.playing_age.max
        yield Wanted("playing age", f"{_bound(low)}-{_bound(high)}")


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
