"""The form with all filters: a query goes in, what people change comes out."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import filter_form
from adapters.slack.filter_form import FormError, form, submitted
from bot.talent import Criteria, DateSpan, DayRate, Filters, Range, TalentQuery
from tests.fakes.slack.state import entered, inputs, untouched
from tests.slack.queries import criteria, hostile_queries, queries
from tests.slack.seen import assert_calls_nobody, assert_fits_view

TODAY = date(2030, 6, 15)
View = dict[str, Any]


def sent(view: View, **typed: Any) -> View:
    """The view as Slack sends it back, once somebody has put `typed` into some of its blocks."""
    values = {
        block["block_id"]: {
            element["action_id"]: entered(element, typed[block["block_id"]])
            if block["block_id"] in typed
            else untouched(element)
        }
        for block, element in inputs(view["blocks"])
    }
    assert typed.keys() <= values.keys()
    return view | {"state": {"values": values}}


def edited(query: TalentQuery, **typed: Any) -> TalentQuery:
    view = form(query, today=TODAY, search_id="AbC_123")
    result = submitted(sent(view, **typed), today=TODAY)
    assert result.search_id == "AbC_123"
    return result.query


def errors(query: TalentQuery, **typed: Any) -> dict[str, str]:
    with pytest.raises(FormError) as raised:
        edited(query, **typed)
    assert raised.value.as_response() == {
        "response_action": "errors",
        "errors": raised.value.errors,
    }
    return raised.value.errors


QUERY = TalentQuery(
    filters=Filters(
        genders=("female",),
        playing_age=Range(min=24, max=30.5),
        languages=("Marathi", ("Hindi", "Urdu")),
        skills=("Kathak",),
        cities=("Pune", "Mumbai"),
        unions=("CINTAA",),
        height_cm=Range(min=160),
        day_rate=DayRate(max=2_500_000, currency="AED"),
        available=DateSpan(from_=date(2030, 7, 1), to=date(2030, 7, 9)),
        names=("Asha",),
        exclude=Criteria(genders=("male",), cities=("Delhi",)),
    ),
    text="quiet intensity",
    similar_to="ravi000002",
    only_ids=("asha000001",),
)


def test_the_form_shows_what_was_asked() -> None:
    view = form(QUERY, today=TODAY)
    assert_fits_view(view)
    held: dict[str, Any] = {
        block["block_id"]: next(
            (value for key, value in untouched(element).items() if key != "type"), None
        )
        for block, element in inputs(view["blocks"])
    }
    assert held["languages"] == "Marathi, Hindi or Urdu"
    assert held["cities"] == "Pune, Mumbai"
    assert (held["age_from"], held["age_to"]) == ("24", "30.5")
    assert (held["rate_from"], held["rate_to"]) == (None, "2500000")
    assert held["currency"]["value"] == "AED"
    assert (held["free_from"], held["free_to"]) == ("2030-07-01", "2030-07-09")
    assert [option["value"] for option in held["genders"]] == ["female"]
    assert held["exclude"] == "men, in Delhi"
    assert view["blocks"][0]["elements"][0]["text"] == (
        "Kept from the search: like one talent, among 1 shown before."
    )


def test_sent_as_it_is_it_asks_the_same() -> None:
    assert edited(QUERY) == QUERY


def test_an_empty_form_is_filled_in() -> None:
    assert edited(
        TalentQuery(),
        text="  a tired schoolteacher ",
        genders=["non-binary", "female"],
        age_from="24",
        languages="marathi,Hindi OR urdu ,, marathi",
        skills="kathak; horse riding or ghudsawari",
        cities="bombay\nPune",
        unions="x",
        names="asha , ravi",
        height_to="170.5",
        rate_to="25000",
        currency="USD",
        free_from="2030-07-01",
        free_to="2030-07-01",
        exclude="not in Delhi",
    ) == TalentQuery(
        filters=Filters(
            genders=("female", "non-binary"),
            playing_age=Range(min=24),
            languages=("Marathi", ("Hindi", "Urdu")),
            skills=("Kathak", "Horse riding"),
            cities=("Mumbai", "Pune"),
            unions=("x",),
            names=("asha", "ravi"),
            height_cm=Range(max=170.5),
            day_rate=DayRate(max=25_000, currency="USD"),
            available=DateSpan(from_=date(2030, 7, 1), to=date(2030, 7, 1)),
            exclude=Criteria(cities=("Delhi",)),
        ),
        text="a tired schoolteacher",
    )


def test_emptied_inputs_drop_their_filters() -> None:
    emptied = dict.fromkeys(
        ["age_from", "age_to", "languages", "skills", "cities", "unions", "height_from", "names",
         "rate_to", "free_from", "free_to", "exclude", "text"]
    )  # fmt: skip
    left = edited(QUERY, genders=[], **emptied)
    assert left == TalentQuery(similar_to="ravi000002", only_ids=("asha000001",))


def test_what_inputs_cannot_hold_stays_unless_it_is_changed() -> None:
    odd = TalentQuery(
        filters=Filters(
            languages=("Hindi, Urdu", "Gond or Bhil"),
            day_rate=DayRate(currency="USD"),
            exclude=Criteria(names=("the one, who left",)),
        ),
        text="x",
    )
    assert edited(odd) == odd
    changed = edited(odd, languages="Hindi", age_from="24")
    assert changed.filters.languages == ("Hindi",)
    assert changed.filters.exclude == odd.filters.exclude
    assert changed.filters.day_rate == DayRate(currency="USD")


def test_more_than_a_form_can_carry_is_told() -> None:
    huge = TalentQuery(text="x" * 3_500, filters=Filters(cities=("Pune",)), similar_to="ravi000002")
    view = form(huge, today=TODAY)
    assert_fits_view(view)
    assert "not all that was asked" in view["blocks"][0]["elements"][0]["text"]
    left = submitted(sent(view), today=TODAY).query
    assert left == TalentQuery(filters=Filters(cities=("Pune",)), similar_to="ravi000002")


def test_what_the_opener_sends_along_comes_back() -> None:
    view = form(QUERY, today=TODAY, search_id="s", carried={"channel": "C012", "thread": "1.2"})
    result = submitted(sent(view), today=TODAY)
    assert result.carried == {"channel": "C012", "thread": "1.2"}
    with pytest.raises(ValueError, match="too much"):
        form(QUERY, today=TODAY, carried={"x": "y" * 1_000})


@pytest.mark.parametrize(
    ("typed", "block", "sentence"),
    [
        ({"age_from": "40", "age_to": "30"}, "age_to", "This is below where the range begins."),
        ({"age_from": "400"}, "age_from", "A playing age is between 0 and 120 years."),
        ({"height_from": "5.8"}, "height_from", "A height is in centimetres: 170, say."),
        ({"rate_to": "-5"}, "rate_to", "A day rate is an amount of whole units: 25000, say."),
        ({"free_from": "2030-07-01"}, "free_to", "Choose the last day too."),
        ({"free_to": "2030-07-01"}, "free_from", "Choose the first day too."),
        (
            {"free_from": "2030-07-02", "free_to": "2030-07-01"},
            "free_to",
            "This is before the first day.",
        ),
        (
            {"exclude": "zzyzx qwerty"},
            "exclude",
            "I can't leave out “zzyzx qwerty”: name languages, skills, cities or unions.",
        ),
        ({}, "text", "Fill in at least one of the fields."),
    ],
)
def test_wrong_input_is_told_below_its_block(
    typed: dict[str, str], block: str, sentence: str
) -> None:
    assert errors(TalentQuery(), **typed) == {block: sentence}


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = errors(TalentQuery(), age_from="400", free_from="2030-07-01", cities="Pune")
    assert found.keys() == {"age_from", "free_to"}


@settings(deadline=None, max_examples=80)
@given(queries())
def test_any_search_comes_back_as_it_was(query: TalentQuery) -> None:
    view = form(query, today=TODAY)
    assert_fits_view(view)
    if query.is_empty:
        return
    assert submitted(sent(view), today=TODAY).query == query


KNOWN = st.sampled_from(["Marathi", "Hindi", "Kathak", "Pune", "Mumbai", "CINTAA", "Asha Rao"])


@settings(deadline=None, max_examples=60)
@given(st.builds(TalentQuery, filters=st.builds(Filters, **criteria(KNOWN)), text=KNOWN))
def test_what_the_inputs_hold_needs_nothing_beside_them(query: TalentQuery) -> None:
    view = form(query, today=TODAY) | {"private_metadata": ""}
    assert submitted(sent(view), today=TODAY).query == query


@settings(deadline=None, max_examples=40)
@given(hostile_queries)
def test_no_search_calls_anybody_or_is_refused(query: TalentQuery) -> None:
    view = form(query, today=TODAY, search_id="AbC_123", carried={"channel": "C012"})
    assert_fits_view(view)
    assert_calls_nobody(view)
    try:
        submitted(sent(view), today=TODAY)
    except FormError as error:
        assert_calls_nobody(error.as_response())


junk = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["values", "value", "text", "query"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(junk, st.text(max_size=30) | junk.map(filter_form._json))
def test_no_payload_breaks_it(state: Any, metadata: str) -> None:
    with suppress(FormError):
        submitted({"state": state, "private_metadata": metadata}, today=TODAY)
