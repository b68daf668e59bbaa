"""A match in the words of a card."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.web.cards import card
from bot.talent import DateSpan, DayRate, LanguageSkill, Match, Range, Talent

TODAY = date(2030, 6, 15)


def shown(**fields: object) -> dict[str, object]:
    talent = Talent.model_validate({"id": "aaaaaaaaaa", "name": "Asha Sample Rao"} | fields)
    match = Match(
        talent=talent, score=0.5, reasons=("speaks Marathi",), misses=("Kathak not listed",)
    )
    return card(match, today=TODAY)


def facts(**fields: object) -> dict[str, str]:
    listed = shown(**fields)["facts"]
    assert isinstance(listed, list)
    return {fact["label"]: fact["value"] for fact in listed}


def test_a_full_card() -> None:
    assert shown(
        playing_age=Range(min=24, max=30),
        city="Pune",
        languages=(LanguageSkill(name="Marathi"), LanguageSkill(name="Hindi", level="basic")),
        day_rate=DayRate(min=18000, max=25000),
        union="Sample Union",
        available=(DateSpan(from_=date(2030, 7, 1), to=date(2030, 7, 9)),),
        headshot_url="https://example.com/a.jpg",
        reel_url="https://example.com/reel",
    ) == {
        "id": "aaaaaaaaaa",
        "name": "Asha Sample Rao",
        "initials": "AR",
        "subtitle": "plays 24–30 · Pune",
        "facts": [
            {"label": "Languages", "value": "Marathi, Hindi"},
            {"label": "Day rate", "value": "₹18,000–25,000"},
            {"label": "Union", "value": "Sample Union"},
            {"label": "Available", "value": "1 Jul – 9 Jul"},
        ],
        "reasons": ["speaks Marathi"],
        "misses": ["Kathak not listed"],
        "headshot": "https://example.com/a.jpg",
        "reel": "https://example.com/reel",
    }


def test_what_a_row_lacks_is_left_out() -> None:
    assert shown() == {
        "id": "aaaaaaaaaa",
        "name": "Asha Sample Rao",
        "initials": "AR",
        "subtitle": "",
        "facts": [],
        "reasons": ["speaks Marathi"],
        "misses": ["Kathak not listed"],
    }


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (DayRate(min=12000), "from ₹12,000"),
        (DayRate(max=300, currency="USD"), "up to $300"),
        (DayRate(min=500, max=500, currency="AED"), "AED 500"),
    ],
)
def test_rates(rate: DayRate, words: str) -> None:
    assert facts(day_rate=rate) == {"Day rate": words}


def span(first: str, last: str) -> DateSpan:
    return DateSpan(from_=date.fromisoformat(first), to=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([span("2030-06-01", "2030-06-20")], {"Available": "until 20 Jun"}),
        ([span("2030-12-20", "2031-01-05")], {"Available": "20 Dec – 5 Jan 2031"}),
        ([span("2030-01-01", "2030-01-05")], {}),
        (
            [span("2030-09-01", "2030-09-05"), span("2030-06-01", "2030-06-20")],
            {"Available": "until 20 Jun, and later"},
        ),
    ],
)
def test_dates(spans: list[DateSpan], words: dict[str, str]) -> None:
    assert facts(available=tuple(spans)) == words


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://example.com",
        "data:text/html,x",
        "//x",
        "https://",
        "https://[",
    ],
)
def test_only_https_addresses_are_linked(url: str) -> None:
    made = shown(headshot_url=url, reel_url=url)
    assert "headshot" not in made
    assert "reel" not in made


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Meera", "M"), ("मीरा राव", "मर"), ("<b>x</b>", "?"), ("J. (Jo) Sample", "JS")],
)
def test_initials(name: str, initials: str) -> None:
    assert shown(name=name)["initials"] == initials
