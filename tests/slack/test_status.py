"""The status of a reply in Slack: what we are at, before and between the posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack import budget, status
from adapters.slack import reply as reply_module
from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Person, SlackServer
from tests.slack.replying import Desk, draft_on, turn_in, words
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


def statuses(slack: SlackServer) -> list[str]:
    return [call.text("status") for call in slack.called("assistant.threads.setStatus")]


async def test_the_status_shows_what_we_are_at_until_the_first_post(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        await wait_until(lambda: casting.status(ts) == "is thinking…")
        draft.doing("searching the roster…")
        await wait_until(lambda: casting.status(ts) == "is searching the roster…")
        draft.doing("")
        draft.write("Three dancers are free.")
        await wait_until(lambda: casting.from_bot(ts))
        assert casting.status(ts) == ""
        draft.doing("reading profiles…")
        await wait_until(lambda: casting.status(ts) == "is reading profiles…")
        await draft.end(draft.text)
        assert casting.status(ts) == ""
    assert statuses(slack) == [
        "is thinking…",
        "is searching the roster…",
        "is reading profiles…",
        "",
    ], "the first post clears the line by itself"


@pytest.mark.parametrize("failed", [{"error": "channel_not_found"}, {"status": 500}], ids=str)
async def test_the_status_is_cleared_when_nothing_can_be_posted(
    slack: SlackServer,
    casting: Channel,
    desk: Desk,
    failed: dict[str, Any],
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.allow_any()
    asha = casting.members[0]
    assert isinstance(asha, Person)
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail("chat.postMessage", times=99, **failed)
    async with draft_on(desk.reply(turn), turn) as draft:
        await wait_until(lambda: casting.status(ts) == "is thinking…")
        draft.write("Three dancers are free.")
        await wait_until(lambda: slack.called("chat.postMessage"))
    assert casting.status(ts) == ""


async def test_a_status_whose_answer_was_lost_is_cleared_too(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk
) -> None:
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    slack.fail(
        "assistant.threads.setStatus", lose_answer=True, where={"status": "is thinking…"}, times=9
    )
    async with draft_on(desk.reply(turn), turn):
        await wait_until(lambda: casting.status(ts) == "is thinking…")
    assert casting.status(ts) == ""


async def test_a_status_is_shown_again_before_slack_lets_it_vanish(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "REFRESH_EVERY", 0.05)
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn):
        await wait_until(lambda: len(statuses(slack)) >= 3)
    assert set(statuses(slack)[:-1]) == {"is thinking…"}


async def test_where_slack_has_no_status_a_message_says_it(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_module, "EMPTY_AFTER", 0.2)
    slack.fail("assistant.threads.setStatus", error="missing_scope", times=99)
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        await wait_until(lambda: [words(m) for m in casting.from_bot(ts)] == ["Working on it…"])
        await draft.end("Three dancers are free.")
    assert [words(message) for message in casting.from_bot(ts)] == ["Three dancers are free."]
    assert len(statuses(slack)) == 1


async def test_a_reply_that_waits_for_the_budget_says_so_in_its_status(
    slack: SlackServer, casting: Channel, asha: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_module, "STATUS_AFTER", 0.05)
    for _ in range(50):
        desk.budget.workspace(casting.workspace.id).edits.commit()
    ts = await asha.says(casting, "find dancers")
    turn = turn_in(casting, ts)
    async with draft_on(desk.reply(turn), turn) as draft:
        draft.write("Three dancers ")
        await wait_until(lambda: casting.status(ts) == "is writing…")
        assert not casting.from_bot(ts)
        await draft.end("Three dancers are free.")
    assert [words(message) for message in casting.from_bot(ts)] == ["Three dancers are free."]
    assert (calls(slack, "postMessage"), calls(slack, "update")) == (1, 0)
    assert casting.status(ts) == ""
