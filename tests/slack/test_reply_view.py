"""One message of a reply, as Slack is asked to show it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.acts import Act, RateReply, RetryReply, StopReply, decode
from adapters.slack.reply_view import PAGE_LIMIT, Shown, show
from bot.pages import split
from bot.ports import Page
from tests.fakes.slack.plain import plain_blocks
from tests.slack.seen import (
    all_text,
    assert_calls_nobody,
    assert_fits_message,
    assert_inert_message,
    hostile_matches,
    hostile_words,
    match,
)

TODAY = date(2030, 6, 15)
TURN = UUID("6f7c1f3e-2f6c-4d6e-9f0e-3b1f0a6d2c11")


def shown(page: Page) -> Shown:
    return show(page, TURN, today=TODAY)


def seen(page: Page) -> str:
    return plain_blocks(shown(page).blocks)


def acts(page: Page) -> list[Act]:
    """What can be pressed below the reply, cards left out."""
    found: list[dict[str, Any]] = []
    for block in shown(page).blocks:
        for element in block.get("elements", ()):
            if element["type"] == "button":
                found.append(element)
            elif element["type"] == "feedback_buttons":
                id_of = {"action_id": element["action_id"]}
                found += [element["positive_button"] | id_of, element["negative_button"] | id_of]
    return [decode(each["action_id"], each["value"]) for each in found]


def test_a_reply_that_has_no_text_yet_says_that_we_are_at_it() -> None:
    assert seen(Page("")) == "Working on it…\n[■ Stop]"
    assert shown(Page("")).text == "Working on it…"


def test_a_growing_reply_can_be_stopped() -> None:
    assert acts(Page("Two **actors fit")) == [StopReply(TURN)]
    assert seen(Page("Two **actors fit")) == "Two actors fit\n[■ Stop]"


def test_a_reply_that_has_ended_can_be_rated() -> None:
    assert acts(Page("Two fit.", final=True)) == [
        RateReply(TURN, helpful=True),
        RateReply(TURN, helpful=False),
    ]
    assert seen(Page("Two fit.", final=True)) == "Two fit.\n[Helpful] [Not helpful]"


def test_a_message_that_the_next_one_continues_has_no_buttons() -> None:
    assert seen(Page("First part.", final=True, continues=True)) == "First part."


def test_a_failed_reply_can_be_tried_again() -> None:
    page = Page("So far.", notice="Claude is overloaded.", final=True, retryable=True)
    assert seen(page) == "So far.\nClaude is overloaded.\n[↻ Try again]"
    assert acts(page) == [RetryReply(TURN)]
    assert shown(page).text == "So far.\n\nClaude is overloaded."


def test_an_error_alone_is_said_and_not_rated() -> None:
    assert seen(Page("", notice="Something went wrong.", final=True)) == "Something went wrong."


def test_cards_stand_below_the_text_and_in_the_notification() -> None:
    page = Page("One fits:", matches=(match("speaks Marathi"),), final=True)
    lines = seen(page).splitlines()
    assert lines[:3] == ["One fits:", "---", "*Asha Sample Rao*"]
    assert "[☆ Shortlist] [More like this] [Profile]" in lines
    assert lines[-1] == "[Helpful] [Not helpful]"
    assert shown(page).text == "One fits:\n\nAsha Sample Rao – plays 24–30, Pune – speaks Marathi"


def test_photos_are_left_out_where_slack_cannot_fetch_them() -> None:
    page = Page("One fits:", matches=(match(),), final=True)
    assert "photos.example" in str(shown(page).blocks)
    assert "photos.example" not in str(show(page, TURN, today=TODAY, photos=False).blocks)


def test_a_whole_page_with_ten_cards_loses_no_word() -> None:
    text = " ".join(f"word{n:03}" for n in range(PAGE_LIMIT // 8))
    wordy = match(*(f"a reason of some length, number {n}" for n in range(6)), city="Pune" * 30)
    page = Page(text, matches=(wordy,) * 10, final=True)
    blocks, fallback = shown(page)
    assert_fits_message(blocks, fallback)
    assert text in all_text(blocks)
    assert plain_blocks(blocks).count("[☆ Shortlist]") == 10
    assert plain_blocks(blocks).count("✓ a reason of some length, number 0") == 10


def test_a_long_reply_in_hindi_fits() -> None:
    page = Page("मुंबई में दो नर्तक हैं। " * 150, final=True)
    blocks, text = shown(page)
    assert_fits_message(blocks, text)
    assert len(text) > 1_300


def test_a_page_of_nothing_is_still_a_message() -> None:
    for page in (
        Page("", final=True),
        Page(" \n"),
        Page("<!-- -->", final=True),
        Page("- - -", final=True),
        Page("", notice="\x08"),
    ):
        assert_fits_message(*shown(page))


@settings(deadline=None, max_examples=80)
@given(
    st.builds(
        Page,
        text=hostile_words.map(lambda words: words * 12),
        matches=st.lists(hostile_matches(), max_size=2).map(lambda few: tuple(few * 6)),
        notice=hostile_words,
        final=st.booleans(),
        retryable=st.booleans(),
        continues=st.booleans(),
    )
)
def test_no_reply_calls_anybody_or_is_refused(page: Page) -> None:
    for part in split(page.text, PAGE_LIMIT)[:2]:
        one = Page(part.text, page.matches, page.notice, page.final, page.retryable, page.continues)
        blocks, text = shown(one)
        assert_fits_message(blocks, text)
        assert_calls_nobody(blocks)
        assert_inert_message(text)
