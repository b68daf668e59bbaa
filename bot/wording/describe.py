"""One description of a role, read on its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise, product
from typing import Any, TypeVar

from bot.talent import Criteria, Filters, TalentQuery
from bot.wording.ages import read_ages
from bot.wording.dates import read_dates
from bot.wording.heights import read_height
from bot.wording.leftovers import leftover
from bot.wording.people import read_genders, read_names
from bot.wording.rates import read_rate
from bot.wording.reading import Reading, Span
from bot.wording.terms import Term, groups, joined, mark_stances, read_terms
from bot.wording.zones import Zones

_LONGEST = 6_000
"""Characters that are read; what a longer text says after them stays out of the filters."""

_UNION_OR_NOT = re.compile(r"\bunion(?:i[sz]ed)? (?:or|and|/) non|\bnon-?union (?:or|and|/) union")
_ANY_ONE_BEFORE = re.compile(
    r"\b(?:(?:any|one|either|two|three)(?: one)?(?: or more)? of|any of the following)(?: the|"
    r" these)?\s*:?\s*$"
)
_ANY_ONE_AFTER = re.compile(
    r"[\s,:;()-]*(?:any (?:one|of (?:these|them|the \w+))\b|either (?:is|works|will|one)\b|"
    r"(?:koi bhi|any) (?:ek|chalega|works|will do|is fine)\b)"
)

_MOST_CHOICES = 8

T = TypeVar("T")


def describe(text: str, *, today: date) -> TalentQuery:
    """The query that `text` describes, whatever was said before it."""
    reading = Reading.of(text[:_LONGEST], today)
    zones = Zones.of(reading)
    names, not_names = read_names(reading, zones)
    wanted: dict[str, Any] = {
        "height_cm": _unless_wished(read_height, reading, zones),
        "day_rate": _unless_wished(read_rate, reading, zones),
        "available": _unless_wished(read_dates, reading, zones),
        "playing_age": _unless_wished(read_ages, reading, zones),
        "names": tuple(names),
    }
    terms = [*read_terms(reading, zones), *read_genders(reading, zones)]
    mark_stances(reading, zones, terms)
    asked = [term for term in terms if term.stance == "asked"]
    excluded = [term for term in terms if term.stance == "excluded"]
    wanted |= _named(reading, asked)
    ruled_out = _named(reading, excluded, flat=True) | {"names": tuple(not_names)}
    exclude = Criteria(**ruled_out)
    filters = Filters(**wanted, exclude=None if exclude == Criteria() else exclude)
    understood = [*reading.taken, *_understood(reading, terms), *zones.remarks]
    return TalentQuery(filters=filters, text=leftover(reading, understood))


def _unless_wished(
    read: Callable[[Reading], tuple[T, Span] | None], reading: Reading, zones: Zones
) -> T | None:
    """What `read` finds, unless it is only wished for: then it stays in the text."""
    before = list(reading.taken)
    found = read(reading)
    if found is None:
        return None
    value, span = found
    if zones.is_wish(reading, span):
        reading.taken[:] = before
        return None
    return value


def _named(reading: Reading, terms: Sequence[Term], *, flat: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, kind in (("genders", "gender"), ("cities", "city"), ("unions", "union")):
        found[field] = _unique(term.name for term in terms if term.kind == kind)
    if "Non-union" in found["unions"] and (
        len(found["unions"]) > 1 or _UNION_OR_NOT.search(reading.folded)
    ):
        found["unions"] = ()
    found["genders"] = tuple(sorted(found["genders"], key=("female", "male", "non-binary").index))
    for field, kind in (("languages", "language"), ("skills", "skill")):
        mine = [term for term in terms if term.kind == kind]
        if flat:
            found[field] = _unique(term.name for term in mine)
        else:
            found[field] = _unique(
                entry for group in groups(reading, mine) for entry in alternatives(reading, group)
            )
    return found


def alternatives(reading: Reading, group: Sequence[Term]) -> list[str | tuple[str, ...]]:
    """ "Marathi and either Hindi or Urdu" as `["Marathi", ("Hindi", "Urdu")]`.

    A comma means what the next word between names means: "A, B or C" is any of the three.
    """
    links = [joined(reading, one, other) for one, other in pairwise(group)]
    for index in range(len(links) - 1, -1, -1):
        if links[index] == "list":
            links[index] = links[index + 1] if index + 1 < len(links) else "and"
    if _ANY_ONE_BEFORE.search(reading.folded[: group[0].start]) or _ANY_ONE_AFTER.match(
        reading.folded, group[-1].end
    ):
        links = ["or"] * len(links)
    for index, (one, other) in enumerate(pairwise(group)):
        if _ANY_ONE_BEFORE.search(reading.folded[one.end : other.start]):
            links[index] = "and"
            links[index + 1 :] = ["or"] * (len(links) - index - 1)
    if parted := _either_of_several(reading, group, links):
        return parted
    choices = [[group[0].name]]
    for link, term in zip(links, group[1:], strict=True):
        if link == "or":
            choices[-1].append(term.name)
        else:
            choices.append([term.name])
    return [c[0] if len(set(c)) == 1 else tuple(dict.fromkeys(c)) for c in choices]


def _either_of_several(
    reading: Reading, group: Sequence[Term], links: Sequence[str]
) -> list[str | tuple[str, ...]]:
    """ "either A and B, or C" and "(A and B) or C": both (A or C) and (B or C) are asked then.

    Empty where the names are not joined so.
    """
    if "or" not in links or "and" not in links:
        return []
    before = reading.folded[: group[0].start].rstrip()
    opens = before.endswith("either") and links[0] == "and"
    if not (opens or _bracketed(reading, group, links)):
        return []
    parts = [[group[0].name]]
    for link, term in zip(links, group[1:], strict=True):
        if link == "or":
            parts.append([term.name])
        else:
            parts[-1].append(term.name)
    every = [tuple(dict.fromkeys(choice)) for choice in product(*parts)]
    if len(every) > _MOST_CHOICES:
        return []
    return [choice[0] if len(choice) == 1 else choice for choice in dict.fromkeys(every)]


def _bracketed(reading: Reading, group: Sequence[Term], links: Sequence[str]) -> bool:
    """Whether brackets hold what "and" joins: "(A and B) or C", "A or (B and C)"."""
    depth = [
        reading.folded.count("(", 0, term.start) - reading.folded.count(")", 0, term.start)
        for term in group
    ]
    return any(depth) and all(
        (one > 0 and other > 0) == (link == "and")
        for link, (one, other) in zip(links, pairwise(depth), strict=True)
    )


def _unique(entries: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entries))


def _understood(reading: Reading, terms: Sequence[Term]) -> list[Span]:
    """What the free text need not repeat. A role's name says more than its gender: it stays."""
    spans = []
    for term in terms:
        if term.kind == "gender" and not term.is_plain(reading):
            continue
        if term.stance != "wished":
            spans.append(term.span)
    return spans
