"""A room's newest state, and what a socket is sent of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from adapters.web.room import Phase, Room, stored_page
from adapters.web.view import View
from bot.conversation import (
    Access,
    Audience,
    Author,
    ConversationKey,
    Message,
    Outcome,
    Place,
    TranscriptEntry,
    Turn,
    TurnStatus,
)
from bot.ports import Page

KEY = ConversationKey("web", "page", "c" * 22)
START = datetime(2030, 1, 1, tzinfo=UTC)


def message(number: int = 0) -> Message:
    author = Author("person", "Guest")
    sent = START + timedelta(minutes=number)
    return Message(f"{KEY.channel}.m{number}", KEY, Place.DM, author, f"question {number}", sent)


def begin(room: Room, said: Message, *, ids: tuple[str, ...] = (), shown: str = "") -> UUID:
    audience = Audience(uuid4(), Access.TEAM, Place.DM)
    turn = Turn(uuid4(), audience, said, uuid4(), 1, ids, shown)
    room.begin(turn)
    return turn.id


def entry(
    turn_id: UUID, said: Message, status: TurnStatus, text: str = "", error: str = ""
) -> TranscriptEntry:
    is_open = status in (TurnStatus.QUEUED, TurnStatus.RUNNING)
    outcome = None if is_open else Outcome(text, status, error=error)
    return TranscriptEntry(turn_id, said, status, (f"{turn_id}.0",), text, outcome)


def merge(room: Room, *entries: TranscriptEntry) -> None:
    room.merge([(one, stored_page(one)) for one in entries])


def only_page(frame: dict[str, object] | None) -> dict[str, object]:
    assert frame
    turns = frame["turns"]
    assert isinstance(turns, list)
    page: dict[str, object] = turns[0]["pages"][0]
    return page


def test_an_edit_holds_only_the_blocks_that_changed() -> None:
    room = Room(KEY)
    turn_id = begin(room, message())
    view = View(room, "", 0)
    room.show(turn_id, "m", Page("one\n\ntwo"))
    assert only_page(view.next_frame())["blocks"] == ("<p>one</p>", "<p>two</p>")
    room.show(turn_id, "m", Page("one\n\ntwo three"))
    room.show(turn_id, "m", Page("one\n\ntwo three four"))
    page = only_page(view.next_frame())
    assert (page["from"], page["blocks"]) == (1, ("<p>two three four</p>",))
    assert "cards" not in page
    assert view.next_frame() is None


def test_a_client_that_comes_back_is_sent_what_is_newer() -> None:
    room = Room(KEY)
    first, second = begin(room, message(1)), begin(room, message(2))
    room.show(first, "a", Page("done", final=True))
    state = View(room, "", 0).next_frame()
    assert state
    assert state["whole"] is True
    room.show(second, "b", Page("later"))
    again = View(room, room.epoch, room.revision - 1).next_frame()
    assert again
    assert again["whole"] is False
    assert [turn["id"] for turn in again["turns"]] == [str(second)]  # type: ignore[attr-defined]
    assert again["order"] == [str(first), str(second)]


def test_another_rooms_revision_means_nothing() -> None:
    room = Room(KEY)
    begin(room, message())
    for epoch, revision in (("other", 1), (room.epoch, 99)):
        state = View(room, epoch, revision).next_frame()
        assert state
        assert state["whole"] is True


def test_whoever_takes_over_goes_on_with_what_was_shown() -> None:
    room = Room(KEY)
    turn_id = begin(room, message(), ids=("old",), shown="so far")
    assert room.turns[turn_id].pages["old"].page.text == "so far"
    room.show(turn_id, "old", Page("so far and on", final=True))
    assert list(room.turns[turn_id].pages) == ["old"]
    assert room.turns[turn_id].phase is Phase.ENDED


def test_a_live_reply_is_not_put_back_to_what_was_stored_earlier() -> None:
    room = Room(KEY)
    said = message()
    turn_id = begin(room, said)
    room.show(turn_id, f"{turn_id}.0", Page("newest text"))
    merge(room, entry(turn_id, said, TurnStatus.RUNNING, "newest"))
    assert room.turns[turn_id].pages[f"{turn_id}.0"].page.text == "newest text"


def test_a_reply_that_goes_on_elsewhere_is_taken_from_the_transcript() -> None:
    room = Room(KEY)
    said = message()
    turn_id = begin(room, said)
    room.turns[turn_id].edited_at -= 60
    assert room.turns[turn_id].is_elsewhere
    merge(room, entry(turn_id, said, TurnStatus.RUNNING, "written there"))
    assert room.turns[turn_id].pages[f"{turn_id}.0"].page == Page("written there")
    merge(room, entry(turn_id, said, TurnStatus.DEAD, "written there"))
    page = room.turns[turn_id].pages[f"{turn_id}.0"].page
    assert page.final
    assert page.retryable
    assert page.notice


def test_merging_the_same_again_changes_nothing() -> None:
    room = Room(KEY)
    entries = [entry(uuid4(), message(n), TurnStatus.DONE, f"reply {n}") for n in range(3)]
    merge(room, *entries)
    revision = room.revision
    merge(room, *entries)
    assert room.revision == revision
    assert [turn.message.text for turn in room.turns.values()] == [
        f"question {n}" for n in range(3)
    ]


def test_forgotten_turns_go_and_just_accepted_ones_stay() -> None:
    room = Room(KEY)
    kept, gone = uuid4(), uuid4()
    merge(
        room,
        entry(gone, message(1), TurnStatus.DONE, "x"),
        entry(kept, message(2), TurnStatus.DONE, "y"),
    )
    new = uuid4()
    room.accepted(new, message(3))
    merge(room, entry(kept, message(2), TurnStatus.DONE, "y"))
    assert list(room.turns) == [kept, new]


def test_a_retried_message_is_shown_once_with_its_newest_reply() -> None:
    room = Room(KEY)
    said = message()
    failed, again = uuid4(), uuid4()
    merge(room, entry(failed, said, TurnStatus.FAILED, "", error="It broke."))
    assert room.turns[failed].pages[f"{failed}.0"].page.notice == "It broke."
    room.accepted(again, replace(said))
    state = View(room, "", 0).next_frame()
    assert state
    assert state["order"] == [str(again)]


def test_a_page_that_was_removed_and_posted_again_is_sent_whole() -> None:
    room = Room(KEY)
    turn_id = begin(room, message())
    view = View(room, "", 0)
    room.show(turn_id, "m", Page("one\n\ntwo"))
    view.next_frame()
    room.remove(turn_id, "m")
    view.next_frame()
    room.show(turn_id, "m", Page("one\n\ntwo"))
    assert only_page(view.next_frame())["from"] == 0
