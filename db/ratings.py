"""Ratings: whether people found a turn's reply helpful, one row for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Author
from bot.metrics import Metrics
from db.users import seen_user

if TYPE_CHECKING:
    from db.pool import Database

_TURN = "SELECT org_id, platform, workspace FROM turns WHERE id = $1 AND status <> 'withdrawn'"

# Pressed twice, a button does nothing the second time.
_RATE = """
    INSERT INTO ratings (org_id, turn_id, user_id, helpful) VALUES ($1, $2, $3, $4)
    ON CONFLICT (org_id, turn_id, user_id)
    DO UPDATE SET helpful = excluded.helpful, rated_at = now()
        WHERE ratings.helpful <> excluded.helpful
    RETURNING true"""


class Ratings:
    """`bot.stores.Feedback`."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics

    async def rate(self, turn_id: UUID, rater: Author, *, helpful: bool) -> bool:
        async with self._database.queue() as connection:
            turn = await connection.fetchrow(_TURN, turn_id)
            if turn is None:
                return False
            org_id, platform, workspace = turn
            user_id = await seen_user(connection, org_id, platform, workspace, rater)
            is_new = await connection.fetchval(_RATE, org_id, turn_id, user_id, helpful)
        if is_new:
            rating = "helpful" if helpful else "unhelpful"
            self._metrics.ratings.labels(platform, rating).inc()
        return True
