"""`castmatch` as a process of its own, on a data folder of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.waiting import wait_until
from tests.web.client import Client

CHECKOUT = Path(__file__).parent.parent.parent
START_SECONDS = 60
END_SECONDS = 5
"""How long Ctrl-C and SIGTERM may take, as we promise."""


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Ours alone: no setting of the machine's reaches a test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATA_DIR": str(folder), "PYTHONPATH": str(CHECKOUT), **settings}


async def run(folder: Path, *arguments: str, says: str = "", **settings: str) -> Ended:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment(folder, settings),
    )  # fmt: skip
    async with asyncio.timeout(START_SECONDS):
        out, err = await process.communicate(says.encode())
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


class Server:
    """A running `castmatch serve`."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self._log = log
        self.address = ""

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def ready(self) -> None:
        def listens() -> bool:
            assert self.process.returncode is None, self.log
            found = re.search(r"ready: (http://\S+)", self.log)
            self.address = found[1] if found else ""
            return bool(found)

        await wait_until(listens, seconds=START_SECONDS)

    async def end(self, how: signal.Signals) -> int:
        """Its exit code, once it has ended of that signal."""
        self.process.send_signal(how)
        async with asyncio.timeout(END_SECONDS):
            return await self.process.wait()

    @asynccontextmanager
    async def visit(self, conversation: str) -> AsyncIterator[Client]:
        """A page on that conversation."""
        url = f"{self.address.replace('http', 'ws', 1)}/ws"
        async with connect(url, origin=Origin(self.address)) as socket:
            client = Client(socket)
            await client.greet(conversation)
            yield client


@asynccontextmanager
async def serving(folder: Path, **settings: str) -> AsyncIterator[Server]:
    """`castmatch serve`, ready; killed at the end if it still runs."""
    log = folder / "serve.log"
    settings = {"PORT": "43001"} | settings
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve",
            stdin=DEVNULL, stdout=DEVNULL, stderr=output, env=environment(folder, settings),
        )  # fmt: skip
    server = Server(process, log)
    try:
        await server.ready()
        yield server
    except BaseException:
        print(server.log)  # noqa: T201 - pytest shows it with the failure
        raise
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
