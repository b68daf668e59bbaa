"""The loopback Slack tells what happens as Slack does, and again where nobody answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.fakes.slack.shapes import FOLDER, recorded
from tests.fakes.slack.signed_http import signature
from tests.slack.listening import Listening, behind_http, on_socket
from tests.waiting import wait_until


@pytest.fixture
async def listening(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    async with on_socket(slack, team) as listening:
        yield listening


# --- what is told ----------------------------------------------------------------------------


async def test_a_mention_comes_as_two_events_and_its_fate_is_told(
    slack: SlackServer, listening: Listening, team: Workspace, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, f"{team.bot.mention} find dancers")
    await wait_until(lambda: listening.kinds() == ["app_mention", "message"])
    assert {body["event"]["ts"] for body in listening.heard} == {ts}
    await asha.edits(ts, "find singers")
    await wait_until(lambda: "message/message_changed" in listening.kinds())
    assert listening.heard[-1]["event"]["message"]["text"] == "find singers"
    await asha.deletes(ts)
    await wait_until(lambda: "message/message_deleted" in listening.kinds())
    assert listening.heard[-1]["event"]["deleted_ts"] == ts
    assert not slack.deliveries.open


async def test_every_kind_of_channel(listening: Listening, team: Workspace, asha: Person) -> None:
    ravi = team.person("Ravi")
    channels = [
        team.channel("open", asha),
        team.channel("closed", asha, private=True),
        team.dm(asha),
        team.group_dm(asha, ravi),
    ]
    for channel in channels:
        await asha.says(channel, f"{team.bot.mention} hello")
    await wait_until(lambda: len(listening.heard) == 7)
    events = [body["event"] for body in listening.heard]
    messages = [event for event in events if event["type"] == "message"]
    assert {e["channel_type"] for e in messages} == {"channel", "group", "im", "mpim"}
    mentioned = {e["channel"] for e in events if e["type"] == "app_mention"}
    assert mentioned == {channels[0].id, channels[1].id, channels[3].id}
    await asha.says(team.channel("without us", asha, bot=False), f"{team.bot.mention} hello")
    await wait_until(lambda: len(listening.heard) == 7)


async def test_what_bots_and_newcomers_do(
    slack: SlackServer, listening: Listening, team: Workspace, casting: Channel, asha: Person
) -> None:
    await listening.client.chat_postMessage(channel=casting.id, text="ours")
    other = casting.add(team.other_bot("calendar"), "theirs")
    slack.events.posted(other)
    old = casting.add(asha, "very old", subtype="bot_message")
    slack.events.posted(old)
    ravi = team.person("Ravi")
    await asha.invites(ravi, casting)
    await ravi.says(casting, "to all", other.ts, broadcast=True)
    await ravi.shares(casting, "brief.pdf", "The brief")
    await wait_until(lambda: not slack.deliveries.open)
    assert listening.kinds() == [  # Bolt itself drops what our own bot said
        "member_joined_channel",
        "message",
        "message/bot_message",
        "message/channel_join",
        "message/file_share",
        "message/thread_broadcast",
    ]
    own = [d.event for d in slack.deliveries.all if d.event.get("user") == team.bot.id]
    assert own[0]["bot_id"] == team.bot.bot_id


async def test_strangers_and_organisations(
    slack: SlackServer, listening: Listening, team: Workspace, asha: Person
) -> None:
    partner = slack.workspace("Other Co", installed=False)
    eve = team.stranger("Eve", partner)
    shared = team.channel("shared", asha, eve, shared_with=[partner])
    await eve.says(shared, "hello")
    await wait_until(lambda: listening.heard)
    (body,) = listening.heard
    assert body["is_ext_shared_channel"] is True
    assert (body["team_id"], body["event"]["user_team"]) == (team.id, partner.id)
    known = await listening.client.users_info(user=eve.id)
    assert (known["user"]["is_stranger"], known["user"]["team_id"]) == (True, partner.id)
    info = await listening.client.conversations_info(channel=shared.id)
    assert info["channel"]["is_ext_shared"] is True
    team.enterprise_id = "E0ACMEORG1"
    await asha.says(shared, "hello")
    await wait_until(lambda: len(listening.heard) == 2)
    assert listening.heard[1]["enterprise_id"] == "E0ACMEORG1"


async def test_the_home_tab_the_pane_and_the_stop_button(
    slack: SlackServer, listening: Listening, casting: Channel, asha: Person
) -> None:
    await asha.opens_home()
    thread = await asha.opens_pane(casting)
    await asha.looks_at(thread, casting)
    await asha.stops(casting, "1.000001")
    await asha.says(asha.dm, "find dancers", thread)
    await wait_until(lambda: not slack.deliveries.open)
    slack.installs.uninstall(asha.home)
    await wait_until(lambda: not slack.deliveries.open)
    sent = [delivery.event["type"] for delivery in slack.deliveries.all]
    assert sent == [
        "app_home_opened", "assistant_thread_started", "assistant_thread_context_changed",
        "agent_session_stopped", "message", "tokens_revoked", "app_uninstalled",
    ]  # fmt: skip


def test_recorded_shapes_are_whole() -> None:
    files = sorted(path.stem for path in FOLDER.glob("*.json"))
    assert len(files) > 25
    for name in files:
        payload = recorded(name)
        if name.startswith("event_"):
            assert payload["event"]["type"], name
            assert payload["type"] == "event_callback", name
        assert payload["token"] == "verification-token-for-tests", name
        assert "slack.com" not in json.dumps(payload), name


# --- Socket Mode -----------------------------------------------------------------------------


async def test_an_event_without_an_answer_comes_again_on_another_socket(
    slack: SlackServer, listening: Listening, team: Workspace, asha: Person
) -> None:
    deaf = slack.sockets.all[0]
    deaf.go_deaf(answers_pings=True)
    async with on_socket(slack, team) as other:
        for number in range(4):
            await asha.says(asha.dm, str(number))
        await wait_until(lambda: not slack.deliveries.open)
    assert not listening.heard
    assert sorted(body["event"]["text"] for body in other.heard) == list("0123")
    assert sorted(d.failures for d in slack.deliveries.all) == [[], [], ["timeout"], ["timeout"]]


async def test_a_cut_socket_is_told_again_and_replaced(
    slack: SlackServer, listening: Listening, asha: Person
) -> None:
    slack.sockets.ack_delay = 10
    slack.sockets.all[0].ack_delay = 10
    await asha.says(asha.dm, "hello")
    await wait_until(lambda: listening.heard)
    slack.sockets.ack_delay = 0
    slack.sockets.all[0].cut()
    await wait_until(lambda: len(slack.sockets.open) == 1)
    await asha.says(asha.dm, "again")
    await wait_until(lambda: any(b["event"]["text"] == "again" for b in listening.heard))
    assert slack.deliveries.all[0].failures[0] == "connection_failed"


async def test_disconnects_and_tickets(slack: SlackServer, listening: Listening) -> None:
    (first,) = slack.sockets.all
    assert first.sent[0]["type"] == "hello"
    await first.disconnect("refresh_requested")
    await wait_until(lambda: len(slack.sockets.all) > 1)
    opened = await listening.client.apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session:
        await (await session.ws_connect(opened["url"])).close()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_on_cue_everything_comes_three_times(
    slack: SlackServer, listening: Listening, asha: Person
) -> None:
    slack.events.times = 3
    await asha.says(asha.dm, "hello")
    await wait_until(lambda: len(listening.heard) == 3)
    assert len({body["event_id"] for body in listening.heard}) == 1


# --- HTTP ------------------------------------------------------------------------------------


async def test_signed_requests_and_slacks_retries(
    slack: SlackServer, team: Workspace, asha: Person
) -> None:
    async with behind_http(slack, team) as listening:
        assert await slack.http.verify_url()
        await asha.says(asha.dm, "hello")
        await wait_until(lambda: listening.heard)
        listening.status = 500
        await asha.says(asha.dm, "again")
        await wait_until(lambda: not slack.deliveries.open)
    lost = slack.deliveries.all[-1]
    assert (lost.given_up, lost.failures) == (True, ["http_error"] * 4)
    retries = [headers.get("X-Slack-Retry-Num") for headers in listening.headers[-4:]]
    assert retries == [None, "1", "2", "3"]
    assert listening.headers[-1]["X-Slack-Retry-Reason"] == "http_error"


async def test_what_is_not_signed_by_slack_is_refused_by_the_sdk(
    slack: SlackServer, team: Workspace, asha: Person, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    async with behind_http(slack, team) as listening:
        payload: dict[str, Any] = recorded("event_message_im")
        headers, body = slack.http.signed("events_api", payload)
        assert (await slack.http.post(headers, body))[0] == 200
        forged = headers | {"X-Slack-Signature": "v0=" + "0" * 64}
        assert (await slack.http.post(forged, body))[0] == 401
        old = str(int(headers["X-Slack-Request-Timestamp"]) - 600)
        replayed = headers | {
            "X-Slack-Request-Timestamp": old,
            "X-Slack-Signature": signature(slack.http.secret, old, body),
        }
        assert (await slack.http.post(replayed, body))[0] == 401
        assert len(listening.heard) == 1
