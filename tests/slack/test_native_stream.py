"""A reply by Slack's own streaming, and what becomes of it when Slack does not go along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import budget, native_stream
from adapters.slack.posted import metadata
from bot.draft import Draft
from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Message, Person, SlackServer, Workspace
from tests.slack.replying import Desk, draft_on, open_desk, turn_in, words
from tests.waiting import wait_until

FAILED = "a call to the platform failed"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pace is for `test_budget.py`."""
    monkeypatch.setattr(budget, "POST_EVERY", 0.01)
    monkeypatch.setattr(budget, "APPEND_STEP", 0.01)
    monkeypatch.setattr(budget, "EDIT_STEP", 0.01)
    monkeypatch.setattr("adapters.slack.edits.AHEAD", 0.01)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.limits.off()
        yield server


@pytest.fixture
def asha(casting: Channel) -> Person:
    (asha, _) = casting.members
    assert isinstance(asha, Person)
    return asha


@pytest.fixture
def casting(slack: SlackServer) -> Channel:
    team: Workspace = slack.workspace()
    return team.channel("casting", team.person("Asha"))


def methods(slack: SlackServer) -> list[str]:
    return [call.method for call in slack.calls if call.method.startswith("chat.")]


async def grow(draft: Draft, casting: Channel, ts: str, *pieces: str) -> None:
    """Write each when the one before is in view."""
    for piece in pieces:
        draft.write(piece)
        seen = draft.text.split()[-1]
        await wait_until(lambda seen=seen: any(seen in m.shown for m in casting.from_bot(ts)))


# --- as it should go -------------------------------------------------------------------------


async def test_begun_appended_to_stopped_and_put_right(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.native(turn), turn) as draft:
        await grow(draft, casting, ts, "Three ", "dancers ", "are ")
        draft.write("free.")
        await draft.end("Three dancers are free, Meera among them.", notice="Cards follow.")
    (message,) = casting.from_bot(ts)
    assert words(message) == "Three dancers are free, Meera among them.\nCards follow."
    assert message.metadata == metadata(turn.id, 0)
    assert methods(slack) == [
        "chat.startStream",
        "chat.appendStream",
        "chat.appendStream",
        "chat.stopStream",
        "chat.update",
    ]
    assert slack.called("chat.startStream")[0].arguments["recipient_user_id"] == "U1"


async def test_a_long_reply_streams_in_several_messages(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    lines = [f"All of this week one is free: dancer{number}\n" for number in range(30)]
    async with draft_on(desk.native(turn, page_limit=500), turn) as draft:
        await grow(draft, casting, ts, *lines)
        await draft.end(draft.text)
    messages = casting.from_bot(ts)
    assert "\n".join(map(words, messages)) == "".join(lines).strip()
    assert len(slack.called("chat.startStream")) == len(messages) == 3
    assert [message.metadata_payload["page"] for message in messages] == [0, 1, 2]


async def test_code_that_is_still_open_is_not_closed_in_the_stream(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "show me the query")
    turn = turn_in(casting, ts)
    async with draft_on(desk.native(turn), turn) as draft:
        await grow(draft, casting, ts, "```\nSELECT 1\n", "SELECT 2\n", "SELECT 3\n```\n", "Done.")
        streamed = casting.from_bot(ts)[0].versions[-1].text
        await draft.end(draft.text)
    assert streamed == "```\nSELECT 1\nSELECT 2\nSELECT 3\n```\nDone."


@given(st.lists(st.sampled_from(["<", "!channel", ">", "@", "U123", "](", "[a]", "&lt;", "x"])))
def test_no_piece_of_a_stream_can_call_anybody(pieces: list[str]) -> None:
    streamed = "".join(map(native_stream._inert, pieces))
    for command in ("<!", "<@", "@U", "@channel", "](", "&lt;", "&#"):
        assert command not in streamed
    assert streamed.replace("\N{WORD JOINER}", "") == "".join(pieces)


# --- when Slack does not go along ------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "unknown_method"},
        {"error": "missing_recipient_user_id"},
        {"error": "channel_type_not_supported"},
        {"error": "not_allowed_token_type"},
        {"status": 429, "retry_after": 60},
        {"status": 500, "acts": True},
        {"lose_answer": True},
        {"timeout": True, "acts": True},
    ],
    ids=str,
)
async def test_where_no_stream_begins_the_reply_goes_by_edits_and_is_seen_once(
    slack: SlackServer, casting: Channel, asha: Person, fault: dict[str, Any]
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail("chat.startStream", **fault)
    async with open_desk(slack, seconds=0.4) as desk, draft_on(desk.native(turn), turn) as draft:
        await grow(draft, casting, ts, "Three ", "dancers ")
        await draft.end("Three dancers are free.")
    (message,) = casting.from_bot(ts)
    assert words(message) == "Three dancers are free."
    assert message.metadata == metadata(turn.id, 0)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("chat.appendStream", {"error": "message_not_in_streaming_state"}),
        ("chat.appendStream", {"error": "streaming_mode_mismatch"}),
        ("chat.appendStream", {"status": 500, "acts": True}),
        ("chat.appendStream", {"lose_answer": True}),
        ("chat.appendStream", {"status": 429, "retry_after": 1}),
        ("chat.stopStream", {"error": "message_not_in_streaming_state"}),
        ("chat.stopStream", {"status": 500, "acts": True}),
        ("chat.stopStream", {"status": 503}),
        ("chat.stopStream", {"status": 429, "retry_after": 1}),
    ],
    ids=str,
)
async def test_a_stream_that_fails_on_the_way_loses_and_doubles_nothing(
    slack: SlackServer, casting: Channel, asha: Person, method: str, *, fault: dict[str, Any]
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail(method, **fault)
    async with open_desk(slack, seconds=0.4) as desk, draft_on(desk.native(turn), turn) as draft:
        await grow(draft, casting, ts, "Three ", "dancers ", "are ")
        await draft.end("Three dancers are free.")
    (message,) = casting.from_bot(ts)
    assert words(message) == "Three dancers are free."
    assert not message.streaming


async def test_a_stream_that_expires_goes_on_in_the_same_message(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    slack.stream_seconds = 0.3
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.native(turn), turn) as draft:
        for number in range(12):
            await grow(draft, casting, ts, f"word{number} ")
            await asyncio.sleep(0.05)
        await draft.end(draft.text)
    (message,) = casting.from_bot(ts)
    assert words(message).split() == [f"word{number}" for number in range(12)]
    assert slack.called("chat.appendStream", outcome="message_not_in_streaming_state")


async def test_what_a_process_that_died_left_streaming_is_taken_over(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    died = turn_in(casting, ts)
    async with draft_on(desk.native(died), died) as draft:
        await grow(draft, casting, ts, "Three ")
    (message,) = casting.from_bot(ts)
    assert message.streaming
    for known in ([], [message.ts]):
        turn = turn_in(casting, ts, attempt=2, turn_id=died.id, message_ids=known)
        async with draft_on(desk.native(turn), turn) as draft:
            draft.write("Three dancers ")
            await draft.end("Three dancers are free.")
    assert [words(message) for message in casting.from_bot(ts)] == ["Three dancers are free."]


async def test_more_streams_than_slack_allows_go_by_edits(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    async def reply(number: int) -> Message:
        ts = await asha.says(casting, f"question {number}")
        turn = turn_in(casting, ts)
        async with draft_on(desk.native(turn), turn) as draft:
            await grow(draft, casting, ts, "Three ")
            await draft.end("Three dancers are free.")
        (message,) = casting.from_bot(ts)
        return message

    messages = await asyncio.gather(*(reply(number) for number in range(25)))
    assert {words(message) for message in messages} == {"Three dancers are free."}
    assert len(slack.called("chat.startStream")) == 20
    assert desk.budget.workspace(casting.workspace.id).stop_stream.promised == 0


async def test_a_direct_message_outside_a_thread_goes_by_edits(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    room = casting.workspace.dm(asha)
    ts = await asha.says(room, "find dancers")
    turn = turn_in(room, ts, thread="")
    async with draft_on(desk.native(turn), turn) as draft:
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    assert [words(message) for message in room.from_bot()] == ["Three dancers are free."]
    assert methods(slack) == ["chat.postMessage"]
