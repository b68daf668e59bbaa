"""No search ends in nothing: what is given up is named, and how the nearest miss it is said."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from bot.talent import Criteria, DateSpan, DayRate, Filters, Match, Range, TalentQuery
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store, talent, talent_id, team

ROSTER = [
    talent(
        1,
        "Meera Joshi",
        gender="female",
        playing_age=Range(min=31, max=38),
        city="Pune",
        height_cm=160,
        languages=("Marathi", "Hindi"),
        skills=("Kathak",),
        union="CINTAA",
        day_rate=DayRate(min=30_000, max=40_000),
        available=(DateSpan(from_=date(2026, 12, 10), to=date(2026, 12, 20)),),
    ),
    talent(
        2,
        "Leela Rao",
        gender="female",
        playing_age=Range(min=45, max=50),
        city="Delhi",
        height_cm=150,
        languages=("Hindi",),
        skills=("Singing",),
        union="FWICE",
        day_rate=DayRate(min=100, max=200, currency="USD"),
        available=(DateSpan(from_=date(2026, 12, 1), to=date(2026, 12, 2)),),
    ),
    talent(3, "Bare Row", gender="male", city="Goa"),
]


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    await store(database, org_id, ROSTER, embedder=None)
    return Talents(database, embedder)


@pytest.mark.parametrize(
    ("asked", "relaxed", "misses"),
    [
        ({"playing_age": {"max": 25}}, "playing_age", "playing age 31-38, not up to 25"),
        ({"height_cm": {"min": 170}}, "height_cm", "160 cm, not 170 cm or more"),
        ({"day_rate": {"max": 20_000}}, "day_rate", "₹30,000-40,000 a day, not up to ₹20,000"),
        (
            {"available": {"from": "2026-12-12", "to": "2026-12-24"}},
            "available",
            "free 10-20 Dec, not all of 12-24 Dec",
        ),
        ({"languages": ["Marathi", "Tamil"]}, "languages", "Tamil not listed"),
        ({"skills": ["Kathak", "Fencing"]}, "skills", "Fencing not listed"),
        ({"unions": ["SAG-AFTRA"], "names": ["Meera"]}, "unions", "CINTAA member, not SAG-AFTRA"),
        ({"cities": ["Surat"], "names": ["Meera"]}, "cities", "lives in Pune, not Surat"),
        ({"genders": ["non-binary"]}, "genders", "plays female, not non-binary"),
    ],
)
async def test_the_nearest_come_first_and_say_how_they_miss(
    talents: Talents, org_id: UUID, asked: dict[str, Any], relaxed: str, misses: str
) -> None:
    query = TalentQuery(filters=Filters.model_validate(asked))
    result = await talents.search(team(org_id), query)
    assert result.relaxed == (relaxed,)
    first = result.matches[0]
    assert first.score < 1
    nearest = _match_of(result.matches, talent_id(1))
    assert nearest.misses == (misses,)
    assert misses not in nearest.reasons
    if relaxed != "genders":
        assert first.talent.id == talent_id(1), "who misses least comes first"


def _match_of(matches: tuple[Match, ...], talent_id: str) -> Match:
    return next(match for match in matches if match.talent.id == talent_id)


async def test_what_fits_of_a_filter_given_up_is_still_a_reason(
    talents: Talents, org_id: UUID
) -> None:
    asked = Filters(languages=("Marathi", "Tamil"), skills=(("kathak", "Odissi"), "Fencing"))
    result = await talents.search(team(org_id), TalentQuery(filters=asked))
    assert set(result.relaxed) == {"languages", "skills"}
    nearest = _match_of(result.matches, talent_id(1))
    assert nearest.reasons == ("speaks Marathi", "skills: Kathak")
    assert nearest.misses == ("Tamil not listed", "Fencing not listed")


async def test_one_of_several_filters_is_given_up_and_the_others_hold(
    talents: Talents, org_id: UUID
) -> None:
    filters = Filters(
        genders=("female",), playing_age=Range(max=25), languages=("Marathi",), cities=("Pune",)
    )
    result = await talents.search(team(org_id), TalentQuery(filters=filters))
    assert result.relaxed == ("playing_age",)
    assert [match.talent.name for match in result.matches] == ["Meera Joshi"]
    assert result.matches[0].reasons == ("plays female", "speaks Marathi", "lives in Pune")
    assert result.matches[0].misses == ("playing age 31-38, not up to 25",)


async def test_the_smallest_set_is_given_up_where_one_is_not_enough(
    talents: Talents, org_id: UUID
) -> None:
    filters = Filters(
        genders=("female",), languages=("Hindi",), playing_age=Range(max=25), skills=("Fencing",)
    )
    result = await talents.search(team(org_id), TalentQuery(filters=filters))
    assert set(result.relaxed) == {"playing_age", "skills"}
    assert result.matches[0].talent.id == talent_id(1), "31-38 is nearer to 25 than 45-50"
    assert {match.talent.gender for match in result.matches} == {"female"}


async def test_what_was_to_be_avoided_is_said(talents: Talents, org_id: UUID) -> None:
    filters = Filters(languages=("Marathi",), exclude=Criteria(skills=("Kathak",)))
    result = await talents.search(team(org_id), TalentQuery(filters=filters))
    assert result.relaxed == ("languages",)
    only = TalentQuery(filters=filters, only_ids=(talent_id(1),))
    result = await talents.search(team(org_id), only)
    assert result.relaxed == ("exclude",)
    assert result.matches[0].misses == ("Kathak, which was to be avoided",)


async def test_an_unknown_value_is_no_match_but_may_be_offered(
    talents: Talents, org_id: UUID
) -> None:
    filters = Filters(cities=("Goa",), playing_age=Range(min=20, max=30), day_rate=DayRate(max=5))
    result = await talents.search(team(org_id), TalentQuery(filters=filters))
    assert set(result.relaxed) == {"playing_age", "day_rate"}
    assert result.matches[0].misses == ("playing age not known", "day rate not known")


async def test_a_name_that_nobody_has_brings_the_nearest(talents: Talents, org_id: UUID) -> None:
    result = await talents.search(team(org_id), TalentQuery(filters=Filters(names=("Leila Roy",))))
    assert result.matches[0].talent.name == "Leela Rao"
    assert result.matches[0].reasons == ("name: Leela Rao",)
    nobody = await talents.search(team(org_id), TalentQuery(filters=Filters(names=("Xqzw",))))
    assert nobody.relaxed == ("names",)
    assert all(match.misses[0].endswith(", not Xqzw") for match in nobody.matches)
    assert nobody.matches


async def test_text_ranks_what_is_left(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(text="singing", filters=Filters(genders=("female",), cities=("Surat",)))
    result = await talents.search(team(org_id), query)
    assert result.relaxed == ("cities",)
    assert result.matches[0].talent.name == "Leela Rao"
    assert "skills: Singing" in result.matches[0].reasons
    assert result.matches[0].misses == ("lives in Delhi, not Surat",)


async def test_only_an_empty_roster_finds_nobody(
    database: Database, org_id: UUID, embedder: LocalEmbedder
) -> None:
    talents = Talents(database, embedder)
    for query in (
        TalentQuery(),
        TalentQuery(text="dancer"),
        TalentQuery(filters=Filters(cities=("Pune",), names=("Meera",)), text="dancer"),
        TalentQuery(similar_to=talent_id(1), only_ids=(talent_id(2),)),
    ):
        assert (await talents.search(team(org_id), query)).matches == ()


async def test_words_that_nobody_is_known_by_cost_no_filter(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(filters=Filters(cities=("Pune",)), text="lighthouse keeper")
    result = await talents.search(team(org_id), query)
    assert result.relaxed == ()
    assert [match.talent.name for match in result.matches] == ["Meera Joshi"]
