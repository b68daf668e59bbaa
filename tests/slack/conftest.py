"""A loopback Slack with one workspace, one channel and one person, for tests that ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.slack.replying import Desk, open_desk


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(time_factor=0.001, ack_seconds=0.5) as server:
        yield server


@pytest.fixture
def team(slack: SlackServer) -> Workspace:
    return slack.workspace()


@pytest.fixture
def asha(team: Workspace) -> Person:
    return team.person("Asha")


@pytest.fixture
def casting(team: Workspace, asha: Person) -> Channel:
    return team.channel("casting", asha)


@pytest.fixture
def client(slack: SlackServer, team: Workspace) -> AsyncWebClient:
    """The app's own client, as the SDK has it."""
    return AsyncWebClient(team.bot_token, base_url=slack.api_url)


@pytest.fixture
async def desk(slack: SlackServer) -> AsyncIterator[Desk]:
    async with open_desk(slack) as desk:
        yield desk
