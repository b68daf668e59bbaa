"""The filters of a search as the inputs of a form hold them, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from pydantic import ValidationError

from adapters.chips import chips
from adapters.entries import CANONICAL, Entry, entries, flat
from adapters.slack import inert
from bot.talent import Criteria, DateSpan, DayRate, Filters, Range, TalentQuery
from bot.wording import describe

Values: TypeAlias = dict[str, Entry]
"""What inputs hold, by block id: the chosen options of checkboxes, else text, empty if none."""

BLOCKS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "genders": ("genders",),
    "playing_age": ("age_from", "age_to"),
    "languages": ("languages",),
    "skills": ("skills",),
    "cities": ("cities",),
    "available": ("free_from", "free_to"),
    "day_rate": ("rate_from", "rate_to", "currency"),
    "unions": ("unions",),
    "height_cm": ("height_from", "height_to"),
    "names": ("names",),
    "exclude": ("exclude",),
}
"""The blocks of each filter, in the order of the form."""
INPUT_LIMIT = 3_000
"""https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""
_GENDERS = ("female", "male", "non-binary")


class FieldError(Exception):
    """What an input holds can't be meant; `str()` says why, to be shown below that block."""

    def __init__(self, block_id: str, sentence: str) -> None:
        super().__init__(sentence)
        self.block_id = block_id


def shown(query: TalentQuery, *, today: date) -> Values:
    """What the inputs hold for a query."""
    filters = query.filters
    rate, free = filters.day_rate, filters.available
    return {
        "text": _input(query.text, lines=True),
        "genders": filters.genders,
        "age_from": _number_in(filters.playing_age, "min"),
        "age_to": _number_in(filters.playing_age, "max"),
        "languages": _input(_listed(filters.languages)),
        "skills": _input(_listed(filters.skills)),
        "cities": _input(_listed(filters.cities)),
        "free_from": free.from_.isoformat() if free else "",
        "free_to": free.to.isoformat() if free else "",
        "rate_from": _number_in(rate, "min"),
        "rate_to": _number_in(rate, "max"),
        "currency": rate.currency if rate else "INR",
        "unions": _input(_listed(filters.unions)),
        "height_from": _number_in(filters.height_cm, "min"),
        "height_to": _number_in(filters.height_cm, "max"),
        "names": _input(_listed(filters.names)),
        "exclude": _input(_excluded(filters.exclude, today)),
    }


def read(name: str, values: Mapping[str, Entry], *, today: date) -> Any:
    """The filter `name` ("text" too) of what its inputs hold. Raises `FieldError`."""
    if name == "genders":
        return tuple(gender for gender in _GENDERS if gender in values["genders"])
    texts = [_typed(values[block]) for block in BLOCKS[name]]
    if name == "text":
        return texts[0]
    if name in CANONICAL:
        return entries(name, texts[0])
    if name == "exclude":
        return _left_out(texts[0], today)
    if name == "available":
        return _dates(*texts)
    return _range(name, *texts)


def holds(name: str, query: TalentQuery, *, today: date) -> bool:
    """Whether the form holds that filter whole: what its inputs show is read as what it is."""
    try:
        return bool(read(name, shown(query, today=today), today=today) == value_of(name, query))
    except FieldError:
        return False


def value_of(name: str, query: TalentQuery) -> Any:
    return query.text if name == "text" else getattr(query.filters, name)


def query_of(
    found: Mapping[str, Any], *, similar_to: str | None, only_ids: Sequence[str]
) -> TalentQuery:
    filters = {name: value for name, value in found.items() if name != "text"}
    return TalentQuery(
        filters=Filters(**filters),
        text=found["text"],
        similar_to=similar_to,
        only_ids=tuple(only_ids),
    )


# --- as they are shown -----------------------------------------------------------------------


def _input(text: str, *, lines: bool = False) -> str:
    """As an input can be filled; one that is too long for it stays empty."""
    filled = inert.plain(text).strip() if lines else " ".join(inert.plain(text).split())
    return filled if len(filled) <= INPUT_LIMIT else ""


def _listed(values: Sequence[Entry]) -> str:
    return ", ".join(entry if isinstance(entry, str) else " or ".join(entry) for entry in values)


def _number_in(span: Range | None, end: str) -> str:
    bound = getattr(span, end) if span else None
    if bound is None:
        return ""
    return str(int(bound)) if float(bound).is_integer() else repr(bound)


def _excluded(criteria: Criteria | None, today: date) -> str:
    if criteria is None:
        return ""
    query = TalentQuery(filters=Filters(**dict(criteria)))
    return ", ".join(chip.label for chip in chips(query, today=today))


# --- as they are read ------------------------------------------------------------------------


def _typed(value: Entry) -> str:
    return (value if isinstance(value, str) else "").replace("\N{WORD JOINER}", "").strip()


_BOUNDS = {
    "playing_age": (0, 120, "A playing age is between 0 and 120 years."),
    "height_cm": (40, 260, "A height is in centimetres: 170, say."),
    "day_rate": (0, 1_000_000_000, "A day rate is an amount of whole units: 25000, say."),
}


def _range(name: str, low: str, high: str, currency: str = "") -> Range | DayRate | None:
    first, last = (
        _bound(name, block, text) for block, text in zip(BLOCKS[name], (low, high), strict=False)
    )
    if first is None and last is None:
        return None
    if first is not None and last is not None and first > last:
        raise FieldError(BLOCKS[name][1], "This is below where the range begins.")
    if name != "day_rate":
        return Range(min=first, max=last)
    try:
        return DayRate(min=first, max=last, currency=currency)
    except ValidationError:
        raise FieldError("currency", "Choose a currency.") from None


def _bound(name: str, block: str, text: str) -> float | None:
    if not text:
        return None
    lowest, highest, sentence = _BOUNDS[name]
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = math.nan
    if not lowest <= number <= highest:
        raise FieldError(block, sentence)
    return number


def _dates(first: str, last: str) -> DateSpan | None:
    if not first and not last:
        return None
    if not last:
        raise FieldError("free_to", "Choose the last day too.")
    if not first:
        raise FieldError("free_from", "Choose the first day too.")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise FieldError("free_from", "Choose the days again.") from None
    if days[0] > days[1]:
        raise FieldError("free_to", "This is before the first day.")
    return DateSpan(from_=days[0], to=days[1])


def _left_out(text: str, today: date) -> Criteria | None:
    """Whom a description rules out; people write "Delhi" here, or "not in Delhi"."""
    if not text:
        return None
    meant = describe(text, today=today)
    ruled_out = dict(meant.filters.exclude or Criteria())
    found = {
        name: flat([*value, *ruled_out[name]])
        if isinstance(value, tuple)
        else value or ruled_out[name]
        for name, value in meant.filters
        if name != "exclude"
    }
    criteria = Criteria(**found)
    if meant.text or criteria == Criteria():
        what = f"“{inert.line(meant.text or text, 60)}”"
        raise FieldError(
            "exclude", f"I can't leave out {what}: name languages, skills, cities or unions."
        )
    return criteria
