"""The kept vocabulary: canonical names and the many ways in which people write them.

The import of a roster and the wording of a search share it, so that both speak of "Bengaluru"
where a person wrote "Bangalore" or "बैंगलोर". The tables are the TOML files beside this one.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from bot.talent import Gender
from bot.vocabulary.lexicon import Hit, Lexicon

__all__ = [
    "Hit",
    "Lexicon",
    "canonical_city",
    "canonical_gender",
    "canonical_language",
    "canonical_skill",
    "canonical_union",
    "cities",
    "covered_by",
    "genders",
    "kinds_of",
    "languages",
    "places_in",
    "roles",
    "skills",
    "unions",
]


def read_table(name: str) -> dict[str, list[str]]:
    """The TOML file `name` beside this module: canonical name to synonyms."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return cast(dict[str, list[str]], tomllib.loads(text))


@cache
def languages() -> Lexicon:
    return Lexicon(read_table("languages"))


@cache
def cities() -> Lexicon:
    return Lexicon(read_table("cities"))


@cache
def skills() -> Lexicon:
    return Lexicon(read_table("skills"))


@cache
def unions() -> Lexicon:
    return Lexicon(read_table("unions"))


@cache
def genders() -> Lexicon:
    return Lexicon(read_table("genders"))


@cache
def roles() -> Lexicon:
    """Words for a role ("widow", "king") under the gender they imply."""
    return Lexicon(read_table("roles"))


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    return {name: tuple(kinds) for name, kinds in read_table("kinds").items()}


def kinds_of(skill: str) -> tuple[str, ...]:
    """The canonical skills that `skill` covers, itself first: whoever knows Kathak can dance."""
    return (skill, *_kinds().get(skill, ()))


@lru_cache(1024)
def covered_by(skills: tuple[str | tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """For each skill or choice of skills asked, all that would do: "Dance" is met by Kathak."""
    return tuple(
        tuple(dict.fromkeys(kind for name in choice for kind in kinds_of(name)))
        for choice in ((asked,) if isinstance(asked, str) else asked for asked in skills)
    )


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    return {name: tuple(places) for name, places in read_table("regions").items()}


@lru_cache(1024)
def places_in(cities: tuple[str, ...]) -> tuple[str, ...]:
    """The cities, and after each state or region those that lie in it: "Kerala" is met by Kochi."""
    regions = _regions()
    inside = (regions.get(canonical_city(city) or city, ()) for city in cities)
    every = (
        place for city, places in zip(cities, inside, strict=True) for place in (city, *places)
    )
    return tuple(dict.fromkeys(every))


def canonical_language(text: str) -> str | None:
    """`"marathi"`, `"मराठी"` or `"Marahti"` to `"Marathi"`; `None` when it names none we know."""
    return languages().canonical(text)


def canonical_city(text: str) -> str | None:
    """`"Bombay"` to `"Mumbai"`; `None` when it names none we know."""
    return cities().canonical(text)


def canonical_skill(text: str) -> str | None:
    """`"ghudsawari"` or `"horseback riding"` to `"Horse riding"`; `None` when unknown."""
    return skills().canonical(text)


def canonical_union(text: str) -> str | None:
    """`"Screen Actors Guild"` to `"SAG-AFTRA"`; `None` when unknown."""
    return unions().canonical(text)


def canonical_gender(text: str) -> Gender | None:
    """`"F"`, `"woman"`, `"mahila"` or `"महिला"` to `"female"`; `None` when unknown."""
    return cast(Gender | None, genders().canonical(text))
