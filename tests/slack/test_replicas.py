"""Two processes at work on one workspace: what comes to both is done once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from bot.offline import Offline
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.cast import PUBLIC, roster
from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Person, SlackServer
from tests.slack.at_work import at_work, config, oauth
from tests.slack.scenes import button
from tests.talents.rosters import store
from tests.waiting import wait_until


@dataclass(frozen=True)
class Two:
    """Two processes behind HTTP, and who gives them work."""

    slack: SlackServer
    asha: Person
    casting: Channel
    doors: list[str]

    def through(self, process: int) -> None:
        """Slack's next requests come to that one."""
        self.slack.events_url = self.doors[process]


@pytest.fixture
async def two(
    slack: SlackServer, asha: Person, casting: Channel, database: Database, redis: Redis
) -> AsyncIterator[Two]:
    slack.limits.off()
    slack.http.ack_seconds = 5
    settings = config(slack, asha.home, **oauth(slack), app_token="")  # Slack posts to us
    await store(database, DEFAULT_ORG_ID, roster(), public=PUBLIC)
    async with AsyncExitStack() as stack:
        works = [
            await stack.enter_async_context(at_work(settings, database, redis, Offline()))
            for _ in range(2)
        ]
        yield Two(slack, asha, casting, [f"{one.address}/slack/events" for one in works])


async def test_a_request_that_comes_again_to_another_process_does_nothing(
    two: Two, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_replayed")
    two.through(0)
    await two.asha.commands("/talent", "help", two.casting)
    await wait_until(lambda: two.asha.ephemeral(two.casting))
    ((headers, body),) = two.slack.http.sent
    two.through(1)
    for _ in range(3):
        assert (await two.slack.http.post(headers, body))[0] == 200
    assert len(expected_logs.records) == 3
    assert len(two.asha.ephemeral(two.casting)) == 1


async def test_a_double_click_that_comes_to_both_is_done_once(two: Two) -> None:
    two.through(0)
    await two.asha.commands("/talent", "women in Pune who speak Marathi", two.casting)
    await wait_until(lambda: two.asha.ephemeral(two.casting))
    found = two.asha.ephemeral(two.casting)[0]
    share, profile = button(found, "Share in channel"), button(found, "Profile")

    async def press(process: int, act: tuple[str, str]) -> None:
        two.through(process)
        response = await two.asha.clicks(*act, on=found)
        assert not response.error

    for act in (share, profile):
        for process in (0, 1, 0, 1):
            await press(process, act)
    await wait_until(lambda: "Shared in the channel" in found.shown)
    await wait_until(lambda: len(two.asha.ephemeral(two.casting)) == 2)
    assert len(two.casting.from_bot()) == 1
