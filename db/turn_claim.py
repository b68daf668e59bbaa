"""Which turns run next, and their passing to a new owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import GIVEN_UP
from db.leases import TAKEABLE
from db.turn_rows import IN_HISTORY, MESSAGE

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection
    from db.process import Process

# The oldest turns that may be taken, never two of one conversation: a queued one waits for every
# older open turn of its conversation, and for one that runs; a running one is itself what its
# conversation waits for.
_CLAIM = f"""
    WITH next AS MATERIALIZED (
        SELECT t.org_id, t.id, t.status = 'running' AND t.takeovers >= $7 AS dead
        FROM turns t
        WHERE t.status IN ('queued', 'running') AND t.platform = ANY($5) AND t.id <> ALL($6)
          AND {TAKEABLE}
          AND (t.status = 'running' OR NOT EXISTS (
            SELECT FROM turns o
            WHERE o.org_id = t.org_id AND o.conversation = t.conversation AND o.id <> t.id
              AND o.status IN ('queued', 'running') AND (o.status = 'running' OR o.seq < t.seq)))
        ORDER BY t.seq LIMIT $9 FOR UPDATE OF t SKIP LOCKED)
    UPDATE turns t SET
        takeovers = t.takeovers + (t.status = 'running')::int,
        attempt = t.attempt + 1, owner = $1, owner_lock = $2, lease_until = now() + $3,
        begun_at = now(),
        started_at = coalesce(t.started_at, now()),
        status = CASE WHEN NOT next.dead THEN 'running'
            WHEN t.changed = 'withdrawn' THEN 'withdrawn' ELSE 'dead' END,
        changed = CASE t.changed WHEN 'withdrawn' THEN 'withdrawn' ELSE '' END,
        reply = CASE WHEN next.dead THEN t.shown ELSE t.reply END,
        drew_on = CASE WHEN next.dead THEN t.given ELSE t.drew_on END,
        error = CASE WHEN next.dead AND t.changed <> 'withdrawn' THEN $8 ELSE t.error END,
        finished_at = CASE WHEN next.dead THEN now() END
    FROM next WHERE t.org_id = next.org_id AND t.id = next.id
    RETURNING t.seq, t.org_id, t.id, t.user_id, t.attempt, t.message_ids, t.shown, t.status,
        t.cancel_requested, t.changed, t.takeovers >= $7 AS given_up, {MESSAGE}, (
            SELECT p.id FROM turns p
            WHERE p.org_id = t.org_id AND p.conversation = t.conversation AND p.id <> t.id
              AND {IN_HISTORY.replace("t.", "p.")}
              AND (t.access = 'team' OR p.access = 'community')
            ORDER BY p.seq DESC LIMIT 1) AS previous"""


async def claim_next(
    connection: Connection,
    process: Process,
    *,
    platforms: Sequence[str],
    held: Sequence[UUID],
    max_takeovers: int,
    at_most: int,
) -> Sequence[Record]:
    """The turns that are now the process's, `given_up` with the death of their `max_takeovers`th
    worker, or dead with one more.

    `held` is what the process works on already. `UniqueViolationError` or `DeadlockDetectedError`
    where another process was faster.
    """
    rows = await connection.fetch(
        _CLAIM,
        process.owner,
        process.owner_lock,
        timedelta(seconds=process.lease_seconds),
        process.may_take_over,
        list(platforms),
        list(held),
        max_takeovers,
        GIVEN_UP,
        at_most,
    )
    return sorted(rows, key=itemgetter("seq"))
