"""A process that does memory's jobs until it is killed.

python -m tests.memory.jobs_at_work URL
"""

from __future__ import annotations

import asyncio
import sys

from bot.distilling import Rules
from bot.jobs import JobRunner
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import LEARN_FACTS, FactRows
from db.jobs import Jobs
from db.pool import Database
from db.process import Process
from memory.facts import Learning
from memory.remembering import Remembering
from tests.memory.canaries.planting import Hashed, HashedTokens

LEASE = 1.0


async def work(url: str) -> None:
    database = await Database.connect(url)
    process = Process(database, lease_seconds=LEASE)
    jobs = Jobs(process)
    remembering = Remembering(EpisodeWrites(database), HashedTokens())
    learning = Learning(FactRows(database), Rules(), Hashed())
    handlers = {
        REMEMBER_TURNS: remembering.remember,
        EMBED_EPISODES: remembering.embed,
        LEARN_FACTS: learning.job,
    }
    async with process:
        print("at work", flush=True)  # noqa: T201 - whoever started it waits for this
        await JobRunner(jobs, handlers, 3).run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
