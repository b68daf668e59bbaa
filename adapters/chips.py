"""What was understood of a search, piece by piece, and the search without one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from adapters import talent_words
from adapters.acts import DropFilter
from bot.talent import Criteria, DayRate, TalentQuery

_PEOPLE = {"female": "women", "male": "men", "non-binary": "non-binary"}
_LISTS = ("genders", "languages", "skills", "cities", "unions", "names")
_SINGLES = ("playing_age", "height_cm", "day_rate", "available")
_EXCLUDED = "exclude."


class Chip(NamedTuple):
    """One piece: its words, as plain text, and what dropping it means."""

    label: str
    filter: str
    item: int | None = None

    def act(self, search_id: str) -> DropFilter:
        return DropFilter(search_id, self.filter, self.item)


def chips(query: TalentQuery, *, today: date, like: str = "") -> list[Chip]:
    """Every piece of a query, in the order in which people say them. `like` is the name of the one
    whose likes are looked for, if it is known."""
    found = list(_of(query.filters, today))
    if query.filters.exclude:
        found += [
            Chip(f"not {chip.label}", _EXCLUDED + chip.filter, chip.item)
            for chip in _of(query.filters.exclude, today)
        ]
    if query.similar_to:
        found.append(Chip(f"like {like or 'one talent'}", "similar_to"))
    if query.only_ids:
        found.append(Chip(f"among {len(query.only_ids)} shown before", "only_ids"))
    if text := " ".join(query.text.split()):
        found.append(Chip(f"“{text}”", "text"))
    return found


def without(query: TalentQuery, dropped: DropFilter) -> TalentQuery:
    """The query without that piece; as it is where it has no such piece."""
    name, item = dropped.filter, dropped.item
    if name == "text":
        return query.model_copy(update={"text": ""})
    if name == "similar_to":
        return query.model_copy(update={"similar_to": None})
    if name == "only_ids":
        return query.model_copy(update={"only_ids": ()})
    filters = query.filters
    if not name.startswith(_EXCLUDED):
        return query.model_copy(
            update={"filters": filters.model_copy(update=_left(filters, name, item))}
        )
    if filters.exclude is None:
        return query
    update = _left(filters.exclude, name.removeprefix(_EXCLUDED), item)
    exclude = filters.exclude.model_copy(update=update)
    kept = None if exclude == Criteria() else exclude
    return query.model_copy(update={"filters": filters.model_copy(update={"exclude": kept})})


def _left(criteria: Criteria, name: str, item: int | None) -> dict[str, Any]:
    """The one field that changes, with its new value."""
    if name in _SINGLES:
        return {name: None}
    if name not in _LISTS:
        return {}
    entries = getattr(criteria, name)
    return {name: () if item is None else entries[:item] + entries[item + 1 :]}


def _of(criteria: Criteria, today: date) -> Iterator[Chip]:
    for n, gender in enumerate(criteria.genders):
        yield Chip(_PEOPLE[gender], "genders", n)
    if criteria.playing_age:
        yield Chip(talent_words.playing_age(criteria.playing_age) or "plays any age", "playing_age")
    for name, before in (("languages", "speaks "), ("skills", ""), ("cities", "in ")):
        for n, entry in enumerate(getattr(criteria, name)):
            yield Chip(before + (entry if isinstance(entry, str) else " or ".join(entry)), name, n)
    for n, union in enumerate(criteria.unions):
        yield Chip(f"{union} member", "unions", n)
    if criteria.height_cm:
        yield Chip(f"{talent_words.in_words(criteria.height_cm) or 'any'} cm", "height_cm")
    if criteria.day_rate:
        yield Chip(_rate(criteria.day_rate), "day_rate")
    if criteria.available:
        yield Chip(f"free {talent_words.dates(criteria.available, today)}", "available")
    for n, name in enumerate(criteria.names):
        yield Chip(f"called {name}", "names", n)


def _rate(rate: DayRate) -> str:
    words = talent_words.day_rate(rate)
    return f"{words} a day" if words else f"any rate in {rate.currency}"
