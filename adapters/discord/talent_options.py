"""What the options of `/talent search` ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.discord import markdown
from adapters.entries import entries
from bot.talent import TalentQuery
from bot.wording import parse

NOTHING = (
    "Say whom you look for: a few words under `text` do, “Marathi-speaking dancer, 24–30, in Pune”,"
    " or fill in the other options."
)
_AGE = "I don't understand the age “{said}”: write `24-30`, `under 25` or `late thirties`, say."
_FREE = "I don't understand the days “{said}”: write `3-10 Dec`, `next week` or `March`, say."
_SAID_LIMIT = 60


class OptionError(Exception):
    """What somebody typed can't be meant; `str()` is one sentence for them."""


@dataclass(frozen=True, slots=True)
class Options:
    """As they were typed; empty where they were not."""

    text: str = ""
    age: str = ""
    gender: str = ""
    languages: str = ""
    skills: str = ""
    city: str = ""
    available: str = ""
    union: str = ""


def query_of(options: Options, *, today: date) -> TalentQuery:
    """What is asked for. `text` is read as everywhere, and each option weighs more than what the
    text says of the same. Raises `OptionError`."""
    said = parse(options.text, today=today)
    given: dict[str, Any] = {}
    if options.age.strip():
        given["playing_age"] = parse(f"age {options.age}", today=today).filters.playing_age
        if given["playing_age"] is None:
            raise OptionError(_AGE.format(said=markdown.plain(options.age, _SAID_LIMIT)))
    if options.available.strip():
        given["available"] = parse(f"free {options.available}", today=today).filters.available
        if given["available"] is None:
            raise OptionError(_FREE.format(said=markdown.plain(options.available, _SAID_LIMIT)))
    if options.gender:
        given["genders"] = (options.gender,)
    for name, typed in (
        ("languages", options.languages),
        ("skills", options.skills),
        ("cities", options.city),
        ("unions", options.union),
    ):
        if values := entries(name, typed):
            given[name] = values
    query = said.model_copy(update={"filters": said.filters.model_copy(update=given)})
    if query.is_empty:
        raise OptionError(NOTHING)
    return query
