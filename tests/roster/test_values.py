"""One cell to one value: the ways in which people write it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roster import dates, lists, money, values
from bot.talent import Credit, DayRate, LanguageSkill, Range

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("24-30", 24, 30), ("24 to 30", 24, 30), ("24–30 yrs", 24, 30), ("30/24", 24, 30),
        ("25+", 25, None), ("under 30", None, 30), ("mid 20s", 24, 26), ("early thirties", 30, 33),
        ("late 20s to mid 30s", 27, 36), ("27", 27, 27), ("२४-३०", 24, 30), ("around 40", 40, 40),
    ],
)  # fmt: skip
def test_playing_ages(text: str, low: int | None, high: int | None) -> None:
    assert values.playing_age(text) == Range(min=low, max=high)


@pytest.mark.parametrize(
    ("text", "centimetres"),
    [
        ("168 cm", 168), ("1.68m", 168), ("1,68 m", 168), ("5'6\"", 168), ("5’6”", 168),
        ("5 ft 6 in", 168), ("5 feet 6 inches", 168), ("5.6", 168), ("5.11", 180), ("66 in", 168),
        ("168", 168), ("5'", 152), ("5-6", 168), ("5'6\" / 168 cm", 168),
    ],
)  # fmt: skip
def test_heights(text: str, centimetres: int) -> None:
    assert values.height_cm(text) == centimetres


def test_a_bare_height_is_in_the_unit_of_its_title() -> None:
    assert values.height_cm("66", "in") == 168
    with pytest.raises(ValueError, match="between 60 and 250"):
        values.height_cm("20", "cm")


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("15k", 15_000, 15_000, "INR"), ("₹15,000–25,000", 15_000, 25_000, "INR"),
        ("1.5 lakh", 150_000, 150_000, "INR"), ("15-25k", 15_000, 25_000, "INR"),
        ("Rs. 15000/-", 15_000, 15_000, "INR"), ("1,50,000", 150_000, 150_000, "INR"),
        ("$500/day", 500, 500, "USD"), ("£400 - £600", 400, 600, "GBP"),
        ("1.500,00 €", 1_500, 1_500, "EUR"), ("15.000", 15_000, 15_000, "INR"),
        ("20000.00", 20_000, 20_000, "INR"), ("15000+", 15_000, None, "INR"),
        ("up to 25000", None, 25_000, "INR"), ("15,000 (negotiable)", 15_000, 15_000, "INR"),
        ("Rs 20,000 to Rs 30,000 + GST", 20_000, 30_000, "INR"),
        ("2 cr", 2 * 10**7, 2 * 10**7, "INR"),
    ],
)  # fmt: skip
def test_day_rates(text: str, low: int | None, high: int | None, currency: str) -> None:
    assert money.day_rate(text) == DayRate(min=low, max=high, currency=currency)


def test_a_rate_without_a_figure_is_none_and_another_period_is_refused() -> None:
    assert money.day_rate("negotiable") is None
    assert money.day_rate("500", "USD") == DayRate(min=500, max=500, currency="USD")
    with pytest.raises(ValueError, match="per week"):
        money.day_rate("15000 per week")


def spans(text: str) -> list[tuple[str, str]]:
    return [(str(span.from_), str(span.to)) for span in dates.date_spans(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01..2026-12-14", [("2026-12-01", "2026-12-14")]),
        ("01/12/2026 - 14/12/2026", [("2026-12-01", "2026-12-14")]),
        ("01/12/2026-14/12/2026", [("2026-12-01", "2026-12-14")]),
        ("1-14 Dec 2026", [("2026-12-01", "2026-12-14")]),
        ("1st to 14th Dec", [("2026-12-01", "2026-12-14")]),
        ("Dec 2026", [("2026-12-01", "2026-12-31")]),
        ("20 Dec to 5 Jan", [("2026-12-20", "2027-01-05")]),
        ("2026-12-01 00:00:00", [("2026-12-01", "2026-12-01")]),
        ("5 Jan 2027; 2026-12-01..2026-12-14",
         [("2026-12-01", "2026-12-14"), ("2027-01-05", "2027-01-05")]),
        ("December 1, 2026", [("2026-12-01", "2026-12-01")]),
        ("2026-12-01..2026-12-14, 2026-12-15..2026-12-20", [("2026-12-01", "2026-12-20")]),
        ("from 1 Dec", [("2026-12-01", "2027-12-01")]),
        ("any time", [("2026-11-23", "2027-11-23")]),
        ("not available", []),
    ],
)  # fmt: skip
def test_availability(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize("text", ["2026-02-30", "soon", "2026-12-14..2026-12-01", "32/01/2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is not|names|ends)"):
        dates.date_spans(text, TODAY)


def test_languages_have_levels() -> None:
    assert lists.languages("Marathi (native), hindi; fluent in Tamil / English - basic") == (
        LanguageSkill(name="Marathi", level="native"),
        LanguageSkill(name="Hindi", level="fluent"),
        LanguageSkill(name="Tamil", level="fluent"),
        LanguageSkill(name="English", level="basic"),
    )


def test_names_of_things_are_the_vocabularys() -> None:
    assert lists.city("Andheri West, bombay") == "Mumbai"
    assert lists.skills("horseback riding, kathak (12 years), sitar & tabla") == (
        "Horse riding", "Kathak", "Sitar", "Tabla",
    )  # fmt: skip
    assert lists.union("Screen Actors Guild") == "SAG-AFTRA"
    assert values.gender("mahila") == "female"
    with pytest.raises(ValueError, match="none of female, male and non-binary"):
        values.gender("sometimes")


def test_credits() -> None:
    text = "Tin Ferry (the cook, 2021, web series, dir. A. Nobody); 2019 - Kites"
    assert lists.credits_of(text) == (
        Credit(title="Tin Ferry", role="the cook", year=2021, production="web series",
               director="A. Nobody"),
        Credit(title="Kites", year=2019),
    )  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.text(max_size=40) | st.from_regex(r"[0-9a-z'\",./ ₹$–-]{0,24}", fullmatch=True))
def test_any_text_is_a_value_or_a_plain_refusal(text: str) -> None:
    text = values.clean(text)
    if values.says_nothing(text):
        return
    for parse in (
        values.playing_age, values.age, values.height_cm, values.gender, values.yes_or_no,
        money.day_rate, money.amount, money.currency_code, lists.languages, lists.skills,
        lists.cities, lists.union, lists.credits_of,
        lambda said: dates.date_spans(said, TODAY), lambda said: dates.one_date(said, TODAY),
    ):  # fmt: skip
        try:
            parse(text)
        except ValueError as error:
            assert type(error) is ValueError, "a message of a library, not of ours"  # noqa: PT017
