"""Each message is answered once, whatever happens on the way. The whole drill is in `drill.py`."""

from __future__ import annotations

from redis.asyncio import Redis

from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.discord.drill import Hardship, drill


async def test_sixty_messages_in_hard_times(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    hardship = Hardship(break_every=2.5, call_seconds=0.8, failures=0.05)
    outcome = await drill(60, database, redis, writers=10, hardship=hardship)
    assert outcome.sockets > 2
    assert outcome.sessions > 1
    assert outcome.faults > 5
    assert outcome.count(once=True) == 60, outcome.report()
