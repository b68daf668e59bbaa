"""One server process: started, watched, stopped; and what an earlier owner left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from db.embedded import launch as launcher
from db.embedded.errors import StartError
from db.embedded.folder import DataFolder

POLL_SECONDS = 0.05
MAX_LOG_BYTES = 5 * 1024 * 1024

StopStep = tuple[signal.Signals, float]
"""A signal, and the seconds it gets to work before the next one."""


class ServerProcess:
    """A child that dies with us. Its output goes to a log file."""

    def __init__(self, popen: subprocess.Popen[bytes], log: Path, log_start: int) -> None:
        self._popen = popen
        self._log = log
        self._log_start = log_start

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """`None` while it runs."""
        return self._popen.poll()

    async def wait(self) -> int:
        """Its exit code, once it has one.

        Polled: asyncio's own processes are killed outright when their loop closes early.
        """
        while (code := self._popen.poll()) is None:  # noqa: ASYNC110 - nothing sets an event
            await asyncio.sleep(POLL_SECONDS)
        return code

    def wait_blocking(self, seconds: float = 10) -> int:
        """For programs that end at once."""
        return self._popen.wait(seconds)

    async def stop(self, steps: Sequence[StopStep]) -> None:
        """Signal after signal until it is gone. Nothing to do if it is."""
        for signal_number, seconds in steps:
            if self._popen.poll() is not None:
                return
            self._popen.send_signal(signal_number)
            try:
                async with asyncio.timeout(seconds):
                    await self.wait()
            except TimeoutError:
                continue

    def output(self) -> str:
        """What it has written since its start."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._log_start)
                return file.read(200_000).decode(errors="replace")
        except OSError:
            return ""

    def failure(self, what: str, folder: DataFolder, *, cure: str = "") -> StartError:
        """Why it ended, in one line, and `cure` where we know one."""
        output = self.output()
        if os.strerror(errno.ENOSPC) in output or folder.is_full:
            return StartError(f"{what}: {folder.explain_full()}")
        why = gist(output) or f"it ended with code {self.exit_code}"
        return StartError(f"{what}: {why}. {cure or f'The whole log is in {self._log}.'}")


def launch(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals,
    as_user: str = "self",
) -> ServerProcess:
    """Start a program that gets `death_signal` when the calling thread ends.

    Call it from the main thread. It runs in a session of its own, so that Ctrl-C in a terminal
    reaches only us and replies can be finished first, and with an empty environment.
    """
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.unlink()
    with log.open("ab") as output:
        if os.geteuid() == 0:
            owner = log.parent.stat()
            os.fchown(output.fileno(), owner.st_uid, owner.st_gid)
        command = (
            *(sys.executable, "-I", "-S", launcher.__file__),
            *(str(os.getpid()), str(int(death_signal)), as_user),
            *map(str, arguments),
        )
        popen = subprocess.Popen(  # noqa: S603 - programs and arguments are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={},
            start_new_session=True,
            cwd="/",
        )
        return ServerProcess(popen, log, output.tell())


_LOUD = re.compile(r"^.*?\b(?:FATAL|PANIC|ERROR|error):\s+|^\d+:\w .*? # ")
"""How the lines begin that Postgres, initdb and Redis mean seriously."""


def gist(output: str) -> str:
    """The line of a server's log that says why it ended."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    loud = [line for line in lines if _LOUD.search(line)]
    return _LOUD.sub("", (loud or lines or [""])[-1]).rstrip(".")


async def replace_leftover(pid: int | None, marker: Path, steps: Sequence[StopStep]) -> None:
    """Stop the server that an owner who died left running: process `pid`, if `marker` is still
    in its command line (process ids are used again)."""
    if pid is None or not runs(pid, marker):
        return
    for signal_number, seconds in steps:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise StartError(
                f"Process {pid} of another user still keeps {marker}: stop it, or set DATA_DIR "
                "to another folder."
            ) from None
        try:
            async with asyncio.timeout(seconds):
                while runs(pid, marker):  # noqa: ASYNC110 - not our child: nothing tells us
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            continue
        return


def runs(pid: int, marker: Path) -> bool:
    """Whether the process lives and was started on `marker`."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return any(str(marker) in argument for argument in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True
