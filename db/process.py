"""This process as the database knows it: the owner of the rows it has claimed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar
from uuid import uuid4

import structlog

from bot.ports import UnavailableError
from db.leases import Leases
from db.line import Lane
from db.link import Link
from db.listener import Listener

if TYPE_CHECKING:
    from db.pool import Connection, Database

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

_LAST_WRITES_SECONDS = 1.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def lock_identity(locked: int) -> str:
    """A name for the file that this open, exclusively locked descriptor stands for.

    Equal names mean the same file under the same running kernel. So whoever holds the lock now
    knows that every earlier holder is gone, as the kernel frees a lock only with its process.
    Empty where the system does not name its boots: then only leases tell.
    """
    try:
        boot = _BOOT_ID.read_text().strip()
    except OSError:
        return ""
    status = os.fstat(locked)
    return blake2b(f"{boot}/{status.st_dev}/{status.st_ino}".encode(), digest_size=16).hexdigest()


class Process:
    """Owner id, leases with their heartbeat, the health of the link, and the LISTEN connection.

    `owner_lock`, from `lock_identity`, lets this process go on at once with what an earlier
    holder of the same lock left behind; without it that takes one lease. The lock must be held
    for as long as this process may write.
    """

    def __init__(self, database: Database, *, lease_seconds: float, owner_lock: str = "") -> None:
        self.database = database
        self.owner = uuid4()
        self.owner_lock = owner_lock
        self.lease_seconds = lease_seconds
        # Three heartbeats a lease: a gap of two leaves every lease of others renewed in time.
        self._beat_seconds = lease_seconds / 3
        self.link = Link(max_gap=2 * self._beat_seconds)
        self.listener = Listener(database, ping_seconds=min(self._beat_seconds, 5.0))
        self._leases: list[Leases] = []
        self._beat_now = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._started: set[asyncio.Task[Any]] = set()

    def leases(self, table: Literal["turns", "jobs", "singletons"]) -> Leases:
        """Leases on rows of this table, renewed while the process runs. Before `async with`."""
        leases = Leases(table, self.owner, self.lease_seconds)
        self._leases.append(leases)
        return leases

    @property
    def may_take_over(self) -> bool:
        """Whether an expired lease means that its owner is gone, and not that all were away."""
        return self.link.healthy_for() >= self.lease_seconds

    @asynccontextmanager
    async def contact(
        self,
        seconds: float = 5.0,
        *,
        lane: Lane = Lane.URGENT,
        durable: bool = True,
        alone_on: Sequence[str] = (),
        beside: Sequence[str] = (),
    ) -> AsyncIterator[Connection]:
        """One short transaction over every organisation's work; it tells on the link's health.

        `UnavailableError` where the database is away or takes longer than `seconds`. Waiting for
        a connection of a busy pool is no part of these, and tells nothing. What is not `durable`
        may be undone by a crash of the server within its last moments. `alone_on` and `beside`
        as in `Database.queue`.
        """
        within = self.link.contact(seconds)
        async with self.database.queue(
            lane, durable=durable, within=within, alone_on=alone_on, beside=beside
        ) as connection:
            yield connection

    def start(self, work: Coroutine[None, None, Result]) -> asyncio.Task[Result]:
        """Do it beside whoever asks, who may go; at our end it has a moment to come to its own."""
        task = asyncio.create_task(work)
        self._started.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._started.discard(task)
        if not task.cancelled():
            task.exception()  # it is whoever still waits for it that it concerns

    def beat(self) -> None:
        """Renew now; also brings what was asked of our rows while no notification came."""
        self._beat_now.set()

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(_keep_running(self._heartbeat), name="heartbeat"),
            asyncio.create_task(_keep_running(self.listener.run), name="listener"),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._started:
            _, late = await asyncio.wait(self._started, timeout=_LAST_WRITES_SECONDS)
            for task in late:
                task.cancel()

    async def _heartbeat(self) -> None:
        while True:
            self._beat_now.clear()
            pause = self._beat_seconds
            try:
                async with self.contact(
                    self._beat_seconds, lane=Lane.OWN, durable=False
                ) as connection:
                    await connection.execute("SELECT 1")
                    for leases in self._leases:
                        await leases.renew(connection)
            except UnavailableError:
                pause = min(pause, 0.5)
            try:
                async with asyncio.timeout(pause):
                    await self._beat_now.wait()
            except TimeoutError:
                pass


async def _keep_running(work: Callable[[], Awaitable[None]]) -> None:
    """Without heartbeat and listener the process would hold nothing: no error may end them."""
    while True:
        try:
            await work()
        except Exception:  # the boundary of the process
            log.exception("background_task_failed", task=work.__qualname__)
        await asyncio.sleep(1)
