"""The loopback Slack refuses what Slack refuses, through the real SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.slack.refusals import refusal, refused

METADATA = {"event_type": "castmatch_reply", "event_payload": {"turn": "7", "page": 0}}


# --- who may call ----------------------------------------------------------------------------


async def test_tokens(slack: SlackServer, team: Workspace, client: AsyncWebClient) -> None:
    assert (await client.auth_test())["user_id"] == team.bot.id
    assert await refused(AsyncWebClient(base_url=slack.api_url).auth_test()) == "not_authed"
    stranger = AsyncWebClient("xoxb-made-up", base_url=slack.api_url)
    assert await refused(stranger.auth_test()) == "invalid_auth"
    assert await refused(client.api_call("no.suchMethod")) == "unknown_method"
    assert await refused(client.apps_connections_open(app_token=team.bot_token)) == (
        "not_allowed_token_type"
    )
    token = slack.tokens.find(team.bot_token)
    assert token
    token.scopes = frozenset({"chat:write"})
    answer = await refusal(client.users_info(user=team.bot.id))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    assert answer["provided"] == "chat:write"
    token.expires_at = slack.clock.now()
    assert await refused(client.auth_test()) == "token_expired"
    token.expires_at = float("inf")
    assert (await client.auth_revoke())["revoked"] is True
    assert await refused(client.auth_test()) == "token_revoked"


# --- messages --------------------------------------------------------------------------------


async def test_a_message_posted_edited_and_deleted(
    client: AsyncWebClient, casting: Channel, asha: Person
) -> None:
    posted = await client.chat_postMessage(channel=casting.id, text="One moment", metadata=METADATA)
    await client.chat_update(channel=casting.id, ts=posted["ts"], text="Two dancers")
    (message,) = casting.messages()
    assert [version.text for version in message.versions] == ["One moment", "Two dancers"]
    found = await client.conversations_history(channel=casting.id, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == METADATA
    assert "metadata" not in (await client.conversations_history(channel=casting.id))["messages"][0]
    await client.chat_delete(channel=casting.id, ts=posted["ts"])
    assert casting.messages() == []
    gone = client.chat_update(channel=casting.id, ts=posted["ts"], text="again")
    assert await refused(gone) == "message_not_found"
    ts = await asha.says(casting, "mine")
    update = client.chat_update(channel=casting.id, ts=ts, text="x")
    assert await refused(update) == "cant_update_message"
    assert await refused(client.chat_delete(channel=casting.id, ts=ts)) == "cant_delete_message"


async def test_channels(client: AsyncWebClient, team: Workspace, casting: Channel) -> None:
    async def post(channel: str) -> str:
        return await refused(client.chat_postMessage(channel=channel, text="hello"))

    assert await post("C0NOWHERE0") == "channel_not_found"
    assert await post(team.channel("elsewhere", bot=False).id) == "not_in_channel"
    assert await post(team.channel("secret", private=True, bot=False).id) == "channel_not_found"
    posted = await client.chat_postMessage(channel=casting.id, text="before")
    casting.archived = True
    assert await post(casting.id) == "is_archived"
    update = client.chat_update(channel=casting.id, ts=posted["ts"], text="after")
    assert await refused(update) == "is_inactive"
    assert await refused(client.users_info(user="U0NOBODY00")) == "user_not_found"


async def test_lengths(client: AsyncWebClient, casting: Channel) -> None:
    posted = await client.chat_postMessage(channel=casting.id, text="x" * 41_000)
    message = casting.messages()[0]
    assert len(message.text) == 40_000

    def update(**what: Any) -> Awaitable[Any]:
        return client.chat_update(channel=casting.id, ts=posted["ts"], **what)

    await update(text="x" * 4_000)
    assert await refused(update(text="x" * 4_001)) == "msg_too_long"
    assert await refused(update(text="क" * 1_400)) == "msg_too_long"
    await update(markdown_text="x" * 12_000)
    assert await refused(update(markdown_text="x" * 12_001)) == "msg_too_long"
    both = client.api_call(
        "chat.update",
        json={"channel": casting.id, "ts": message.ts, "text": "a", "markdown_text": "b"},
    )
    assert await refused(both) == "markdown_text_conflict"
    silent = client.api_call("chat.postMessage", json={"channel": casting.id, "text": " "})
    assert await refused(silent) == "no_text"


async def test_text_alone_takes_the_blocks_away(client: AsyncWebClient, casting: Channel) -> None:
    blocks = [{"type": "markdown", "text": "**bold**"}]
    posted = await client.chat_postMessage(channel=casting.id, text="bold", blocks=blocks)
    message = casting.messages()[0]
    assert message.blocks
    await client.chat_update(channel=casting.id, ts=posted["ts"], text="plain")
    assert (message.blocks, message.shown) == ([], "plain")


async def test_threads_and_pages_of_them(
    slack: SlackServer, client: AsyncWebClient, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, "who is free?")
    for number in range(5):
        slack.limits.off()
        await client.chat_postMessage(channel=casting.id, text=f"{number}", thread_ts=ts)
    first = await client.conversations_replies(channel=casting.id, ts=ts, limit=4)
    assert [m["text"] for m in first["messages"]] == ["who is free?", "0", "1", "2"]
    assert first["messages"][0]["reply_count"] == 5
    rest = await client.conversations_replies(
        channel=casting.id, ts=ts, limit=4, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [m["text"] for m in rest["messages"]] == ["3", "4"]
    assert not rest["has_more"]
    nowhere = client.chat_postMessage(channel=casting.id, text="x", thread_ts="1.000001")
    assert await refused(nowhere) == "thread_not_found"
    assert await refused(client.conversations_replies(channel=casting.id, ts="1.000001")) == (
        "thread_not_found"
    )


async def test_metadata(client: AsyncWebClient, casting: Channel) -> None:
    def post(metadata: object) -> Awaitable[Any]:
        arguments = {"channel": casting.id, "text": "x", "metadata": metadata}
        return client.api_call("chat.postMessage", json=arguments)

    assert await refused(post("no json")) == "invalid_metadata_format"
    assert await refused(post({"event_type": "x"})) == "invalid_metadata_schema"
    huge = {"event_type": "x", "event_payload": {"y": "z" * 9_000}}
    assert await refused(post(huge)) == "metadata_too_large"


async def test_who_would_be_pinged(client: AsyncWebClient, casting: Channel) -> None:
    loud = "<!channel> <@U0ASHARAO1|asha> &lt;!here&gt; <!subteam^S1>"
    await client.chat_postMessage(channel=casting.id, text=loud)
    assert casting.messages()[0].pings == ["!channel", "@U0ASHARAO1", "!subteam^S1"]


# --- limits ----------------------------------------------------------------------------------


async def test_limits(slack: SlackServer, client: AsyncWebClient, team: Workspace) -> None:
    channel, other = team.channel("busy"), team.channel("quiet")
    for _ in range(3):
        await client.chat_postMessage(channel=channel.id, text="quick")
    answer = await refusal(client.chat_postMessage(channel=channel.id, text="too quick"))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=other.id, text="another channel")
    ts = channel.messages()[0].ts
    for number in range(50):
        await client.chat_update(channel=channel.id, ts=ts, text=f"edit {number}")
    answer = await refusal(client.chat_update(channel=channel.id, ts=ts, text="one too many"))
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert slack.limits.used(team.id, "chat.update") == 50
    assert [call.outcome for call in slack.called("chat.update")[-2:]] == ["ok", "429"]
    slack.limits.off()
    await client.chat_update(channel=channel.id, ts=ts, text="not limited now")


async def test_an_app_sold_outside_the_marketplace_hardly_reads() -> None:
    async with await SlackServer.start(commercial=True) as slack:
        team = slack.workspace()
        channel = team.channel("casting")
        for number in range(20):
            channel.add(team.bot, str(number))
        client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        page = await client.conversations_history(channel=channel.id, limit=100)
        assert len(page["messages"]) == 15
        answer = await refusal(client.conversations_history(channel=channel.id))
        assert answer.status_code == 429


# --- faults ----------------------------------------------------------------------------------


async def test_faults(slack: SlackServer, team: Workspace, casting: Channel) -> None:
    timeout = aiohttp.ClientTimeout(total=0.2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            team.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )

        def post() -> Awaitable[Any]:
            return client.chat_postMessage(channel=casting.id, text="x")

        slack.fail("chat.postMessage", error="internal_error")
        assert await refused(post()) == "internal_error"
        slack.fail("chat.postMessage", status=503)
        with pytest.raises(SlackApiError) as caught:
            await post()
        assert caught.value.response.status_code == 503
        assert casting.messages() == []
        slack.fail("chat.postMessage", lose_answer=True)
        with pytest.raises(aiohttp.ClientConnectionError):
            await post()
        slack.fail("chat.postMessage", timeout=True, acts=True)
        with pytest.raises(asyncio.TimeoutError):
            await post()
        assert len(casting.messages()) == 2
        await post()
    assert [call.answered for call in slack.calls] == [False, False, False, False, True]


# --- Slack's own streams ---------------------------------------------------------------------


async def test_a_stream(client: AsyncWebClient, casting: Channel, asha: Person) -> None:
    ts = await asha.says(casting, "find dancers")
    alone = client.chat_startStream(channel=casting.id, thread_ts=ts)
    assert await refused(alone) == "missing_recipient_user_id"
    stream = await client.chat_stream(
        channel=casting.id,
        thread_ts=ts,
        recipient_team_id=asha.team_id,
        recipient_user_id=asha.id,
        buffer_size=1,
    )
    await stream.append(markdown_text="Two ")
    (message,) = casting.from_bot(ts)
    edit = client.chat_update(channel=casting.id, ts=message.ts, text="x")
    assert await refused(edit) == "streaming_state_conflict"
    other = client.chat_appendStream(channel=casting.id, ts=message.ts, markdown_text="x")
    assert await refused(other) == "streaming_mode_mismatch"
    await stream.append(markdown_text="dancers")
    await stream.stop(metadata=METADATA)
    assert [version.text for version in message.versions] == [
        "", "Two ", "Two dancers", "Two dancers",
    ]  # fmt: skip
    assert message.metadata == METADATA
    late = client.chat_stopStream(channel=casting.id, ts=message.ts)
    assert await refused(late) == "message_not_in_streaming_state"
    await client.chat_update(channel=casting.id, ts=message.ts, text="edited after it")


async def test_streams_end_by_themselves_or_by_the_person(
    slack: SlackServer, client: AsyncWebClient, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, "find dancers")

    async def start() -> str:
        answer = await client.chat_startStream(
            channel=casting.id, thread_ts=ts, recipient_team_id=asha.team_id,
            recipient_user_id=asha.id, markdown_text="Two ",
        )  # fmt: skip
        return str(answer["ts"])

    def append(stream: str, text: str = "x") -> Awaitable[Any]:
        return client.chat_appendStream(channel=casting.id, ts=stream, markdown_text=text)

    stream = await start()
    assert await refused(append(stream, "x" * 12_001)) == "msg_too_long"
    await asha.stops(casting, ts)
    assert await refused(append(stream)) == "stopped_by_user"
    slack.stream_seconds = 0
    assert await refused(append(await start())) == "message_not_in_streaming_state"


# --- signs beside messages -------------------------------------------------------------------


async def test_status_title_and_prompts(
    client: AsyncWebClient, asha: Person, casting: Channel
) -> None:
    thread = await asha.opens_pane(casting)
    dm = asha.dm
    await client.assistant_threads_setTitle(channel_id=dm.id, thread_ts=thread, title="Dancers")
    await client.assistant_threads_setSuggestedPrompts(
        channel_id=dm.id, thread_ts=thread, prompts=[{"title": "A", "message": "Find a dancer"}]
    )
    await client.assistant_threads_setStatus(channel_id=dm.id, thread_ts=thread, status="looks")
    assert (dm.status(thread), dm.titles[thread]) == ("looks", "Dancers")
    await client.chat_postMessage(channel=dm.id, thread_ts=thread, text="Two dancers")
    assert dm.status(thread) == ""
    assert [status.text for status in dm.statuses] == ["looks", ""]
    many = client.assistant_threads_setSuggestedPrompts(
        channel_id=dm.id, prompts=[{"title": "A", "message": "B"}] * 5
    )
    assert await refused(many) == "invalid_arguments"
