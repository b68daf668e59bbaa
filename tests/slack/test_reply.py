"""A reply in Slack: what people in the channel see, whatever Slack answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack import budget
from adapters.slack import reply as reply_module
from adapters.slack.posted import metadata
from bot.ports import UndeliverableError
from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.slack.replying import Desk, draft_on, open_desk, turn_in, words
from tests.waiting import wait_until

FAILED = "a call to the platform failed"


@pytest.fixture(autouse=True)
def _quick_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between two posts is for `test_budget.py`."""
    monkeypatch.setattr(budget, "POST_EVERY", 0.01)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.limits.off()
        yield server


def calls(slack: SlackServer, method: str) -> int:
    return len(slack.called(f"chat.{method}"))


# --- as it should go -------------------------------------------------------------------------


async def test_posted_with_its_first_text_and_edited_until_it_is_whole(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        await asyncio.sleep(0.05)
        assert not casting.from_bot(ts), "nothing is posted without text"
        draft.write("Three dancers ")
        await wait_until(lambda: casting.from_bot(ts))
        draft.write("are free.")
        await draft.end(draft.text, notice="Cards follow.")
    (message,) = casting.from_bot(ts)
    assert message.thread_ts == ts
    assert [version.text for version in message.versions] == [
        "Three dancers",
        "Three dancers are free.\n\nCards follow.",
    ]
    assert message.metadata == metadata(turn.id, 0)


async def test_a_short_answer_that_is_there_at_once_is_one_post(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("None are free.")
        await draft.end(draft.text)
    assert [words(message) for message in casting.from_bot(ts)] == ["None are free."]
    assert (calls(slack, "postMessage"), calls(slack, "update")) == (1, 0)


async def test_a_long_reply_goes_on_in_further_messages_of_the_thread(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    text = "".join(f"Dancer number {number} is free all week.\n" for number in range(30))
    async with draft_on(desk.reply(turn, page_limit=500), turn) as draft:
        draft.write(text)
        await draft.end(text)
    messages = casting.from_bot(ts)
    assert "\n".join(words(message) for message in messages) == text.strip()
    assert [message.metadata_payload["page"] for message in messages] == [0, 1, 2]


async def test_where_there_is_no_status_a_slow_reply_says_that_it_is_worked_on(
    team: Workspace, asha: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_module, "EMPTY_AFTER", 0.2)
    room = team.dm(asha)
    ts = await asha.says(room, "find dancers")
    turn = turn_in(room, ts, thread="")
    async with draft_on(desk.reply(turn), turn) as draft:
        await wait_until(
            lambda: [words(message) for message in room.from_bot()] == ["Working on it…"]
        )
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    (message,) = room.from_bot()
    assert not message.thread_ts
    assert words(message) == "Three dancers are free."


async def test_surplus_messages_are_deleted_and_one_that_is_gone_is_no_error(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn, page_limit=60), turn) as draft:
        draft.write("Words and words and words of it. " * 5)
        await wait_until(lambda: len(casting.from_bot(ts)) == 3)
        casting.from_bot(ts)[-1].deleted = True
        await draft.end("Short.")
    assert [words(message) for message in casting.from_bot(ts)] == ["Short."]
    assert slack.called("chat.delete", outcome="message_not_found")


# --- what gets lost on the way ---------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"lose_answer": True},
        {"status": 500, "acts": True},
        {"error": "fatal_error", "acts": True},
        {"timeout": True, "acts": True},
    ],
    ids=["connection lost", "500", "fatal_error", "timeout"],
)
@pytest.mark.parametrize("in_dm", [False, True], ids=["thread", "dm"])
async def test_a_post_whose_answer_is_lost_is_seen_once(
    slack: SlackServer,
    casting: Channel,
    fault: dict[str, Any],
    *,
    in_dm: bool,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect(FAILED)
    asha = casting.members[0]
    assert isinstance(asha, Person)
    room = casting.workspace.dm(asha) if in_dm else casting
    ts = await asha.says(room, "find dancers")
    turn = turn_in(room, ts, thread="" if in_dm else None)
    slack.fail("chat.postMessage", **fault)
    async with open_desk(slack, seconds=0.4) as desk, draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    assert [words(message) for message in room.from_bot()] == ["Three dancers are free."]
    assert calls(slack, "postMessage") == 1


async def test_a_post_that_never_arrived_is_made_again(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(FAILED)
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail("chat.postMessage", status=503)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    assert [words(message) for message in casting.from_bot(ts)] == ["Three dancers are free."]


async def test_what_an_earlier_attempt_posted_and_could_not_note_is_found(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    lost = turn_in(casting, ts)
    async with draft_on(desk.reply(lost), lost) as draft:
        draft.write("Three dan")
        await wait_until(lambda: casting.from_bot(ts))
    for number in range(40):
        await asha.says(casting, f"meanwhile, {number}", thread=ts)
    other = turn_in(casting, ts)
    async with draft_on(desk.reply(other), other) as draft:
        await draft.end("Another turn's.")
    again = turn_in(casting, ts, attempt=2, turn_id=lost.id)
    async with draft_on(desk.reply(again), again) as draft:
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    assert [words(message) for message in casting.from_bot(ts)] == [
        "Three dancers are free.",
        "Another turn's.",
    ]


async def test_pages_that_an_earlier_attempt_could_not_note_go_with_a_shorter_reply(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    lost = turn_in(casting, ts)
    async with draft_on(desk.reply(lost, page_limit=60), lost) as draft:
        draft.write("Words and words and words of it. " * 5)
        await wait_until(lambda: len(casting.from_bot(ts)) == 3)
    noted = casting.from_bot(ts)[0].ts
    for message_ids in ([], [noted]):
        again = turn_in(casting, ts, attempt=2, turn_id=lost.id, message_ids=message_ids)
        async with draft_on(desk.reply(again), again) as draft:
            await draft.end("Short.")
        assert [words(message) for message in casting.from_bot(ts)] == ["Short."]
        assert len(casting.everything()) == 4, "nothing is posted anew"


# --- what Slack refuses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("chat.postMessage", "channel_not_found"),
        ("chat.postMessage", "not_in_channel"),
        ("chat.postMessage", "is_archived"),
        ("chat.postMessage", "restricted_action"),
        ("chat.postMessage", "restricted_action_read_only_channel"),
        ("chat.postMessage", "token_revoked"),
        ("chat.postMessage", "account_inactive"),
        ("chat.update", "cant_update_message"),
        ("chat.update", "message_not_found"),
    ],
)
async def test_what_will_never_work_ends_the_reply(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, *, method: str, error: str
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail(method, error=error, times=9)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three dancers ")
        if method == "chat.update":
            await wait_until(lambda: casting.from_bot(ts))
        with pytest.raises(UndeliverableError, match=error):
            await draft.end("Three dancers are free.")
    assert len(slack.called(method)) == 1


async def test_blocks_that_slack_dislikes_are_left_out_and_the_words_stay(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(FAILED)

    slack.fail("chat.postMessage", error="invalid_blocks", times=2)
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    text = "Three dancers are free. " * 200
    async with draft_on(desk.reply(turn, page_limit=9_000), turn) as draft:
        draft.write(text)
        await draft.end(text, notice="Stopped.")
    (message,) = casting.from_bot(ts)
    assert "".join(block["text"]["text"] for block in message.blocks) == text + "\n\nStopped."


async def test_after_a_429_the_newest_text_comes_as_soon_as_slack_allows(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three ")
        await wait_until(lambda: casting.from_bot(ts))
        slack.fail("chat.update", status=429, retry_after=1)
        draft.write("dancers ")
        await wait_until(lambda: slack.called("chat.update"))
        draft.write("are ")
        await draft.end("Three dancers are free.")
    (message,) = casting.from_bot(ts)
    assert [version.text for version in message.versions] == ["Three", "Three dancers are free."]
    refused, made = slack.called("chat.update")
    assert 1 <= made.at - refused.at < 1.5


async def test_nobody_hears_of_an_id_that_is_not_slacks(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    """A turn that came some other way, a command say, has no timestamp to look from."""
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, "command-7", thread=ts, attempt=2)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three dancers are free.")
        await draft.end(draft.text)
    assert [words(message) for message in casting.from_bot(ts)] == ["Three dancers are free."]
