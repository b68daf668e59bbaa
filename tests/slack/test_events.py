"""What Slack's events mean for us, from payloads of their recorded shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.events import (
    Addressed,
    Deleted,
    Dropped,
    Edited,
    Heard,
    Overheard,
    Us,
    is_stranger,
    people,
    tells_channel_type,
    to_message,
)
from adapters.slack.names import Known
from bot.conversation import Access, ConversationKey, Message, Place
from tests.fakes.slack.shapes import ABSENT, filled, recorded

Envelope = dict[str, Any]

US = Us(team_id="T0ACMECAST", user_id="U0CASTBOT1", bot_id="B0CASTBOT1")
NOW = datetime.fromtimestamp(1_795_000_030, UTC)
KNOWN = {"U0ASHARAO1": Known("Asha Rao")}
MENTION = "<@U0CASTBOT1>"


def event(shape: str, outer: Mapping[str, Any] | None = None, **fields: Any) -> Envelope:
    """A recorded event with some of its fields changed."""
    return filled(recorded(f"event_{shape}"), {"event": fields, **(outer or {})})


def heard(envelope: Envelope, **given: Any) -> Heard:
    known: dict[str, Any] = {"known": KNOWN, "now": NOW}
    return to_message(envelope, US, **(known | given))


def addressed(envelope: Envelope, **given: Any) -> Message:
    result = heard(envelope, **given)
    assert isinstance(result, Addressed), result
    return result.message


def dropped(envelope: Envelope, **given: Any) -> str:
    result = heard(envelope, **given)
    assert isinstance(result, Dropped), result
    return result.reason


def test_a_mention_is_a_question_answered_in_a_thread_under_it() -> None:
    message = addressed(event("app_mention"), channel_type="channel")
    assert message.id == "C0CASTING1/1795000001.000100"
    assert message.conversation == ConversationKey(
        "slack", "T0ACMECAST", "C0CASTING1", "1795000001.000100"
    )
    assert message.place is Place.PUBLIC
    assert (message.author.external_id, message.author.name) == ("U0ASHARAO1", "Asha Rao")
    assert message.text == "find me two dancers in Mumbai"
    assert message.sent_at == datetime.fromtimestamp(1_795_000_001.0001, UTC)
    assert (message.default_access, message.access_at_most) == (Access.TEAM, None)


def test_a_mention_and_its_message_are_the_same() -> None:
    mention = event("app_mention")
    message = event("message_channel", text=mention["event"]["text"])
    assert heard(mention, channel_type="channel") == heard(message)


def test_where_a_channel_of_unknown_kind_is_private() -> None:
    assert not tells_channel_type(event("app_mention"))
    assert addressed(event("app_mention")).place is Place.PRIVATE


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ("message_channel", Place.PUBLIC),
        ("message_group", Place.PRIVATE),
        ("message_mpim", Place.PRIVATE),
    ],
)
def test_what_is_not_said_to_us_is_overheard(shape: str, place: Place) -> None:
    result = heard(event(shape))
    assert isinstance(result, Overheard)
    assert result.message.place is place
    assert tells_channel_type(event(shape))


def test_a_dm_is_always_for_us_and_is_one_conversation() -> None:
    message = addressed(event("message_im"))
    assert message.place is Place.DM
    assert message.conversation.thread == ""
    pane = addressed(event("message_im", thread_ts="1795000000.000100"))
    assert pane.conversation.thread == "1795000000.000100"


def test_a_thread_is_one_conversation_also_what_is_sent_to_the_channel_too() -> None:
    reply = heard(event("message_channel", thread_ts="1795000000.000100"))
    assert isinstance(reply, Overheard)
    assert reply.message.conversation.thread == "1795000000.000100"
    broadcast = heard(event("message_thread_broadcast"))
    assert isinstance(broadcast, Overheard)
    assert broadcast.message.conversation.thread == "1795000001.000100"


def test_a_file_comes_with_its_text_and_its_name() -> None:
    result = heard(event("message_file_share"))
    assert isinstance(result, Overheard)
    assert result.message.text == "The brief\n\n(Attached: brief.pdf)"
    alone = addressed(event("message_file_share", channel_type="im", text=""))
    assert alone.text == "(Attached: brief.pdf)"


def test_a_forwarded_message_is_read() -> None:
    share = {"is_share": True, "text": "*Role:* a wrestler for <@U0RAVIIYER>"}
    envelope = event("message_im", text="find talents for this", attachments=[share])
    assert addressed(envelope).text == (
        "find talents for this\n\n(Forwarded message)\nRole: a wrestler for @someone"
    )
    assert people(envelope) == ["U0ASHARAO1", "U0RAVIIYER"]


def test_our_name_alone_is_a_greeting() -> None:
    assert addressed(event("app_mention", text=f" {MENTION} ")).text == "Hello"


def test_people_have_names_as_far_as_they_are_known() -> None:
    envelope = event("message_im", text="ask <@U0RAVIIYER>", user="U0NOBODY00")
    message = addressed(envelope, known={"U0RAVIIYER": Known("Ravi")})
    assert message.text == "ask @Ravi"
    assert message.author.name == ""


# --- what is none of our business ------------------------------------------------------------


@pytest.mark.parametrize(
    ("envelope", "reason"),
    [
        (event("message_from_bot"), "our own"),
        (event("message_im", user=US.user_id), "our own"),
        (event("message_im", bot_id=US.bot_id), "our own"),
        (event("message_im", app_id="A0CASTMATCH", user="U0OTHER000"), "our own"),
        (event("message_bot_message"), "a bot"),
        (event("message_bot_message", text=f"{MENTION} hi"), "a bot"),
        (event("message_im", bot_id="B0OTHERBOT"), "a bot"),
        (event("message_channel_join"), "channel_join"),
        (event("message_im", subtype="channel_topic"), "channel_topic"),
        (event("message_im", hidden=True), "hidden"),
        (event("message_im", user="USLACKBOT"), "nobody's"),
        (event("message_im", user=ABSENT), "nobody's"),
        (event("message_im", text="  "), "empty"),
        (event("member_joined_channel"), "no message"),
        (event("message_im", ts="yesterday"), "malformed"),
        (event("message_im", channel=None), "malformed"),
        ({"event": None}, "no message"),
        ({}, "no message"),
    ],
)
def test_what_is_dropped(envelope: Envelope, reason: str) -> None:
    assert dropped(envelope) == reason


def test_old_events_are_dropped_and_slacks_retries_are_not() -> None:
    for minutes, answered in ((0, True), (1, True), (6, True), (25, False), (60 * 24, False)):
        result = heard(event("message_im"), now=NOW + timedelta(minutes=minutes))
        assert isinstance(result, Addressed) is answered, minutes


def test_other_bots_are_answered_if_set_and_only_if_they_call_us() -> None:
    calling = event("message_bot_message", text=f"{MENTION} who is free?")
    message = addressed(calling, answer_bots=True)
    assert (message.author.external_id, message.author.name) == ("B0CALENDAR", "Calendar")
    assert dropped(event("message_bot_message"), answer_bots=True) == "a bot"
    assert dropped(event("message_from_bot", text=MENTION), answer_bots=True) == "our own"


# --- other organisations ---------------------------------------------------------------------

SHARED = {"is_ext_shared_channel": True}
GRID = Us("T0ACMECAST", "U0CASTBOT1", "B0CASTBOT1", enterprise_id="E0ACMEORG1")


def test_a_stranger_is_not_answered() -> None:
    stranger = event("app_mention", SHARED, user_team="T0OTHERCO1", source_team="T0OTHERCO1")
    assert dropped(stranger) == "a stranger"
    message = addressed(stranger, allow_guests=True)
    assert message.place is Place.SHARED
    assert message.access_at_most is Access.COMMUNITY


def test_our_own_people_are_answered_in_a_shared_channel() -> None:
    message = addressed(event("app_mention", SHARED), channel_type="channel")
    assert message.place is Place.SHARED
    assert message.access_at_most is None


@pytest.mark.parametrize(
    "fields",
    [
        {"user_team": "T0OTHERCO1"},
        {"source_team": "T0OTHERCO1"},
        {"team": "T0OTHERCO1"},
        {"team": "E0OTHERORG"},
        {"user_profile": {"team": "T0OTHERCO1"}},
        {"team": ABSENT},
    ],
)
def test_how_a_stranger_in_a_shared_channel_is_known(fields: dict[str, Any]) -> None:
    assert is_stranger(event("app_mention", SHARED, **fields), US)
    assert is_stranger(event("app_mention", SHARED, **fields), GRID)


def test_workspaces_of_one_grid_are_one_organisation() -> None:
    colleague = event("message_channel", team="T0ACMETWO1", user_team="T0ACMETWO1")
    assert not is_stranger(colleague, GRID)
    assert is_stranger(colleague, US)
    assert not is_stranger(event("message_channel", SHARED, user_team="E0ACMEORG1"), GRID)
    in_shared = event("message_channel", SHARED, team="T0ACMETWO1", user_team="T0ACMETWO1")
    author = in_shared["event"]["user"]
    assert not is_stranger(in_shared, GRID, {author: Known("Asha", "E0ACMEORG1")})
    for of in ("", "E0OTHERORG"):
        assert is_stranger(in_shared, GRID, {author: Known("Asha", of)})
    assert is_stranger(in_shared, US, {author: Known("Asha", "E0ACMEORG1")})


def test_a_guest_of_the_workspace_is_answered_with_what_the_community_may_see() -> None:
    guest = {"U0ASHARAO1": Known("Asha Rao", is_guest=True)}
    for shape in ("message_im", "app_mention"):
        assert addressed(event(shape), known=guest).access_at_most is Access.COMMUNITY


def test_a_strangers_edit_asks_nothing() -> None:
    edit = event("message_changed", SHARED)
    edit["event"]["message"] |= {"user_team": "T0OTHERCO1", "text": f"{MENTION} hi"}
    assert dropped(edit) == "a stranger"


# --- edits and deletions ---------------------------------------------------------------------


def test_an_edit_is_of_the_same_message() -> None:
    result = heard(event("message_changed"))
    assert isinstance(result, Edited)
    assert result.message.id == "C0CASTING1/1795000001.000100"
    assert result.message.text == "Who is free on Saturday?"
    assert not result.asks


def test_an_edit_that_calls_us_is_a_question() -> None:
    edit = event("message_changed")
    edit["event"]["message"]["text"] = f"{MENTION} who is free?"
    result = heard(edit)
    assert isinstance(result, Edited)
    assert result.asks
    edit["event"]["previous_message"]["text"] = f"{MENTION} who was free?"
    again = heard(edit)
    assert isinstance(again, Edited)
    assert not again.asks


def test_a_change_that_is_no_edit_is_dropped() -> None:
    preview = event("message_changed")
    preview["event"]["message"]["text"] = preview["event"]["previous_message"]["text"]
    assert dropped(preview) == "unchanged"
    ours = event("message_changed")
    ours["event"]["message"] |= {"user": US.user_id, "bot_id": US.bot_id}
    assert dropped(ours) == "our own"


def test_an_old_message_edited_now_is_news() -> None:
    edit = event("message_changed")
    edit["event"]["message"]["ts"] = "1794000001.000100"
    assert isinstance(heard(edit), Edited)


def test_a_deleted_message() -> None:
    gone = Deleted("T0ACMECAST", "C0CASTING1/1795000001.000100")
    assert heard(event("message_deleted")) == gone
    tombstone = event("message_changed")
    tombstone["event"]["message"]["subtype"] = "tombstone"
    assert heard(tombstone) == gone
    ours = event("message_deleted")
    ours["event"]["previous_message"]["user"] = US.user_id
    assert dropped(ours) == "our own"
    assert dropped(event("message_deleted", deleted_ts="x", previous_message=ABSENT)) == "malformed"


# --- anything at all -------------------------------------------------------------------------

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(US.user_id),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["text", "user", "ts", "message", "bot_id", "files", "attachments", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = (
    *("type", "subtype", "user", "text", "ts", "event_ts", "channel", "thread_ts", "message"),
    *("previous_message", "bot_id", "files", "attachments", "team", "user_profile", "hidden"),
)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["message_im", "app_mention", "message_changed", "message_deleted"]),
    st.dictionaries(st.sampled_from(FIELDS), junk, max_size=4),
)
def test_no_payload_breaks_it(shape: str, fields: dict[str, Any]) -> None:
    envelope = recorded(f"event_{shape}")
    envelope["event"] |= fields
    assert isinstance(heard(envelope), Heard)
    people(envelope)
