"""One connection that LISTENs, and comes back by itself when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from bot.ports import UnavailableError
from db.link import is_away

if TYPE_CHECKING:
    from asyncpg import Connection

    from db.pool import Database

log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Bell:
    """Rung when there may be something to do, however often; heard once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self, _payload: str = "") -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return when rung since the last return, or after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()


class Listener:
    """Notifications by channel, as they come.

    While the connection is lost notifications are missed: whoever subscribes is told with
    `on_connect` when to look for himself.
    """

    def __init__(self, database: Database, *, ping_seconds: float) -> None:
        self._database = database
        self._ping_seconds = ping_seconds
        self._subscribers: dict[str, list[Callable[[str], None]]] = {}
        self._on_connect: list[Callable[[], None]] = []
        self._dropped = asyncio.Event()

    def subscribe(
        self, channel: str, receive: Callable[[str], None], on_connect: Callable[[], None]
    ) -> None:
        """Call `receive` with the payload of each notification. Before `run`."""
        self._subscribers.setdefault(channel, []).append(receive)
        self._on_connect.append(on_connect)

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await self._connect()
            except Exception as error:
                if not (is_away(error) or isinstance(error, UnavailableError)):
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            try:
                await self._until_dropped(connection)
            finally:
                connection.terminate()
            log.info("listener_lost")

    async def _connect(self) -> Connection:
        self._dropped.clear()
        async with asyncio.timeout(self._ping_seconds):
            connection = await self._database.listener()
        try:
            connection.add_termination_listener(lambda _: self._dropped.set())
            for channel in self._subscribers:
                await connection.add_listener(channel, self._receive)
        except BaseException:
            connection.terminate()
            raise
        for look in self._on_connect:
            look()
        return connection

    async def _until_dropped(self, connection: Connection) -> None:
        """Ping, because a connection whose other end vanished says nothing."""
        while not self._dropped.is_set():
            try:
                async with asyncio.timeout(self._ping_seconds):
                    await self._dropped.wait()
            except TimeoutError:
                try:
                    await connection.execute("SELECT 1", timeout=self._ping_seconds)
                except Exception as error:
                    if not is_away(error):
                        raise
                    return

    def _receive(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for receive in self._subscribers[channel]:
            receive(str(payload))
