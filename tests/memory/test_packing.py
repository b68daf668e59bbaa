"""What of the past has room beside a question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.conversation import Author, ConversationKey, Place
from bot.memories import Episode, Speaker
from memory.budget import tokens
from memory.packing import EPISODE_TOKENS, packed

AT = datetime(2026, 5, 3, 9, tzinfo=UTC)
SHORT = "The mill is closed on Mondays."
LONG = (
    "Good to see you again! We had such a lovely time at the reading, everybody said so. The"
    " audition for Night Bus is at 4 in the old mill. Let us talk about all of it soon. Take care!"
)


def said(*texts: str) -> list[Episode]:
    room = ConversationKey("web", "W1", "C1")
    return [
        Episode(
            Speaker.PERSON, Author("U1", "Asha"), text, AT + timedelta(days=nth), room,
            Place.PUBLIC, None, f"m{nth}",
        )
        for nth, text in enumerate(texts)
    ]  # fmt: skip


def test_what_fits_is_given_whole_and_as_it_came() -> None:
    episodes = said(LONG, SHORT, LONG)
    assert packed(episodes, "Where is the audition?") == episodes
    assert packed([], "Where is the audition?") == []


def test_where_it_does_not_the_best_are_whole_and_of_others_the_sentence_that_answers() -> None:
    given = packed(said(*[LONG] * 60), "Where is the Night Bus audition?")
    assert [one.text for one in given[:6]] == [LONG] * 6
    assert len(given) > 20
    for one in given[6:]:
        assert "The audition for Night Bus is at 4 in the old mill." in one.text
        assert one.text.endswith("…"), "it says that there was more"
        assert len(one.text) < len(LONG)


def test_the_budget_holds_for_every_script_and_for_one_endless_sentence() -> None:
    for text in ("x" * 20_000, "ऑडिशन पुरानी मिल में है। " * 400, "word " * 9_000, "?" * 3_000):
        given = packed(said(*[text] * 60), "कब?")
        assert given
        assert sum(tokens(one.text) for one in given) <= EPISODE_TOKENS
        assert all(one.text.strip("… ") for one in given)


def test_one_that_does_not_fit_makes_place_for_shorter_ones() -> None:
    texts = ["x" * 380] * 6 + ["y" * 110] * 12 + ["Mondays."] * 3
    given = packed(said(*texts), "?")
    assert given[-1].text == "Mondays."
    assert len(given) < len(texts)
