"""What one process at a time does: rows of `singletons`, held under fenced leases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ports import Lease, UnavailableError
from db.leases import TAKEABLE, HeldLease
from db.listener import Bell

if TYPE_CHECKING:
    from db.process import Process

FREE = "castmatch_singleton_free"
"""Channel: a name can be had; the payload is that."""

_TAKE = f"""
    INSERT INTO singletons AS t (name, owner, owner_lock, lease_until)
    VALUES ($5, $1, $2, now() + $3)
    ON CONFLICT (org_id, name) DO UPDATE SET status = 'running', owner = $1, owner_lock = $2,
        lease_until = now() + $3, attempt = t.attempt + 1
    WHERE (t.status = 'queued' OR t.owner <> $1) AND {TAKEABLE}
    RETURNING t.org_id, t.id, t.attempt"""

_LEAVE = """
    UPDATE singletons SET status = 'queued', lease_until = NULL
    WHERE org_id = $1 AND id = $2 AND owner = $3 AND attempt = $4 AND status = 'running'
    RETURNING pg_notify('castmatch_singleton_free', name)"""


class Singletons:
    """`bot.stores.Singletons`. Made before `async with process`, used inside it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._leases = process.leases("singletons")
        self._waiting: list[tuple[str, Bell]] = []
        process.listener.subscribe(FREE, self._freed, self._look)

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[Lease]:
        lease = await self._take(name)
        try:
            with self._leases.held(lease.org_id, lease.row_id, lease.attempt):
                yield lease
        finally:
            await self._leave(lease)

    async def _take(self, name: str) -> HeldLease:
        with self._bell(name) as bell:
            while (lease := await self._try(name)) is None:
                # A holder that died tells nobody, so that its lease is looked at now and then.
                await bell.wait(self._process.lease_seconds / 3)
        return lease

    async def _try(self, name: str) -> HeldLease | None:
        process = self._process
        try:
            async with process.contact() as connection:
                row = await connection.fetchrow(
                    _TAKE,
                    process.owner,
                    process.owner_lock,
                    timedelta(seconds=process.lease_seconds),
                    process.may_take_over,
                    name,
                )
        except UnavailableError:
            return None
        if row is None:
            return None
        return self._leases.hold(row["org_id"], row["id"], row["attempt"])

    async def _leave(self, lease: HeldLease) -> None:
        with suppress(UnavailableError):  # then the lease runs out
            async with self._process.contact() as connection:
                await connection.execute(
                    _LEAVE, lease.org_id, lease.row_id, self._process.owner, lease.attempt
                )

    @contextmanager
    def _bell(self, name: str) -> Iterator[Bell]:
        waiting = name, Bell()
        self._waiting.append(waiting)
        try:
            yield waiting[1]
        finally:
            self._waiting.remove(waiting)

    def _freed(self, name: str) -> None:
        for wanted, bell in self._waiting:
            if wanted == name:
                bell.ring()

    def _look(self) -> None:
        """Notifications may have been missed."""
        for _, bell in self._waiting:
            bell.ring()
