"""Completing what a person types, from values of the rows that the audience sees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from db.talent_folding import fold

if TYPE_CHECKING:
    from bot.conversation import Audience
    from bot.ports import CompletedField
    from db.pool import Connection

_LONGEST_PREFIX = 100
_OF_NAMES = 4
"""How many rows are read for each name that is wanted: people share names."""
_OF_WORDS = 400
"""How many rows are read, of which the most frequent values are shown."""

_LAST = "\U0010ffff"
_GAP = re.compile(r"[\s-]+")

_BEGINNING = """
    SELECT value FROM talent_completions
    WHERE org_id = $1 AND access = $2 AND field = $3 AND key >= $4 AND key < $5
    ORDER BY key, value LIMIT $6"""

_FACETS: Mapping[CompletedField, Sequence[str]] = {
    "name": (),
    "skill": ("skill",),
    "language": ("language",),
    "city": ("lives", "travels"),
    "union": ("union",),
}


async def completed(
    connection: Connection,
    audience: Audience,
    field: CompletedField,
    prefix: str,
    *,
    limit: int,
    shares: Mapping[str, float],
) -> list[str]:
    """See `TalentRepository.complete`; `shares` is how common the facets are."""
    begun = _GAP.sub(" ", fold(prefix.replace("\x00", "")[:_LONGEST_PREFIX])).lstrip()
    read = _OF_NAMES * limit if field == "name" else _OF_WORDS
    rows = await connection.fetch(
        _BEGINNING, audience.org_id, audience.access, field, begun, begun + _LAST, read
    )
    values = [row["value"] for row in rows]
    if field != "name":
        kinds = _FACETS[field]
        values.sort(key=lambda v: -sum(shares.get(f"{kind}:{fold(v)}", 0) for kind in kinds))
    one_of_each = {fold(value): value for value in reversed(values)}
    return [value for value in dict.fromkeys(values) if one_of_each[fold(value)] == value][:limit]
