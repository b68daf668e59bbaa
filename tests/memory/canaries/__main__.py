"""The long hunt, on the command line."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

from db.embedded import EmbeddedServers
from db.migrate import migrate
from tests.folders import server_folder
from tests.memory.canaries.hunting import SURFACES, Servers, Share, ask_by_many, prepare

SECRETS = 5_000


async def _main(asks: int, processes: int) -> int:
    is_well = True
    with server_folder("castmatch-canaries-") as folder:
        async with EmbeddedServers(folder, durable=False) as embedded:
            await migrate(embedded.postgres_url)
            servers = Servers(embedded.postgres_url, embedded.redis_url)
            began = time.monotonic()
            world, planted = await prepare(servers, secrets=SECRETS)
            sys.stdout.write(f"{SECRETS:,} planted in {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
            for name, is_bare in (("as it is", False), ("without conditions", True)):
                began = time.monotonic()
                half = Share(asks // 2, is_bare=is_bare)
                found = await ask_by_many(servers, world, planted, half, processes=processes)
                seconds = time.monotonic() - began
                counts = (
                    f"{found.asked.total():,} asked in {seconds:.0f} s: {dict(found.asked)}",
                    f"{found.told.total():,} told: {dict(found.told)}",
                    f"{found.copies:,} read from Redis, {found.late} late",
                    f"{found.leaks.total()} leaks {dict(found.leaks) or ''}",
                )
                lines = [f"{name}:", *(f"  {line}" for line in (*counts, *found.examples[:5]))]
                sys.stdout.write("\n".join([*lines, ""]))
                sys.stdout.flush()
                is_silent = not found.copies or not found.told.keys() >= SURFACES
                is_well &= not (found.late or found.leaks or is_silent)
    return 0 if is_well else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Hunt for leaks of memory")
    parser.add_argument("asks", type=int, nargs="?", default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    sys.exit(asyncio.run(_main(options.asks, options.processes)))
