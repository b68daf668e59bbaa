"""A scripted conversation, and who of the sample roster each of its turns must show.

The expected talents are told from the roster's own file by the few rules below, which know
nothing of the import, the search or the parser.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from db.sample.load import ROSTER

FOLDER = Path(__file__).parent
SHOWN_AT_ONCE = 5


@dataclass(frozen=True)
class Exchange:
    """One message, and what must come of it.

    `fits` says who may be shown: as many of them as are shown at once, and all where there are
    fewer. `among` limits them to those whom an earlier turn showed, `beyond` to those whom
    earlier turns did not. `shows` names them, or points at an earlier turn's list. `like` asks
    for others than the one it points at, with whom each has something in common. `rate_below`
    asks that nobody costs more than the cheapest of an earlier turn. `says` and `never` are of
    the offline reply's words; `claude` is what a model would call.
    """

    say: str
    filters: Mapping[str, Any] | None = None
    fits: Mapping[str, Any] | None = None
    among: int | None = None
    beyond: Sequence[int] = ()
    shows: Sequence[str] | Mapping[str, Any] | None = None
    like: Mapping[str, int] | None = None
    rate_below: int | None = None
    says: Sequence[str] = ()
    never: Sequence[str] = ()
    claude: Mapping[str, Any] = field(default_factory=dict)


def scripts() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def read_script(path: Path) -> list[Exchange]:
    return [Exchange(**turn) for turn in yaml.safe_load(path.read_text("utf-8"))]


# --- the roster, from its file ---------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of the sample roster."""

    name: str
    gender: str
    ages: tuple[int, int]
    cities: frozenset[str]
    speaks: frozenset[str]
    skills: frozenset[str]
    union: str
    rate: tuple[int, int] | None
    free: tuple[tuple[date, date], ...]


@cache
def roster() -> Mapping[str, Row]:
    """By name; every name in it is borne once."""
    with ROSTER.open(encoding="utf-8", newline="") as file:
        rows = [_row(line) for line in csv.DictReader(file)]
    assert len({row.name for row in rows}) == len(rows)
    return {row.name: row for row in rows}


def _row(line: Mapping[str, str]) -> Row:
    low, _, high = line["playing age"].partition("-")
    least, _, most = line["day rate"].partition("-")
    return Row(
        name=line["name"],
        gender=line["gender"],
        ages=(int(low), int(high or low)),
        cities=frozenset([line["city"], *_listed(line["travels to"], ";")]),
        speaks=frozenset(known.split(" (")[0] for known in _listed(line["languages"], ",")),
        skills=frozenset([*_listed(line["skills"], ","), *_listed(line["accents"], ",")]),
        union=line["union"],
        rate=(int(least), int(most or least)) if least and line["currency"] == "INR" else None,
        free=tuple(_span(span) for span in _listed(line["available"], ";")),
    )


def _listed(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _span(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def who_fits(rule: Mapping[str, Any]) -> set[str]:
    """Everyone in the roster's file who meets every part of `rule`."""
    return {
        row.name for row in roster().values() if all(_meets(row, *part) for part in rule.items())
    }


def _meets(row: Row, part: str, asked: Any) -> bool:
    if part.startswith("not_"):
        return not getattr(row, part.removeprefix("not_")) & set(asked)
    return _RULES[part](row, asked)


def _overlap(has: tuple[int, int] | None, asked: Sequence[int]) -> bool:
    return has is not None and has[0] <= asked[1] and asked[0] <= has[1]


def _has_all(has: frozenset[str], asked: Sequence[str | Sequence[str]]) -> bool:
    """All of them; of an inner list any."""
    return all(has & {one} if isinstance(one, str) else has & set(one) for one in asked)


_RULES: Mapping[str, Callable[[Row, Any], bool]] = {
    "name": lambda row, asked: asked in row.name.split(),
    "gender": lambda row, asked: bool(row.gender == asked),
    "union": lambda row, asked: bool(row.union == asked),
    "plays": lambda row, asked: _overlap(row.ages, asked),
    "rate": lambda row, asked: _overlap(row.rate, asked),
    "cities": lambda row, asked: bool(row.cities & set(asked)),
    "speaks": lambda row, asked: _has_all(row.speaks, asked),
    "skills": lambda row, asked: _has_all(row.skills, asked),
    "free": lambda row, asked: any(
        first <= asked[0] and asked[1] <= last for first, last in row.free
    ),
}
