"""Small questions about a list that no filter asks: "which is the cheapest?", "show me ten"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.offline.phrases import plain, rate_in_words, span_in_words
from bot.talent import Talent

_COUNT = re.compile(
    r"\b(?P<count>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\s+(?:more\s+|other\s+|good\s+)*"
    r"(?:female\s+|male\s+)?(?:actors?|actress(?:es)?|artistes?|artists|talents?|options|people|"
    r"women|men|girls|boys|guys|ladies|gentlemen|names|profiles|dancers|singers|comedians|comics|"
    r"musicians|models|hosts|anchors|performers|stunt(?:wo)?men|voice artists|fighters|ones|"
    r"candidates|faces|results|matches)\b",
    re.IGNORECASE,
)
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MOST = 10

Measure = Callable[[Talent], float | None]


@dataclass(frozen=True, slots=True)
class Superlative:
    """The one of a list that is most so, by a figure of its row."""

    word: str
    measure: Measure
    largest: bool
    shown: Callable[[Talent], str]


def _rate(talent: Talent) -> float | None:
    rate = talent.day_rate
    return None if rate is None else rate.min if rate.min is not None else rate.max


def _youngest(talent: Talent) -> float | None:
    return talent.playing_age.min if talent.playing_age else None


def _oldest(talent: Talent) -> float | None:
    return talent.playing_age.max if talent.playing_age else None


def _height(talent: Talent) -> float | None:
    return talent.height_cm


def _rate_shown(talent: Talent) -> str:
    return rate_in_words(talent.day_rate) if talent.day_rate else ""


def _age_shown(talent: Talent) -> str:
    return f"playing age {span_in_words(talent.playing_age)}" if talent.playing_age else ""


def _height_shown(talent: Talent) -> str:
    return f"{talent.height_cm} cm"


_SUPERLATIVES = tuple(
    (re.compile(rf"(?<![\w\u0900-\u097f])(?:{words})(?![\w\u0900-\u097f])", re.IGNORECASE), kind)
    for words, kind in (
        (
            "cheapest|least expensive|lowest rate|sabse sast[aie]",
            Superlative("cheapest", _rate, False, _rate_shown),
        ),
        (
            "most expensive|priciest|highest rate|sabse mehng[aie]",
            Superlative("most expensive", _rate, True, _rate_shown),
        ),
        ("youngest|sabse chhot[aie]", Superlative("youngest", _youngest, False, _age_shown)),
        ("oldest|eldest|sabse bad[aie]", Superlative("oldest", _oldest, True, _age_shown)),
        ("tallest|sabse lamb[aie]", Superlative("tallest", _height, True, _height_shown)),
        ("shortest", Superlative("shortest", _height, False, _height_shown)),
    )
)


def superlative(text: str) -> Superlative | None:
    """Which one of the list is asked for, if any is."""
    return next((kind for pattern, kind in _SUPERLATIVES if pattern.search(text)), None)


def picked(kind: Superlative, talents: Sequence[Talent]) -> tuple[Talent | None, str]:
    """The talent and the answer. Rates in several currencies are not compared."""
    known = [t for t in talents if kind.measure(t) is not None]
    currencies = {t.day_rate.currency for t in known if t.day_rate}
    if not known:
        return None, f"The roster doesn't say who of them is the {kind.word}."
    if kind.measure is _rate and len(currencies) > 1:
        return None, "Their day rates are in different currencies, so I can't rank them."
    best = sorted(known, key=lambda t: kind.measure(t) or 0, reverse=kind.largest)[0]
    unknown = len(talents) - len(known)
    note = f" ({unknown} of them have no such figure listed.)" if unknown else ""
    count = f"of the {len(talents)}" if len(talents) > 1 else "here"
    return best, f"The {kind.word} {count} is **{plain(best.name)}**: {kind.shown(best)}.{note}"


def count_asked(text: str, otherwise: int) -> int:
    """How many talents to show: "ten women", at most ten."""
    match = _COUNT.search(text)
    if match is None:
        return otherwise
    said = match["count"].lower()
    number = int(said) if said.isdigit() else _WORDS.index(said) + 2
    return min(number, _MOST) if number > 1 else otherwise
