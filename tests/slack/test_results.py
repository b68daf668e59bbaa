"""A search in Slack: what was understood, what it found, and how to go on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.acts import DropFilter, OpenFilters, PageSearch, ShareSearch, decode
from adapters.chips import chips, without
from adapters.searches import PAGE_SIZE
from adapters.slack.reply_view import Shown
from adapters.slack.results import expired, results, shared
from bot.talent import Criteria, DateSpan, DayRate, Filters, Range, SearchResult, TalentQuery
from tests.fakes.slack.plain import plain_blocks
from tests.slack.queries import hostile_queries, queries
from tests.slack.seen import (
    assert_calls_nobody,
    assert_fits_message,
    assert_inert_message,
    hostile_matches,
    hostile_words,
    match,
)

TODAY = date(2030, 6, 15)
QUERY = TalentQuery(
    filters=Filters(
        genders=("female",),
        playing_age=Range(min=24, max=30),
        languages=("Marathi", ("Hindi", "Urdu")),
        cities=("Pune",),
        day_rate=DayRate(max=25_000),
        available=DateSpan(from_=date(2030, 7, 1), to=date(2030, 7, 9)),
        exclude=Criteria(cities=("Delhi",)),
    ),
    text="quiet intensity",
)


def shown(found: SearchResult, *, page: int = 0, pages: int = 1) -> Shown:
    return results(found, search_id="AbC_123", page=page, pages=pages, today=TODAY)


def buttons(view: Shown, *kinds: type) -> list[Any]:
    acts = [
        decode(element["action_id"], element["value"])
        for block in view.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return [act for act in acts if isinstance(act, kinds)]


def test_every_piece_of_a_search_is_a_chip() -> None:
    assert [chip.label for chip in chips(QUERY, today=TODAY)] == [
        "women",
        "plays 24–30",
        "speaks Marathi",
        "speaks Hindi or Urdu",
        "in Pune",
        "up to ₹25,000 a day",
        "free 1 Jul – 9 Jul",
        "not in Delhi",
        "“quiet intensity”",
    ]


def test_a_page_of_results() -> None:
    view = shown(SearchResult(query=QUERY, matches=(match("speaks Marathi"),)), page=1, pages=5)
    lines = plain_blocks(view.blocks).splitlines()
    assert lines[0] == "Understood as (press one to drop it):"
    assert lines[1].startswith("[women ✕] [plays 24–30 ✕] [speaks Marathi ✕]")
    assert lines[2:4] == ["---", "*Asha Sample Rao*"]
    assert lines[-2:] == [
        "Page 2 of about 5",
        "[‹ Previous] [Next ›] [Share in channel] [Edit filters]",
    ]
    assert buttons(view, PageSearch, ShareSearch, OpenFilters) == [
        PageSearch("AbC_123", 0),
        PageSearch("AbC_123", 2),
        ShareSearch("AbC_123", 1),
        OpenFilters("AbC_123"),
    ]
    assert view.text.startswith(
        "Found women, playing age 24–30, speaking Marathi and Hindi or Urdu"
    )
    assert "Asha Sample Rao – plays 24–30, Pune – speaks Marathi" in view.text


def test_the_first_and_the_last_page_lead_only_where_there_is_more() -> None:
    found = SearchResult(query=QUERY, matches=(match(),))
    assert buttons(shown(found, page=0, pages=2), PageSearch) == [PageSearch("AbC_123", 1)]
    assert buttons(shown(found, page=1, pages=2), PageSearch) == [PageSearch("AbC_123", 0)]
    assert buttons(shown(found), PageSearch) == []


def test_what_was_given_up_is_said() -> None:
    found = SearchResult(
        query=QUERY, matches=(match("speaks Marathi", misses=("Delhi",)),), relaxed=("cities",)
    )
    said = plain_blocks(shown(found).blocks)
    assert "Nobody meets everything: the city Pune excludes everyone who fits the rest." in said
    assert "✗ Delhi" in said


def test_nobody_found_says_what_to_do() -> None:
    view = shown(SearchResult(query=QUERY, matches=()))
    assert "Drop a filter above or edit the filters" in plain_blocks(view.blocks)
    assert buttons(view, ShareSearch) == []
    assert buttons(view, OpenFilters) == [OpenFilters("AbC_123")]


def test_words_that_are_nowhere_show_nobody() -> None:
    found = SearchResult(query=TalentQuery(text="xyzzy"), matches=(match(),), relaxed=("text",))
    said = plain_blocks(shown(found).blocks)
    assert "Nothing in the roster answers to “xyzzy”." in said
    assert "Asha" not in said


def test_a_channel_sees_who_was_looked_for_and_no_chips() -> None:
    view = shared(
        SearchResult(query=QUERY, matches=(match("speaks Marathi"),)), by="Ravi Iyer", today=TODAY
    )
    said = plain_blocks(view.blocks)
    assert said.startswith("Shared by Ravi Iyer: women, playing age 24–30, speaking Marathi")
    assert "✕" not in said
    assert buttons(view, PageSearch, DropFilter, ShareSearch, OpenFilters) == []


def test_more_chips_than_a_row_holds_are_told() -> None:
    many = TalentQuery(filters=Filters(skills=tuple(f"skill {n}" for n in range(30))))
    said = plain_blocks(shown(SearchResult(query=many, matches=())).blocks)
    assert said.startswith("Understood as (press one to drop it; 10 more are under Edit filters):")


def test_an_expired_search_says_so() -> None:
    assert_fits_message(*expired())
    assert expired().text == (
        "This search has expired. Ask again with `/talent` and a description."
    )


# --- dropping a piece ------------------------------------------------------------------------


@settings(deadline=None)
@given(queries())
def test_dropping_every_chip_leaves_nothing(query: TalentQuery) -> None:
    while found := chips(query, today=TODAY):
        act = found[0].act("s")
        assert decode("drop_filter", act.value) == act
        less = without(query, act)
        assert len(chips(less, today=TODAY)) == len(found) - 1
        query = less
    assert query.is_empty


@settings(deadline=None)
@given(queries(), st.data())
def test_a_chip_takes_nothing_else_with_it(query: TalentQuery, data: st.DataObject) -> None:
    found = chips(query, today=TODAY)
    if not found:
        return
    n = data.draw(st.integers(0, len(found) - 1))
    left = chips(without(query, found[n].act("s")), today=TODAY)
    assert [chip.label for chip in left] == [c.label for i, c in enumerate(found) if i != n]


@pytest.mark.parametrize(
    "act",
    [
        DropFilter("s", "languages", 99),
        DropFilter("s", "exclude.skills", 0),
        DropFilter("s", "nonsense"),
        DropFilter("s", "exclude.nonsense", 3),
    ],
)
def test_dropping_what_is_not_there_changes_nothing(act: DropFilter) -> None:
    assert without(QUERY, act) == QUERY


@settings(deadline=None, max_examples=40)
@given(
    hostile_queries,
    st.lists(hostile_matches(), max_size=2),
    st.sets(st.sampled_from(["languages", "text", "exclude", "cities", "day_rate"])),
    hostile_words,
)
def test_no_search_calls_anybody_or_is_refused(
    query: TalentQuery, matches: list[Any], relaxed: set[str], by: str
) -> None:
    possible = tuple(name for name in relaxed if name == "text" or getattr(query.filters, name))
    few = tuple(matches * PAGE_SIZE)[:PAGE_SIZE]
    found = SearchResult(query=query, matches=few, relaxed=possible)
    for view in (shown(found, page=1, pages=3), shared(found, by=by, today=TODAY)):
        assert_fits_message(*view)
        assert_calls_nobody(view.blocks)
        assert_inert_message(view.text)
