"""Several values in one field, read the way people mean them: `Marathi, Hindi or Urdu` is Marathi
and either of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from bot.vocabulary import canonical_city, canonical_language, canonical_skill, canonical_union

Entry: TypeAlias = "str | tuple[str, ...]"
"""One value, or several of which any will do."""

CANONICAL: Mapping[str, Callable[[str], str | None]] = {
    "languages": canonical_language,
    "skills": canonical_skill,
    "cities": canonical_city,
    "unions": canonical_union,
    "names": lambda name: name,
}
"""The filters that hold several, and what brings each value into the roster's words."""
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)


def entries(name: str, text: str) -> tuple[Entry, ...]:
    """The filter `name` as somebody typed it: cities, unions and names as a plain list."""
    found: list[Entry] = []
    for part in re.split(r"[,;\n]", text):
        values = [" ".join(value.split()) for value in _OR.split(part) if value.strip()]
        known = tuple(dict.fromkeys(CANONICAL[name](value) or value for value in values))
        if known:
            found.append(known[0] if len(known) == 1 else known)
    unique = tuple(dict.fromkeys(found))
    return unique if name in ("languages", "skills") else flat(unique)


def flat(entries: Sequence[Entry]) -> tuple[str, ...]:
    names = (name for entry in entries for name in ([entry] if isinstance(entry, str) else entry))
    return tuple(dict.fromkeys(names))
