"""What we have published on platforms: rows of `published`, claimed by one process at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.stores import Claimed

if TYPE_CHECKING:
    from db.pool import Database

CLAIMED_FOR = timedelta(seconds=60)

_CLAIM = """
    INSERT INTO published AS p (name, digest, claimed_until) VALUES ($1, $2, now() + $3)
    ON CONFLICT (name) DO UPDATE SET digest = $2, is_done = false, claimed_until = now() + $3
    WHERE p.digest <> $2 OR (NOT p.is_done AND p.claimed_until < now())
    RETURNING true"""

_IS_DONE = "SELECT is_done FROM published WHERE name = $1"

_DONE = "UPDATE published SET is_done = true WHERE name = $1 AND digest = $2"

_LEFT = "UPDATE published SET claimed_until = now() WHERE name = $1 AND digest = $2"


class Published:
    """`bot.stores.Published`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, name: str, digest: str) -> Claimed:
        async with self._database.queue() as connection:
            if await connection.fetchval(_CLAIM, name, digest, CLAIMED_FOR):
                return "ours"
            return "done" if await connection.fetchval(_IS_DONE, name) else "theirs"

    async def finish(self, name: str, digest: str, *, is_done: bool) -> None:
        async with self._database.queue() as connection:
            await connection.execute(_DONE if is_done else _LEFT, name, digest)
