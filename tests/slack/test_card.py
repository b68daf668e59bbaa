"""A talent's card in Slack."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.acts import ShortlistTalent, ShowTalent, SimilarTalents, UnlistTalent, decode
from adapters.slack.card import BLOCKS, CARD_LIMIT, card, in_a_line, marked, profile
from bot.talent import Credit, DateSpan, LanguageSkill, Match
from tests.fakes.slack.plain import plain_blocks
from tests.slack.seen import (
    assert_calls_nobody,
    assert_fits_message,
    hostile_matches,
    match,
    talent,
)

TODAY = date(2030, 6, 15)
TURN = UUID("6f7c1f3e-2f6c-4d6e-9f0e-3b1f0a6d2c11")


def test_a_full_card() -> None:
    full = match(
        "speaks Marathi",
        "playing age 24–30",
        misses=("Kathak not listed",),
        union="Sample Union",
        available=(DateSpan(from_=date(2030, 7, 1), to=date(2030, 7, 9)),),
        reel_url="https://video.example/r?a=1&b=2",
    )
    _, section, buttons = card(full, today=TODAY, turn_id=TURN)
    assert section["text"]["text"] == (
        "*Asha Sample Rao*\n"
        "plays 24–30  ·  Pune  ·  Marathi, Hindi\n"
        "₹8,000–12,000 a day  ·  Sample Union  ·  free 1 Jul – 9 Jul"
        "  ·  <https://video.example/r?a=1&amp;b=2|▶ reel on video.example>\n"
        "✓ speaks Marathi  ·  playing age 24–30\n"
        "✗ Kathak not listed"
    )
    assert section["accessory"] == {
        "type": "image",
        "image_url": "https://photos.example/asha.jpg",
        "alt_text": "Photo of Asha Sample Rao",
    }
    assert [decode(each["action_id"], each["value"]) for each in buttons["elements"]] == [
        ShortlistTalent("asha000001", TURN),
        SimilarTalents("asha000001"),
        ShowTalent("asha000001"),
    ]


def test_what_may_not_be_seen_leaves_no_trace() -> None:
    bare = match(day_rate=None, playing_age=None, headshot_url="", languages=())
    _, section, _ = card(bare, today=TODAY)
    assert section["text"]["text"] == "*Asha Sample Rao*\nPune"
    assert "accessory" not in section


def test_only_a_photo_behind_https_is_shown() -> None:
    for address in ("http://a.example/x.jpg", "javascript:x", "https://a b"):
        assert "accessory" not in card(match(headshot_url=address), today=TODAY)[1]
    assert "accessory" not in card(match(), today=TODAY, photos=False)[1]


def test_many_languages_are_counted() -> None:
    names = ("Marathi", "Hindi", "Urdu", "Tamil", "Odia", "Bangla", "Konkani")
    many = match(languages=tuple(LanguageSkill(name=name) for name in names))
    assert "Marathi, Hindi, Urdu, Tamil, Odia +2" in plain_blocks(card(many, today=TODAY))


def test_why_it_fits_is_kept_where_room_is_short() -> None:
    wordy = match("speaks Marathi", city="A town of a very long name " * 8, union="U" * 80)
    _, section, _ = card(wordy, today=TODAY, limit=200)
    assert "✓ speaks Marathi" in section["text"]["text"]
    assert len(section["text"]["text"]) <= 200


def test_a_profile_says_all_that_may_be_shown() -> None:
    shown = plain_blocks(
        profile(
            talent(
                other_names=("Asha S.",),
                skills=("Kathak",),
                credits=(Credit(title="Rain", role="Meera", year=2028),),
                bio="Moves between *stage* and screen.",
            )
        )
    )
    for words in ("also Asha S.", "Kathak", "Rain as Meera (2028)", "between *stage* and"):
        assert words in shown
    assert "[☆ Shortlist] [More like this]" in shown


def test_a_shortlisted_card_shows_it_and_can_be_taken_off() -> None:
    other = match(id="ravi000002", name="Ravi Sample")
    blocks = [*card(match(), today=TODAY, turn_id=TURN), *card(other, today=TODAY, turn_id=TURN)]
    listed = marked(blocks, "asha000001", is_listed=True)
    assert plain_blocks(listed).count("[★ Shortlisted]") == 1
    button = listed[2]["elements"][0]
    assert decode(button["action_id"], button["value"]) == UnlistTalent("asha000001", TURN)
    assert plain_blocks(listed) == plain_blocks(
        [*card(match(), today=TODAY, is_listed=True), *card(other, today=TODAY)]
    )
    assert plain_blocks(marked(listed, "asha000001", is_listed=False)) == plain_blocks(blocks)


def test_a_card_in_a_line() -> None:
    assert in_a_line(match("speaks Marathi", misses=("Kathak not listed",))) == (
        "Asha Sample Rao – plays 24–30, Pune – speaks Marathi; but Kathak not listed"
    )


@settings(deadline=None, max_examples=60)
@given(hostile_matches(), st.integers(200, CARD_LIMIT))
def test_no_row_calls_anybody(hostile: Match, limit: int) -> None:
    shown = card(hostile, today=TODAY, turn_id=TURN, limit=limit)
    assert len(shown) == BLOCKS
    assert 0 < len(shown[1]["text"]["text"]) <= limit
    assert_fits_message(shown, "x")
    assert_calls_nobody(shown)
    whole = profile(hostile.talent)
    assert_fits_message(whole, "x")
    assert_calls_nobody(whole)
