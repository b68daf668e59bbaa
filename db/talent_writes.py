"""Many rows of the roster in one statement each: inserted, updated, and what only the team sees.

A statement for each row would start the executor for each, which reads the functions behind the
generated columns anew: measured, half of what an import costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from asyncpg import Range

if TYPE_CHECKING:
    from db.pool import Connection

Row = Mapping[str, Any]
"""Column to value, as `db.talents.talent_to_row` gives it."""

_ROWS = "jsonb_populate_recordset(NULL::talents, $1::jsonb) AS r"
_UPSERT_PRIVATE = """
    INSERT INTO talent_private (org_id, talent_id, representation, contact, source)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
    ON CONFLICT (org_id, talent_id) DO UPDATE SET
        representation = excluded.representation, contact = excluded.contact,
        source = excluded.source"""


async def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """New rows of `talents`, all with the same columns."""
    if rows:
        columns = ", ".join(f'"{column}"' for column in rows[0])
        values = ", ".join(f'r."{column}"' for column in rows[0])
        await connection.execute(
            f"INSERT INTO talents ({columns}) SELECT {values} FROM {_ROWS}", _as_json(rows)
        )


async def update(connection: Connection, rows: Iterable[Row]) -> None:
    """Rows of `talents` that are there, by organisation and id; of equal ones the last counts."""
    last = {(row["org_id"], row["id"]): row for row in rows}
    if last:
        changed = list(last.values())
        columns = [column for column in changed[0] if column not in ("org_id", "id")]
        values = ", ".join(f'"{column}" = r."{column}"' for column in columns)
        await connection.execute(
            f"UPDATE talents AS t SET updated_at = now(), {values} FROM {_ROWS}"
            " WHERE t.org_id = r.org_id AND t.id = r.id",
            _as_json(changed),
        )


async def upsert_private(
    connection: Connection, org_id: UUID, rows: Iterable[tuple[str, str, str, str]]
) -> None:
    """Talent's id, representation, contact and source; of equal ids the last counts."""
    last = {row[0]: row for row in rows}
    if last:
        columns = [list(column) for column in zip(*last.values(), strict=True)]
        await connection.execute(_UPSERT_PRIVATE, org_id, *columns)


def _as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{column: _value(value) for column, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    """A value as Postgres reads it from JSON: what JSON lacks as the text that stands for it."""
    if isinstance(value, Range):
        return _range(value)
    if isinstance(value, list) and value and isinstance(value[0], Range):
        return f"{{{','.join(_range(one) for one in value)}}}"  # a multirange
    return str(value) if isinstance(value, UUID | date) else value


def _range(value: Range[Any]) -> str:
    low = "" if value.lower is None else value.lower
    high = "" if value.upper is None else value.upper
    return f"{'[' if value.lower_inc else '('}{low},{high}{']' if value.upper_inc else ')'}"
