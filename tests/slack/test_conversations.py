"""What people in Slack see, conversation by conversation, exactly."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.slack.scenes import open_scene
from tests.slack.scripts import SCRIPTS


def test_every_transcript_is_of_a_script() -> None:
    assert {path.stem for path in SCRIPTS.expected.glob("*.txt")} == set(SCRIPTS.plays)


@pytest.mark.parametrize("name", SCRIPTS.plays)
async def test_a_conversation_shows_what_is_expected(
    name: str, database: Database, redis: Redis, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(*SCRIPTS.warns[name])
    async with open_scene(database, redis) as scene:
        seen = await SCRIPTS.seen(name, scene)
        assert not any(message.pings for message in scene.casting.from_bot())
    assert seen == SCRIPTS.expects(name)
