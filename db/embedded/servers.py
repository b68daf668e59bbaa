"""The embedded servers of a data folder, shared by every process that works on it.

Per server there is a lock. Whoever holds it keeps the server: starts it, starts it again when it
crashes, stops it when leaving. The others join, and watch the lock: when its holder is gone, one
of them becomes the keeper, and the server is back at the same socket.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import structlog

from db.embedded.errors import DataFolderError, EmbeddedError, StartError
from db.embedded.folder import DataFolder
from db.embedded.locks import FileLock
from db.embedded.postgres import Postgres
from db.embedded.process import ServerProcess, StopStep
from db.embedded.progress import Progress, silent
from db.embedded.redis import Redis

WATCH_SECONDS = 0.5
JOIN_SECONDS = 60.0
TELL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0

_log = structlog.stdlib.get_logger(__name__)


class Server(Protocol):
    """A kind of server, as its keeper sees it."""

    name: str
    lock_path: Path
    url: str

    @property
    def stop_steps(self) -> tuple[StopStep, ...]: ...

    async def prepare(self, leftover_pid: int | None, progress: Progress) -> None:
        """Make its data ready, with no other server on it."""

    def launch(self) -> ServerProcess: ...

    async def wait_until_up(self, process: ServerProcess, progress: Progress) -> None:
        """Return when it serves; `EmbeddedError` when it will not."""

    async def is_up(self) -> bool: ...


class EmbeddedServers:
    """`async with EmbeddedServers(folder) as servers:` and use `servers.postgres_url`.

    Raises `EmbeddedError`, whose one line says what to do. Enter it in the main thread: the
    servers live as long as the thread that started them.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        postgres: bool = True,
        redis: bool = True,
        progress: Progress = silent,
        durable: bool = True,
    ) -> None:
        self._folder = DataFolder(data_dir)
        self._postgres = Postgres(self._folder, durable=durable) if postgres else None
        self._redis = Redis(self._folder) if redis else None
        self._progress = progress
        self._stack = AsyncExitStack()

    @property
    def postgres_url(self) -> str:
        """As the superuser who owns the database."""
        if self._postgres is None:
            raise ValueError("these servers are without Postgres")
        return self._postgres.url

    @property
    def redis_url(self) -> str:
        if self._redis is None:
            raise ValueError("these servers are without Redis")
        return self._redis.url

    async def __aenter__(self) -> Self:
        servers: list[Server] = [s for s in (self._redis, self._postgres) if s is not None]
        if servers:
            self._folder.prepare()
        keepers = [_Keeper(server, self._folder, self._progress) for server in servers]
        async with AsyncExitStack() as stack:
            stack.push_async_callback(_stop_all, keepers)
            for keeper in keepers:
                keeper.begin()
            for keeper in keepers:
                await keeper.until_up()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()


async def _stop_all(keepers: list[_Keeper]) -> None:
    await asyncio.gather(*(keeper.end() for keeper in keepers))


class _Keeper:
    """Keeps one server, or watches whoever does."""

    def __init__(self, server: Server, folder: DataFolder, progress: Progress) -> None:
        self._server = server
        self._folder = folder
        self._progress = progress
        self._lock = FileLock(server.lock_path)
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"keeper of {self._server.name}")

    async def until_up(self) -> None:
        """Return when the server serves, whoever keeps it; its keeper's error if it will not."""
        assert self._task is not None  # noqa: S101 - begin() was called
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait({up, self._task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        if self._task.done():
            self._task.result()

    async def end(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        (error,) = await asyncio.gather(self._task, return_exceptions=True)
        if self._up.is_set() and isinstance(error, Exception):
            _log.error("keeper_failed", server=self._server.name, exc_info=error)

    async def _run(self) -> None:
        """Watch the lock; once it is ours, keep the server."""
        since, told = time.monotonic(), False
        while not self._acquire():
            if not self._up.is_set():
                waited = time.monotonic() - since
                if await self._server.is_up():
                    self._up.set()
                elif waited > JOIN_SECONDS:
                    raise self._holder_stuck()
                elif waited > TELL_SECONDS and not told:
                    self._progress(f"Waiting for {self._server.name}, which another starts…")
                    told = True
            await asyncio.sleep(WATCH_SECONDS if self._up.is_set() else WATCH_SECONDS / 5)
        try:
            await self._keep()
        finally:
            self._lock.release()

    def _acquire(self) -> bool:
        try:
            return self._lock.try_acquire()
        except DataFolderError:
            if self._up.is_set():  # we have joined: the server is there, for now
                return False
            raise

    def _holder_stuck(self) -> StartError:
        pid = self._lock.read_note().get("pid", "unknown")
        return StartError(
            f"{self._server.name} is kept by another CastMatch (process {pid}) but does not "
            "answer: stop that process and start again."
        )

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            started = time.monotonic()
            try:
                code = await self._serve()
            except EmbeddedError as error:
                if not self._up.is_set():
                    raise
                _log.error("embedded_server_failed", server=self._server.name, error=str(error))
            else:
                _log.warning("embedded_server_ended", server=self._server.name, exit_code=code)
            lived = time.monotonic() - started
            pause = 0.0 if lived > LONGEST_PAUSE_SECONDS else pause * 2 + 0.2
            await asyncio.sleep(min(pause, LONGEST_PAUSE_SECONDS))

    async def _serve(self) -> int:
        """One life of the server, from its start to its end; its exit code."""
        try:
            return await self._serve_unexplained()
        except OSError as error:
            raise DataFolderError(self._folder.explain(error)) from error

    async def _serve_unexplained(self) -> int:
        leftover = self._lock.read_note().get("server_pid")
        await self._server.prepare(leftover if isinstance(leftover, int) else None, self._progress)
        self._progress(f"Starting {self._server.name}…")
        process = self._server.launch()
        try:
            self._lock.write_note({"pid": os.getpid(), "server_pid": process.pid})
            await self._server.wait_until_up(process, self._progress)
            self._up.set()
            return await process.wait()
        finally:
            await process.stop(self._server.stop_steps)
