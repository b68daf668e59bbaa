"""What is the team's alone does not reach a community through Discord; `python -m
tests.discord.canaries` is the same at length."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.discord.canaries import drill, open_crowd
from tests.discord.crowd import CANARY


@pytest.mark.no_cover
async def test_nothing_that_a_member_does_brings_out_a_canary(
    database: Database, database_url: str, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()  # much is refused, and so many at once are slow
    async with open_crowd(database, database_url, redis, talents=40, seed=3) as crowd:
        await drill(crowd, database, 200)
        assert not crowd.leaks(), "\n".join(crowd.leaks()[:5])
        assert not crowd.unanswered
        assert crowd.made.keys() >= {*crowd.commands(), "suggestion", "question", "share", "forged"}
        assert not any("That is a lot at once" in text for text in crowd.readable())

        trusted, room = crowd.trusted[0], crowd.rooms[0]
        shown = await trusted.commands(room, "/talent show", name=crowd.roster.ids[1])
        assert CANARY.search((await shown.finished()).shown), "whom admins trust sees them"
