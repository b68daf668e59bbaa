"""Whether the database can be reached, and for how long that has been so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import structlog

from bot.ports import UnavailableError

log = structlog.get_logger(__name__)

_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, backend terminated
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.ReadOnlySQLTransactionError,  # a replica that was the primary
    asyncpg.InternalClientError,
)


def is_away(error: BaseException) -> bool:
    """Whether this error means that the database cannot serve now (and not that we erred)."""
    # asyncpg says "connection is closed" with InterfaceError itself; misuse has subclasses
    return isinstance(error, _AWAY) or type(error) is asyncpg.InterfaceError


class Link:
    """This process's contacts with the database.

    An unbroken chain of them is what entitles a process to judge that others are gone: after an
    outage every lease has run out, though nobody died. A gap of more than `max_gap` seconds
    between two contacts breaks the chain, also when the process itself was frozen.
    """

    def __init__(self, max_gap: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_gap = max_gap
        self._clock = clock
        self._since: float | None = None
        self._last = 0.0
        self._away = False

    def healthy_for(self) -> float:
        """Seconds for which the database has been in reach without a gap."""
        now = self._clock()
        if self._since is None or now - self._last > self._max_gap:
            return 0.0
        return now - self._since

    def reached(self) -> None:
        now = self._clock()
        if self._since is None or now - self._last > self._max_gap:
            self._since = now
        self._last = now
        if self._away:
            self._away = False
            log.info("database_back")

    def missed(self, error: BaseException) -> None:
        """Break the chain; one warning for each outage."""
        self._since = None
        if not self._away:
            self._away = True
            log.warning("database_away", error=f"{type(error).__name__}: {error}")

    @asynccontextmanager
    async def contact(self, seconds: float) -> AsyncIterator[None]:
        """Count what happens inside as one contact, given up after `seconds`.

        `UnavailableError` where there was none.
        """
        try:
            async with asyncio.timeout(seconds):
                yield
        except UnavailableError as error:
            self.missed(error)
            raise
        except Exception as error:
            if not is_away(error):
                raise
            self.missed(error)
            raise UnavailableError("The database cannot be reached now.") from error
        self.reached()
