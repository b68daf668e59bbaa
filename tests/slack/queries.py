"""Searches of every shape, ordinary and hostile."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from bot.talent import Criteria, DateSpan, DayRate, Filters, Range, TalentQuery
from tests.slack.seen import hostile_words

ordinary_names = st.text(alphabet="abc éअ-'.", min_size=1, max_size=12).map(
    lambda name: " ".join(name.split()) or "x"
)


def criteria(names: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[object]]:
    """Strategies for the fields of `Criteria`, with `names` for all that is text."""
    some = st.lists(names, max_size=3, unique=True).map(tuple)
    any_of = st.lists(names, min_size=2, max_size=3, unique=True).map(tuple)
    entries = st.lists(names | any_of, max_size=3, unique=True).map(tuple)
    return {
        "genders": st.lists(st.sampled_from(["female", "male", "non-binary"]), unique=True).map(
            lambda found: tuple(sorted(found))
        ),
        "playing_age": st.none() | ranges(0, 110),
        "languages": entries,
        "skills": entries,
        "cities": some,
        "unions": some,
        "height_cm": st.none() | ranges(50, 250),
        "day_rate": st.none()
        | st.builds(
            lambda span, currency: DayRate(min=span.min, max=span.max, currency=currency),
            ranges(0, 10_000_000),
            st.sampled_from(["INR", "USD", "AED"]),
        ),
        "available": st.none() | spans(),
        "names": some,
    }


def ranges(low: int, high: int) -> st.SearchStrategy[Range]:
    bounds = st.lists(st.integers(low, high), min_size=2, max_size=2).map(sorted)
    opened = st.tuples(bounds, st.sampled_from(["both", "min", "max"]))
    return opened.map(
        lambda made: Range(
            min=made[0][0] if made[1] != "max" else None,
            max=made[0][1] if made[1] != "min" else None,
        )
    )


def spans() -> st.SearchStrategy[DateSpan]:
    days = st.lists(st.dates(date(2026, 1, 1), date(2040, 1, 1)), min_size=2, max_size=2)
    return days.map(lambda two: DateSpan(from_=min(two), to=max(two)))


def queries(names: st.SearchStrategy[str] = ordinary_names) -> st.SearchStrategy[TalentQuery]:
    fields = criteria(names)
    exclude = st.builds(Criteria, **fields).map(lambda made: None if made == Criteria() else made)
    return st.builds(
        TalentQuery,
        filters=st.builds(Filters, **fields, exclude=exclude),
        text=names | st.just(""),
        similar_to=st.none() | st.just("asha000001"),
        only_ids=st.lists(st.just("ravi000002"), max_size=1).map(tuple),
    )


hostile_queries = queries(hostile_words)
