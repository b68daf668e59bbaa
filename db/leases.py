"""Rows of one table that this process holds under a lease."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from bot.ports import ChangedTurnError, LeaseEnd

if TYPE_CHECKING:
    from db.pool import Connection

TAKEABLE = """(
    t.status = 'queued'
    OR (t.status = 'running' AND t.owner <> $1 AND t.owner_lock = $2 AND $2 <> '')
    OR (t.status = 'running' AND t.lease_until < now() AND $4)
)"""
"""Which open rows a process may take: $1 its owner id, $2 the lock that it holds alone (so that
whoever held it before is gone), $4 whether its link has been healthy for a lease ($3)."""

_EARLY = 100
"""How much of the newest news on rows that we don't hold is kept in mind."""

_WEIGHT: dict[LeaseEnd, int] = {"stopped": 1, "amended": 1, "withdrawn": 2, "lost": 3}


@dataclass(slots=True, eq=False)
class HeldLease:
    """A row that is ours until it `ended`."""

    org_id: UUID
    row_id: UUID
    attempt: int
    settling: bool = False
    """The row's last write is under way: that it is no longer running proves no loss."""
    over: LeaseEnd | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, reason: LeaseEnd) -> None:
        """Say why it must end early; the first reason stands until one weighs more."""
        if self.over is None or _WEIGHT[reason] > _WEIGHT[self.over]:
            self.over = reason
        self._ended.set()

    async def ended(self) -> LeaseEnd:
        await self._ended.wait()
        assert self.over is not None  # noqa: S101 - `end` says why
        return self.over


class Leases:
    """What this process holds in `table`; all of it is renewed in one UPDATE."""

    def __init__(
        self, table: Literal["turns", "jobs", "singletons"], owner: UUID, seconds: float
    ) -> None:
        self._owner = owner
        self._lease = timedelta(seconds=seconds)
        self._held: dict[UUID, HeldLease] = {}
        self._early: deque[tuple[LeaseEnd, UUID, int | None]] = deque(maxlen=_EARLY)
        ends_as = "NULL"
        if table == "turns":
            ends_as = """CASE WHEN t.changed <> '' THEN t.changed
                WHEN t.cancel_requested THEN 'stopped' END"""
        self._renew = f"""
            WITH ours AS MATERIALIZED (
                SELECT t.org_id, t.id
                FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS held (org_id, id, attempt)
                JOIN {table} t ON t.org_id = held.org_id AND t.id = held.id
                    AND t.attempt = held.attempt AND t.owner = $1 AND t.status = 'running'
                ORDER BY t.id FOR UPDATE OF t)
            UPDATE {table} t SET lease_until = now() + $2
            FROM ours WHERE t.org_id = ours.org_id AND t.id = ours.id
            RETURNING t.id, {ends_as} AS ends_as"""

    def hold(self, org_id: UUID, row_id: UUID, attempt: int) -> HeldLease:
        held = self._held[row_id] = HeldLease(org_id, row_id, attempt)
        for reason, its_row, its_attempt in self._early:
            if its_row == row_id and its_attempt in {None, attempt}:
                held.end(reason)
        return held

    def end(self, reason: LeaseEnd, row_id: UUID, attempt: int | None = None) -> None:
        """End the lease of that attempt, or of any, if we hold it or are just about to: the news
        may come before the answer to our claim."""
        held = self._held.get(row_id)
        if held is None:
            self._early.append((reason, row_id, attempt))
        elif attempt in {None, held.attempt}:
            held.end(reason)

    @contextmanager
    def held(self, org_id: UUID, row_id: UUID, attempt: int) -> Iterator[HeldLease]:
        """The lease that `hold` began, renewed while inside; lost already if it is not there."""
        held = self._held.get(row_id)
        if held is None or held.attempt != attempt:
            held = HeldLease(org_id, row_id, attempt)
            held.end("lost")
        try:
            yield held
        finally:
            self.drop(row_id, attempt)

    def ids(self) -> list[UUID]:
        return list(self._held)

    def drop(self, row_id: UUID, attempt: int) -> None:
        """Renew it no more; a later claim of the same row is left alone."""
        held = self._held.get(row_id)
        if held is not None and held.attempt == attempt:
            del self._held[row_id]

    @contextmanager
    def settling(self, row_id: UUID, attempt: int) -> Iterator[None]:
        """Inside, the row's last write is made; after it, the row is no longer held, unless the
        write was refused with `ChangedTurnError`."""
        held = self._held.get(row_id)
        if held is not None and held.attempt == attempt:
            held.settling = True
        try:
            yield
        except ChangedTurnError:
            if held is not None:
                held.settling = False
            raise
        except BaseException:
            self.drop(row_id, attempt)
            raise
        self.drop(row_id, attempt)

    async def renew(self, connection: Connection) -> None:
        """Extend every lease; those that are another's now end as lost."""
        held = list(self._held.values())
        if not held:
            return
        rows = await connection.fetch(
            self._renew,
            self._owner,
            self._lease,
            [one.org_id for one in held],
            [one.row_id for one in held],
            [one.attempt for one in held],
        )
        ours = {row["id"]: row["ends_as"] for row in rows}
        for one in held:
            if end := ours.get(one.row_id):
                one.end(end)
            elif one.row_id not in ours and not one.settling:
                one.end("lost")
