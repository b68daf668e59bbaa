"""What people say, and the exact filters that must come of it: the tables are in cases/."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from bot.talent import Filters, TalentQuery
from bot.wording import describe_roles, parse

TODAY = date(2026, 11, 23)
_CASES = Path(__file__).parent / "cases"


def _table(name: str) -> list[Any]:
    rows: list[Any] = yaml.safe_load((_CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows


DESCRIPTIONS = [
    pytest.param(said, filters, id=f"{path.stem}: {said[:60]}")
    for path in sorted(_CASES.glob("*.yaml"))
    if path.stem not in ("refinements", "roles")
    for said, filters in _table(path.stem)
]


@pytest.mark.parametrize(("said", "filters"), DESCRIPTIONS)
def test_description(said: str, filters: dict[str, object]) -> None:
    assert parse(said, today=TODAY).filters == Filters.model_validate(filters)


@pytest.mark.parametrize(("before", "said", "filters"), _table("refinements"))
def test_refinement(before: str, said: str, filters: dict[str, object]) -> None:
    previous = parse(before, today=TODAY)
    assert parse(said, today=TODAY, previous=previous).filters == Filters.model_validate(filters)


@pytest.mark.parametrize(("said", "roles"), _table("roles"))
def test_several_roles(said: str, roles: list[dict[str, object]]) -> None:
    found = [query.filters for query in describe_roles(said, today=TODAY)]
    assert found == [Filters.model_validate(filters) for filters in roles]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            "a widow who runs a tea stall in Pune, 40s, must speak Marathi",
            "widow who runs a tea stall in Pune",
        ),
        ("looking for a French tourist", "French tourist"),
        ("a tall, brooding man, 30-40", "tall, brooding"),
        ("Marathi-speaking woman, 24-30", ""),
        ("woman, 30s, Kathak a plus", "Kathak"),
        ("late twenties woman", ""),
        ("a man in his late thirties who can dance", ""),
        ("thirty-something woman, forty thousand a day", ""),
        ("someone please", ""),
        ("actors in Mumbai with a warm, reassuring presence", "warm, reassuring presence"),
    ],
)
def test_free_text_is_what_the_filters_leave(said: str, text: str) -> None:
    assert parse(said, today=TODAY).text == text


def test_a_rate_always_says_its_currency() -> None:
    assert parse("under 20k a day", today=TODAY).filters.to_json() == {
        "day_rate": {"max": 20000, "currency": "INR"}
    }


def test_a_month_gone_by_is_meant_next_year() -> None:
    assert parse("free in March", today=TODAY).filters.to_json() == {
        "available": {"from": "2027-03-01", "to": "2027-03-31"}
    }


def test_days_gone_by_are_not_asked_for() -> None:
    assert parse("free in November", today=TODAY).filters.to_json() == {
        "available": {"from": "2026-11-23", "to": "2026-11-30"}
    }


def test_a_fresh_description_replaces_the_query() -> None:
    previous = parse("women in Pune who speak Marathi", today=TODAY)
    said = "looking for a man in Delhi, 40s"
    assert parse(said, today=TODAY, previous=previous) == parse(said, today=TODAY)


def test_a_refinement_keeps_the_free_text() -> None:
    previous = parse("a brooding poet, male, 30s", today=TODAY)
    refined = parse("only in Delhi", today=TODAY, previous=previous)
    assert refined.text == "brooding poet"
    assert refined.filters.cities == ("Delhi",)


def test_a_query_survives_json() -> None:
    query = parse("woman, 24-30, Hindi or Urdu, not from Pune, free 3-10 Jan", today=TODAY)
    again = TalentQuery.model_validate_json(query.model_dump_json(by_alias=True))
    assert again == query


def test_reading_takes_milliseconds() -> None:
    breakdown = " ".join(str(case.values[0]) for case in DESCRIPTIONS[100:110])
    parse(breakdown, today=TODAY)
    taken = []
    for case in DESCRIPTIONS[:100]:
        start = time.perf_counter()
        parse(str(case.values[0]), today=TODAY)
        taken.append(time.perf_counter() - start)
    assert median(taken) < 0.05
