"""A process that uses the embedded servers of a folder, for tests that kill it.

Run as `python -m tests.db.keeping FOLDER`: prints a line when the servers are up or the error
when they are not, and leaves on SIGTERM.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from db.embedded import EmbeddedError, EmbeddedServers, launch

ROOT = Path(__file__).parent.parent.parent


async def _main(folder: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    try:
        async with EmbeddedServers(folder, durable=False):
            print("up", flush=True)  # noqa: T201 - what the test waits for
            await stop.wait()
    except EmbeddedError as error:
        sys.exit(f"error: {error}")


@asynccontextmanager
async def user_of(
    folder: Path, *, prefix: Sequence[str] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Such a process, its servers up or its error in standard error; gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *prefix,
        *(sys.executable, "-m", "tests.db.keeping", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        await asyncio.wait_for(process.stdout.readline(), 60)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), 20)


async def error_of(folder: Path, *, prefix: Sequence[str] = ()) -> str:
    """The one line with which such a process gives up."""
    async with user_of(folder, prefix=prefix) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    text = errors.decode().strip()
    assert text.startswith("error: ")
    assert "\n" not in text
    return text.removeprefix("error: ")


def as_ordinary_user() -> list[str]:
    """What to put before a command so that it is not root's; nothing where we are not root."""
    if os.geteuid() != 0:
        return []
    dies_with_us = [str(os.getpid()), str(int(signal.SIGKILL))]
    return [sys.executable, launch.__file__, *dies_with_us, "namespace"]


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
