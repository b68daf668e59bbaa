"""Where the filters exclude everyone: which of them to give up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from db.talent_conditions import SOFTEST_FIRST, Arguments, Condition, NamesFound
from db.talents import Relations

if TYPE_CHECKING:
    from db.pool import Connection


async def give_up(
    connection: Connection,
    relations: Relations,
    always: Sequence[Condition],
    asked: Mapping[str, Condition],
    near_names: NamesFound,
) -> tuple[str, ...]:
    """The smallest set of the asked filters without which somebody is found.

    Of single filters that would do, the softest; rows that pass `always` only are considered, and
    if there is none, nothing is given up. A name that nobody has is looked for among the nearest.
    """
    candidates = [name for name in SOFTEST_FIRST if name in asked]
    arguments = Arguments()
    alone = []
    for given_up in candidates:
        kept = [condition for name, condition in asked.items() if name != given_up]
        if given_up == "names" and near_names:
            kept.append(Condition(near_names.sql))
        passes = " AND ".join(part.sql(arguments) for part in (*always, *kept)) or "true"
        alone.append(f"EXISTS (SELECT FROM {relations.talents} AS t WHERE {passes})")
    if not alone:
        return ()
    row = await connection.fetchrow(f"SELECT {', '.join(alone)}", *arguments.values)
    would_do = [name for name, found in zip(candidates, row or (), strict=False) if found]
    if would_do:
        return (would_do[0],)
    return await _smallest(connection, relations, always, asked, candidates)


async def _smallest(
    connection: Connection,
    relations: Relations,
    always: Sequence[Condition],
    asked: Mapping[str, Condition],
    candidates: Sequence[str],
) -> tuple[str, ...]:
    """What the row fails that fails the fewest; among equals the softest. It reads every row."""
    arguments = Arguments()
    passes = " AND ".join(part.sql(arguments) for part in always) or "true"
    fails = [f"NOT coalesce({asked[name].sql(arguments)}, false)" for name in candidates]
    costs = [
        f"CASE WHEN {fail} THEN {100 + hardness} ELSE 0 END" for hardness, fail in enumerate(fails)
    ]
    row = await connection.fetchrow(
        f"""
        SELECT {", ".join(fails)} FROM {relations.talents} AS t
        WHERE {passes} ORDER BY {" + ".join(costs)}, t.id LIMIT 1""",
        *arguments.values,
    )
    return tuple(name for name, fails in zip(candidates, row or (), strict=False) if fails)
