"""The Home tab, as its reader sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.acts import AllowGuests, ForgetMe, decode
from adapters.slack.home_view import Admin, home
from bot.conversation import Access
from bot.doctor import Finding, State
from bot.stores import Forgotten, Person
from tests.fakes.slack.plain import plain_blocks
from tests.slack.seen import assert_calls_nobody, assert_fits_view, hostile_words

TODAY = date(2030, 6, 15)
ASHA = Person(
    name="Asha",
    first_seen=datetime(2029, 12, 3, tzinfo=UTC),
    last_seen=datetime(2030, 6, 14, tzinfo=UTC),
    turns=12,
    questions=("who is *free* on <Friday>?", "two\ndancers"),
    overheard=1,
    ratings=0,
    searches=3,
)
HEALTH = (
    Finding("Postgres", State.WORKS, "18.6, 3 ms"),
    Finding("Discord", State.NOT_SET, "DISCORD_TOKEN is not set"),
    Finding("Claude", State.FAILS, "the key is refused", "Set ANTHROPIC_API_KEY again."),
)


def shown(person: Person | None = ASHA, access: Access = Access.TEAM, **given: Any) -> str:
    view = home(person, name="Asha Rao", access=access, today=TODAY, **given)
    assert_fits_view(view)
    assert view["type"] == "home"
    return plain_blocks(view["blocks"])


def acts(**given: Any) -> list[Any]:
    view = home(ASHA, name="Asha Rao", access=Access.TEAM, today=TODAY, **given)
    pressed = [b["accessory"] for b in view["blocks"] if "accessory" in b]
    return [decode(button["action_id"], button["value"]) for button in pressed]


def test_it_says_what_is_remembered_and_forgets_if_asked() -> None:
    said = shown()
    assert "You are *Asha Rao* to me. You see all of your organisation's roster." in said
    assert (
        "I remember 12 questions with their replies, 1 message in threads I was in, 3 searches,"
        " from 3 Dec 2029 to 14 Jun. `/memory` shows more." in said
    )
    assert "• who is ∗free∗ on <Friday>?\n• two dancers" in said
    assert acts() == [ForgetMe()]
    button = next(
        block["accessory"]
        for block in home(ASHA, name="", access=Access.TEAM, today=TODAY)["blocks"]
        if "accessory" in block
    )
    assert button["confirm"]["confirm"]["text"] == "Forget me"
    assert button["style"] == "danger"


def test_who_was_never_met_has_nothing_to_forget() -> None:
    said = shown(None, Access.COMMUNITY)
    assert "You see what your organisation's roster shows to the community." in said
    assert "I remember nothing of you." in said
    assert "Forget" not in said


def test_a_receipt_of_what_was_forgotten() -> None:
    gone = Forgotten(turns=1, overheard=0, ratings=2, searches=0)
    assert "✅ Forgotten: 1 question with its reply, 2 ratings." in shown(None, forgotten=gone)
    nothing = Forgotten(turns=0, overheard=0, ratings=0, searches=0)
    assert "✅ Forgotten: your name." in shown(None, forgotten=nothing)


def test_admins_see_the_health_of_each_part_and_the_switch_for_guests() -> None:
    said = shown(admin=Admin(HEALTH, guests_are_answered=False))
    assert "✅ Postgres: 18.6, 3 ms\n▫️ Discord: DISCORD_TOKEN is not set" in said
    assert "⚠️ Claude: the key is refused. Set ANTHROPIC_API_KEY again." in said
    assert "in channels shared with them, get no answer." in said
    assert acts(admin=Admin((), guests_are_answered=False))[-1] == AllowGuests(allowed=True)
    assert acts(admin=Admin((), guests_are_answered=True))[-1] == AllowGuests(allowed=False)
    assert "For admins" not in shown()


@settings(deadline=None, max_examples=60)
@given(hostile_words, st.lists(hostile_words, max_size=5), hostile_words)
def test_no_words_call_anybody(name: str, questions: list[str], said: str) -> None:
    person = Person(name, ASHA.first_seen, ASHA.last_seen, 1, tuple(questions), 1, 1, 1)
    finding = Finding(name, State.FAILS, said, said)
    view = home(
        person,
        name=name,
        access=Access.TEAM,
        today=TODAY,
        admin=Admin([finding] * 40, guests_are_answered=True),
    )
    assert_fits_view(view)
    assert_calls_nobody(view)
