"""Finding people by name: exactly, in part, misspelt, or as it sounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from db.talent_conditions import NamesFound
from db.talents import Relations

if TYPE_CHECKING:
    from db.pool import Connection

ALIKE = 0.76
"""From this likeness on a name is taken for a misspelling of another."""

NEAR = 0.55
"""From this likeness on a name is worth offering."""

_MOST_CANDIDATES = 200
_MOST_HITS = 50
_MOST_NEAR = 5

_SOUNDS_THE_SAME = 0.85
_EXTRA_PART = 0.02

# `%` compares whole names, `%>` a part of one; the keys are the parts and how they sound.
_CANDIDATES = """
    SELECT id, name, other_names, name_keys,
        (SELECT array_agg(castmatch_fold(n)) FROM unnest(name || other_names) AS n) AS folded
    FROM {talents} AS t
    WHERE folded_names % $1 OR folded_names %> $1 OR name_keys && $2::text[]
    ORDER BY word_similarity($1, folded_names) + similarity($1, folded_names)
            + (SELECT count(*) FROM unnest(name_keys) AS key WHERE key = ANY ($2::text[])) DESC,
        id
    LIMIT $3"""

_PARTS = """
    SELECT castmatch_fold(asked) AS folded, castmatch_name_keys(asked) AS keys
    FROM unnest($1::text[]) WITH ORDINALITY AS names (asked, position) ORDER BY position"""

_UNKNOWN = r"""
    SELECT asked FROM unnest($1::text[]) AS names (asked),
        LATERAL (SELECT castmatch_fold(asked), castmatch_name_keys(asked)) AS f (folded, keys)
    WHERE keys = '{{}}' OR NOT EXISTS (
        SELECT FROM {talents} AS t
        WHERE t.name_keys @> f.keys AND (f.folded ~ '^\S+$' OR f.folded IN (
            SELECT castmatch_fold(n) FROM unnest(t.name || t.other_names) AS n)))"""


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str
    likeness: float
    """1 where every part asked stands in the name, down to 0."""


async def unknown_names(
    connection: Connection, relations: Relations, names: Sequence[str]
) -> set[str]:
    """Those that are nobody's full name or other name, nor a part of one where they are a single
    word; case and accents don't count."""
    asked = list({name for name in names if name.strip()})
    rows = await connection.fetch(_UNKNOWN.format(talents=relations.talents), asked)
    return {row["asked"] for row in rows} | {name for name in names if not name.strip()}


async def resembling(
    connection: Connection, relations: Relations, name: str, *, limit: int
) -> list[Named]:
    """Who is called `name` or nearly so, nearest first."""
    [asked] = await connection.fetch(_PARTS, [name])
    found = await _candidates(connection, relations, asked["folded"], asked["keys"])
    return [named for named in found if named.likeness >= NEAR][:limit]


async def find_names(
    connection: Connection, relations: Relations, names: Sequence[str]
) -> tuple[NamesFound, NamesFound]:
    """The rows that these names mean, and the nearest of those that they don't."""
    parts: list[tuple[str, ...]] = []
    alike: dict[str, float] = {}
    near: dict[str, float] = {}
    asked = await connection.fetch(_PARTS, list(names)) if names else []
    for row in asked:
        written = tuple(key for key in row["keys"] if not key.startswith("~"))
        if not written:
            continue
        exists = f"SELECT EXISTS (SELECT FROM {relations.talents} WHERE name_keys @> $1::text[])"
        if await connection.fetchval(exists, list(written)):
            parts.append(written)
            continue
        found = await _candidates(connection, relations, row["folded"], row["keys"])
        alike |= {n.id: n.likeness for n in found[:_MOST_HITS] if n.likeness >= ALIKE}
        near |= {n.id: n.likeness for n in found[:_MOST_NEAR] if n.likeness >= NEAR}
    nearest = sorted(near, key=near.__getitem__, reverse=True)
    return NamesFound(tuple(parts), tuple(alike)), NamesFound(ids=tuple(nearest))


def likeness(asked: str, names: Iterable[str], keys: Iterable[str], sounds: Iterable[str]) -> float:
    """How well one of `names` answers to `asked` (both folded), 0 to 1.

    Each part asked is compared with the best part of the name; a name may have more parts.
    `keys` are the row's, `sounds` those of `asked`: equal sound makes up for other letters.
    """
    parts = _split(asked)
    if not parts:
        return 0.0
    heard = len(set(sounds) & set(keys))
    best = 0.0
    for name in names:
        has = _split(name)
        if not has:
            continue
        each = [max(fuzz.ratio(part, other) for other in has) / 100 for part in parts]
        misspelt = sorted(score for score in each if score < 1)
        exact = len(each) - len(misspelt)
        lifted = [
            max(score, _SOUNDS_THE_SAME) if rank < heard - exact and score >= NEAR else score
            for rank, score in enumerate(misspelt)
        ]
        score = (exact + sum(lifted)) / len(parts) - _EXTRA_PART * max(0, len(has) - len(parts))
        best = max(best, score)
    return min(1.0, max(0.0, best))


async def _candidates(
    connection: Connection, relations: Relations, folded: str, keys: Sequence[str]
) -> list[Named]:
    rows = await connection.fetch(
        _CANDIDATES.format(talents=relations.talents), folded, list(keys), _MOST_CANDIDATES
    )
    sounds = [key for key in keys if key.startswith("~")]
    found = [
        Named(row["id"], row["name"], likeness(folded, row["folded"], row["name_keys"], sounds))
        for row in rows
    ]
    return sorted(found, key=lambda named: (-named.likeness, named.name, named.id))


def _split(folded: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+", folded) if part]
