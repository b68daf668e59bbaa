"""A process with a worker whose replies never end, to be killed: `python -m tests.turns.child`.

Arguments: database URL, lease in seconds, and a file to hold locked as long as it lives.
"""

from __future__ import annotations

import asyncio
import fcntl
import sys
from pathlib import Path

from bot.worker import Worker
from db.pool import Database
from db.process import Process, lock_identity
from db.turns import Turns
from tests.turns.answers import Echo, Platform


async def main(url: str, lease_seconds: float, lock: Path) -> None:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        database = await Database.connect(url)
        process = Process(
            database, lease_seconds=lease_seconds, owner_lock=lock_identity(file.fileno())
        )
        turns = Turns(process)
        echo = Echo(turns)
        echo.gate.clear()
        async with process:
            await Worker(turns, echo, [Platform()], slots=50).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])))
