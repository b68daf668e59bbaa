"""A message that describes several roles: each as a query of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.talent import TalentQuery
from bot.wording.describe import describe

MOST_ROLES = 6

_OPENS = r"(?im)^(?:(?!\n)[\W_])*"
_LABELLED = re.compile(
    _OPENS + r"(?:role|character|part|lead|talent|actor)\s*(?:#\s*)?(?:\d{1,2}|[a-f])?\s*[:.)–-]+\s"
)
_NUMBERED = re.compile(r"(?m)^[^\S\n]*(?P<number>\d{1,2})\s*[.):]\s+")
_ALSO = re.compile(
    r"(?i)(?:[,;.]|(?<!\s))\s++(?:(?:and|plus)\s+)?(?:also|as well as|another role:?)\s+"
    r"(?:we need\s+|need\s+)?"
    r"(?=(?:an?|one|two|\d)\s)"
)


def describe_roles(text: str, *, today: date) -> tuple[TalentQuery, ...]:
    """One query for each role that `text` sets apart, at most `MOST_ROLES`; most often one.

    Roles are set apart by a label ("Role 2: …"), by numbers at the beginning of lines, or by
    "and also a …" where both are people. What stands before the first is asked of all of them.
    """
    for head, parts in _partings(text):
        roles = [describe(part, today=today) for part in parts[:MOST_ROLES]]
        if all(role.filters.genders or role.filters.playing_age for role in roles):
            shared = describe(head, today=today)
            return tuple(_within(shared, role) for role in roles)
    return (describe(text, today=today),)


def _partings(text: str) -> Iterator[tuple[str, list[str]]]:
    """Ways to part a text into what comes before its roles and the roles, the surest first."""
    numbered = [m for m in _NUMBERED.finditer(text) if m["number"] != "0"]
    if [int(m["number"]) for m in numbered] != list(range(1, len(numbered) + 1)):
        numbered = []
    for opening in (list(_LABELLED.finditer(text)), numbered):
        if len(opening) > 1:
            starts = [match.start() for match in opening]
            ends = [*starts[1:], len(text)]
            yield text[: starts[0]], [text[a:b] for a, b in zip(starts, ends, strict=True)]
    if len(parts := _ALSO.split(text)) > 1:
        yield "", parts


def _within(shared: TalentQuery, role: TalentQuery) -> TalentQuery:
    """The role, with what is asked of all of them and the role does not say otherwise."""
    asked = {name: value for name, value in role.filters if value not in (None, ())}
    return role.model_copy(update={"filters": shared.filters.model_copy(update=asked)})
