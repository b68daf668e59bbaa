"""What was done of late: one row for each, whichever process did it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from db.line import Lane

if TYPE_CHECKING:
    from db.pool import Database

_PUT = """
    INSERT INTO repeats AS r (what, until) VALUES ($1, now() + $2)
    ON CONFLICT (what) DO UPDATE SET until = excluded.until WHERE r.until <= now()
    RETURNING true"""

# Each that is put clears away a few that are over, so that they never pile up.
_CLEAR = """
    DELETE FROM repeats WHERE what IN (
        SELECT what FROM repeats WHERE until < now()
        ORDER BY until LIMIT 20 FOR UPDATE SKIP LOCKED)"""

_UNDONE = "DELETE FROM repeats WHERE what = $1"


class Repeats:
    """`bot.stores.Repeats`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_repeat(self, what: str, *, within: float) -> bool:
        async with self._database.queue(Lane.URGENT, durable=False) as connection:
            is_new = await connection.fetchval(_PUT, _hash(what), timedelta(seconds=within))
            await connection.execute(_CLEAR)
        return not is_new

    async def undone(self, what: str) -> None:
        async with self._database.queue() as connection:
            await connection.execute(_UNDONE, _hash(what))


def _hash(what: str) -> bytes:
    return sha256(what.encode(errors="replace")).digest()
