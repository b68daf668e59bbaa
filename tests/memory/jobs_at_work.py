"""A process that does memory's jobs until it is killed.

python -m tests.memory.jobs_at_work URL
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from bot.distilling import Rules
from bot.jobs import JobHandler, JobRunner
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import LEARN_FACTS, FactRows
from db.jobs import Jobs
from db.pool import Database
from db.process import Process
from memory.facts import Learning
from memory.remembering import Remembering
from tests.memory.canaries.planting import Hashed, HashedTokens

LEASE = 1.0


def runner(jobs: Jobs, database: Database) -> JobRunner:
    """What makes episodes, their vectors and facts, three at once."""
    remembering = Remembering(EpisodeWrites(database), HashedTokens())
    learning = Learning(FactRows(database), Rules(), Hashed())
    handlers: Mapping[str, JobHandler] = {
        REMEMBER_TURNS: remembering.remember,
        EMBED_EPISODES: remembering.embed,
        LEARN_FACTS: learning.job,
    }
    return JobRunner(jobs, handlers, 3)


async def work(url: str) -> None:
    database = await Database.connect(url)
    process = Process(database, lease_seconds=LEASE)
    async with process:
        print("at work", flush=True)  # noqa: T201 - whoever started it waits for this
        await runner(Jobs(process), database).run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
