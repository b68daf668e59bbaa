"""Background jobs: rows of `jobs`, claimed under fenced leases and deleted when done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg
import structlog

from bot.jobs import Job
from bot.ports import Lease, UnavailableError
from db.leases import TAKEABLE
from db.listener import Bell

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Connection
    from db.process import Process

log = structlog.get_logger(__name__)

QUEUED = "castmatch_job_queued"

_ENQUEUE = """
    INSERT INTO jobs (org_id, kind, key, payload, run_at) VALUES ($1, $2, $3, $4, now() + $5)
    ON CONFLICT DO NOTHING
    RETURNING pg_notify('castmatch_job_queued', '') IS NOT NULL"""

_CLAIM = f"""
    WITH next AS MATERIALIZED (
        SELECT t.org_id, t.id, t.status = 'running' AND t.failures + 1 >= $7 AS dead
        FROM jobs t
        WHERE t.status IN ('queued', 'running') AND t.kind = ANY($5) AND t.id <> ALL($6)
          AND {TAKEABLE}
          AND (t.status = 'running' OR (t.run_at <= now() AND NOT EXISTS (
            SELECT FROM jobs o WHERE o.org_id = t.org_id AND o.kind = t.kind AND o.key = t.key
              AND o.status = 'running')))
        ORDER BY t.run_at LIMIT 1 FOR UPDATE OF t SKIP LOCKED)
    UPDATE jobs t SET
        failures = t.failures + (t.status = 'running')::int,
        attempt = t.attempt + 1, owner = $1, owner_lock = $2, lease_until = now() + $3,
        status = CASE WHEN next.dead THEN 'dead' ELSE 'running' END,
        error = CASE WHEN next.dead THEN 'its worker died' ELSE t.error END
    FROM next WHERE t.org_id = next.org_id AND t.id = next.id
    RETURNING t.org_id, t.id, t.kind, t.payload, t.attempt, t.status"""

_OURS = "org_id = $1 AND id = $2 AND owner = $3 AND attempt = $4 AND status = 'running'"

_DONE = f"""
    DELETE FROM jobs WHERE {_OURS} RETURNING pg_notify('castmatch_job_queued', '')"""

# While it ran, the same work may have been queued again: then that one will do it.
_DONE_IF_QUEUED_AGAIN = f"""
    DELETE FROM jobs t WHERE {_OURS} AND EXISTS (
        SELECT FROM jobs o WHERE o.org_id = t.org_id AND o.kind = t.kind AND o.key = t.key
          AND o.status = 'queued')
    RETURNING true"""

_RELEASE = f"""
    UPDATE jobs SET status = 'queued', lease_until = NULL WHERE {_OURS}
    RETURNING pg_notify('castmatch_job_queued', '')"""

# 10 s, 40 s, 160 s, … up to an hour
_FAILED = f"""
    UPDATE jobs SET error = $5, failures = failures + 1, lease_until = NULL,
        status = CASE WHEN failures + 1 >= $6 THEN 'dead' ELSE 'queued' END,
        run_at = now() + least($7::interval * power(4, failures), interval '1 hour')
    WHERE {_OURS} RETURNING status = 'queued'"""


async def enqueue(
    connection: Connection,
    org_id: UUID,
    kind: str,
    payload: Mapping[str, JsonValue],
    *,
    key: str = "",
    delay: float = 0,
) -> bool:
    """`JobQueue.enqueue` within a transaction of one's own: what leads to a job brings it."""
    queued: bool | None = await connection.fetchval(
        _ENQUEUE, org_id, kind, key or uuid4().hex, dict(payload), timedelta(seconds=delay)
    )
    return queued or False


class Jobs:
    """`bot.jobs.JobQueue`. Made before `async with process`, used inside it.

    A job that fails is tried again after `backoff_seconds`, then four times that and so on; with
    the `max_failures`th failure, or worker that died with it, it is dead and its row stays.
    """

    def __init__(
        self, process: Process, *, max_failures: int = 6, backoff_seconds: float = 10
    ) -> None:
        self._process = process
        self._leases = process.leases("jobs")
        self._max_failures = max_failures
        self._backoff = timedelta(seconds=backoff_seconds)
        self._bell = Bell()
        process.listener.subscribe(QUEUED, self._bell.ring, self._bell.ring)

    async def enqueue(
        self,
        org_id: UUID,
        kind: str,
        payload: Mapping[str, JsonValue],
        *,
        key: str = "",
        delay: float = 0,
    ) -> bool:
        async with self._process.contact() as connection:
            return await enqueue(connection, org_id, kind, payload, key=key, delay=delay)

    async def claim(self, kinds: Sequence[str]) -> Job | None:
        """Also `None` while the database is away; `wait` and ask again."""
        process = self._process
        while True:
            try:
                async with process.contact() as connection:
                    row = await connection.fetchrow(
                        _CLAIM,
                        process.owner,
                        process.owner_lock,
                        timedelta(seconds=process.lease_seconds),
                        process.may_take_over,
                        list(kinds),
                        self._leases.ids(),
                        self._max_failures,
                    )
            except UnavailableError:
                return None
            except asyncpg.UniqueViolationError:  # another claimed the same key just now
                continue
            if row is None:
                return None
            if row["status"] == "running":
                self._leases.hold(row["org_id"], row["id"], row["attempt"])
                return Job(row["id"], row["org_id"], row["kind"], row["payload"], row["attempt"])
            log.error("job_dead", job=str(row["id"]), kind=row["kind"], error="its worker died")

    async def wait(self, seconds: float) -> None:
        await self._bell.wait(seconds)

    async def done(self, job: Job) -> None:
        await self._settle(_DONE, job)

    async def release(self, job: Job) -> None:
        with suppress(UnavailableError):  # then its lease runs out
            await self._settle(_RELEASE, job)

    async def failed(self, job: Job, error: str) -> bool:
        again = await self._settle(_FAILED, job, error, self._max_failures, self._backoff)
        return bool(again)

    async def _settle(self, write: str, job: Job, *values: object) -> object:
        """The job's last write, unless it was lost to another process meanwhile."""
        fence = (job.org_id, job.id, self._process.owner, job.attempt)
        with self._leases.settling(job.id, job.attempt):
            while True:
                with suppress(asyncpg.UniqueViolationError):  # it was queued again just now
                    async with self._process.contact() as connection:
                        if write != _DONE and await connection.fetchval(
                            _DONE_IF_QUEUED_AGAIN, *fence
                        ):
                            return True
                        return await connection.fetchval(write, *fence, *values)

    @asynccontextmanager
    async def lease(self, job: Job) -> AsyncIterator[Lease]:
        with self._leases.held(job.org_id, job.id, job.attempt) as held:
            yield held
