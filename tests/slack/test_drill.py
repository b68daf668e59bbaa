"""Each message is answered once, whatever happens on the way. The whole drill is in `drill.py`."""

from __future__ import annotations

from redis.asyncio import Redis

from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.slack.drill import Hardship, drill


async def test_a_hundred_messages_in_hard_times(
    database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    hardship = Hardship(
        cut_every=2.2,
        ack_seconds=1.5,
        ack_delays=(0.2, 1.8, 0.0),
        call_seconds=1.0,
        time_factor=0.01,
    )
    outcome = await drill(100, database, redis, workspaces=4, hardship=hardship)
    assert outcome.sockets > 2
    assert outcome.faults > 10
    assert outcome.attempts > outcome.events > 300
    assert outcome.count(once=True) == 100, outcome.report()
