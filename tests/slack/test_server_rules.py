"""The loopback Slack refuses what Slack refuses, through the real SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.waiting import wait_until


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(time_factor=0.01, ack_seconds=0.3) as server:
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
    return AsyncWebClient(team.bot_token, base_url=slack.api_url)


async def refused(call: Any) -> str:
    """The error code that the call brings."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


# --- who may call ----------------------------------------------------------------------------


async def test_tokens(slack: SlackServer, team: Workspace, client: AsyncWebClient) -> None:
    assert (await client.auth_test())["user_id"] == team.bot.id
    assert await refused(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    stranger = AsyncWebClient("xoxb-made-up", base_url=slack.api_url)
    assert await refused(stranger.auth_test()) == "invalid_auth"
    token = slack.tokens.find(team.bot_token)
    assert token
    token.scopes = frozenset({"chat:write"})
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user=team.bot.id)
    assert caught.value.response["needed"] == "users:read"
    token.state = "token_revoked"
    assert await refused(client.auth_test()) == "token_revoked"


# --- messages --------------------------------------------------------------------------------


async def test_a_message_posted_edited_and_deleted(
    client: AsyncWebClient, casting: Channel, asha: Person
) -> None:
    metadata = {"event_type": "castmatch_reply", "event_payload": {"turn": "7", "page": 0}}
    posted = await client.chat_postMessage(channel=casting.id, text="One moment", metadata=metadata)
    await client.chat_update(channel=casting.id, ts=posted["ts"], text="Two dancers")
    (message,) = casting.messages()
    assert [version.text for version in message.versions] == ["One moment", "Two dancers"]
    found = await client.conversations_history(channel=casting.id, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == metadata
    assert "metadata" not in (await client.conversations_history(channel=casting.id))["messages"][0]
    await client.chat_delete(channel=casting.id, ts=posted["ts"])
    assert casting.messages() == []
    gone = client.chat_update(channel=casting.id, ts=posted["ts"], text="again")
    assert await refused(gone) == "message_not_found"
    ts = await asha.says(casting, "mine")
    assert await refused(client.chat_update(channel=casting.id, ts=ts, text="x")) == (
        "cant_update_message"
    )


async def test_channels_and_lengths(
    client: AsyncWebClient, team: Workspace, casting: Channel
) -> None:
    async def post(channel: str, text: str = "hello") -> str:
        return await refused(client.chat_postMessage(channel=channel, text=text))

    assert await post("C0NOWHERE0") == "channel_not_found"
    assert await post(team.channel("elsewhere", bot=False).id) == "not_in_channel"
    assert await post(team.channel("secret", private=True, bot=False).id) == "channel_not_found"
    archived = team.channel("old")
    archived.archived = True
    assert await post(archived.id) == "is_archived"
    silent = client.api_call("chat.postMessage", json={"channel": casting.id, "text": " "})
    assert await refused(silent) == "no_text"
    posted = await client.chat_postMessage(channel=casting.id, text="x" * 41_000)
    assert len(casting.messages()[0].text) == 40_000
    long = client.chat_update(channel=casting.id, ts=posted["ts"], text="x" * 4_001)
    assert await refused(long) == "msg_too_long"


async def test_limits(slack: SlackServer, client: AsyncWebClient, team: Workspace) -> None:
    channel = team.channel("busy")
    for _ in range(3):
        await client.chat_postMessage(channel=channel.id, text="quick")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel.id, text="too quick")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    ts = channel.messages()[0].ts
    for number in range(50):
        await client.chat_update(channel=channel.id, ts=ts, text=f"edit {number}")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=channel.id, ts=ts, text="one too many")
    assert 55 <= int(caught.value.response.headers["Retry-After"]) <= 60
    slack.limits.off()
    await client.chat_update(channel=channel.id, ts=ts, text="not limited now")


# --- events ----------------------------------------------------------------------------------


class Listening:
    """A Bolt app on Socket Mode that keeps what it hears."""

    def __init__(self, slack: SlackServer, team: Workspace) -> None:
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        self.app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)
        self.heard: list[dict[str, Any]] = []
        for kind in ("message", "app_mention", "member_joined_channel"):
            self.app.event(kind)(self._keep)
        self.handler = AsyncSocketModeHandler(
            self.app, slack.app.app_token, web_client=client, ping_interval=0.2
        )

    async def connect(self) -> None:
        await self.handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        await self.handler.close_async()  # type: ignore[no-untyped-call]

    async def _keep(self, body: dict[str, Any]) -> None:
        self.heard.append(body)

    def kinds(self) -> list[str]:
        return sorted(body["event"]["type"] for body in self.heard)


@pytest.fixture
async def listening(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    listening = Listening(slack, team)
    await listening.connect()
    yield listening
    await listening.close()


async def test_a_mention_comes_as_two_events(
    slack: SlackServer, listening: Listening, team: Workspace, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, f"{team.bot.mention} find dancers")
    await wait_until(lambda: listening.kinds() == ["app_mention", "message"])
    assert {body["event"]["ts"] for body in listening.heard} == {ts}
    await asha.edits(ts, "find singers")
    await asha.deletes(ts)
    await wait_until(lambda: len(listening.heard) == 4)
    assert [body["event"].get("subtype") for body in listening.heard[2:]] == [
        "message_changed", "message_deleted",
    ]  # fmt: skip
    assert not slack.deliveries.open


async def test_an_event_without_an_answer_comes_again_on_another_socket(
    slack: SlackServer, listening: Listening, team: Workspace, asha: Person
) -> None:
    slack.sockets.all[0].go_deaf(answers_pings=True)
    other = Listening(slack, team)
    await other.connect()
    await asha.says(team.dm(asha), "hello")
    await wait_until(lambda: other.heard or listening.heard)
    await wait_until(lambda: not slack.deliveries.open)
    await other.close()
    assert len(other.heard) == 1
