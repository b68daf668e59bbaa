"""Each filter lets in whom it should, and says why."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from bot.talent import (
    Criteria,
    DateSpan,
    DayRate,
    Filters,
    LanguageSkill,
    Range,
    SearchResult,
    TalentQuery,
)
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store, talent, talent_id, team

DECEMBER = DateSpan(from_=date(2026, 12, 1), to=date(2026, 12, 14))

ROSTER = [
    talent(
        1,
        "Meera Joshi",
        gender="female",
        playing_age=Range(min=24, max=30),
        city="Pune",
        travels_to=("Mumbai",),
        height_cm=165,
        languages=("Marathi", "Hindi"),
        skills=("Kathak", "Sword fighting"),
        union="CINTAA",
        day_rate=DayRate(min=15_000, max=25_000, currency="INR"),
        available=(
            DateSpan(from_=date(2026, 11, 20), to=date(2026, 12, 5)),
            DateSpan(from_=date(2026, 12, 6), to=date(2026, 12, 31)),
        ),
        bio="Trained in Bharatanatyam for 12 years.",
        confirmed_on=date(2026, 11, 1),
    ),
    talent(
        2,
        "Arjun Rao",
        gender="male",
        playing_age=Range(min=31, max=38),
        city="Mumbai",
        height_cm=180,
        languages=("Hindi", LanguageSkill(name="Marathi", level="basic")),
        skills=("Horse riding",),
        union="FWICE",
        day_rate=DayRate(min=30_000, max=40_000, currency="INR"),
        available=(DateSpan(from_=date(2026, 12, 10), to=date(2026, 12, 20)),),
        confirmed_on=date(2026, 10, 1),
    ),
    talent(
        3,
        "Zoë Brandão",
        gender="non-binary",
        playing_age=Range(min=40),
        city="São Paulo",
        height_cm=172,
        languages=("Portuguese", "English"),
        skills=("Singing", "Kathak"),
        day_rate=DayRate(min=200, currency="USD"),
        confirmed_on=date(2026, 9, 1),
    ),
    talent(4, "Unknown Everything"),
]


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    await store(database, org_id, ROSTER)
    return Talents(database, embedder)


def ids(result: SearchResult) -> set[int]:
    return {
        number for number in range(1, 5) for m in result.matches if m.talent.id == talent_id(number)
    }


def reasons(result: SearchResult) -> list[str]:
    return [reason for match in result.matches for reason in match.reasons]


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ({"genders": ["female", "male"]}, {1, 2}, ["plays female", "plays male"]),
        ({"playing_age": {"max": 24}}, {1}, ["playing age 24-30"]),
        ({"playing_age": {"min": 30, "max": 31}}, {1, 2}, ["playing age 24-30"]),
        ({"playing_age": {"min": 39}}, {3}, ["playing age 40 or more"]),
        ({"languages": ["marathi"]}, {1, 2}, ["speaks Marathi", "speaks Marathi (basic)"]),
        ({"languages": ["Marathi", ["English", "Hindi"]]}, {1, 2}, ["speaks Hindi"]),
        ({"languages": ["Hindi", "Portuguese"]}, set(), []),
        ({"skills": ["kathak"]}, {1, 3}, ["skills: Kathak"]),
        ({"skills": ["Kathak", "Sword Fighting"]}, {1}, ["skills: Kathak, Sword fighting"]),
        ({"skills": [["Singing", "Horse riding"]]}, {2, 3}, ["skills: Singing"]),
        ({"cities": ["Mumbai"]}, {1, 2}, ["travels to Mumbai", "lives in Mumbai"]),
        ({"cities": ["sao paulo"]}, {3}, ["lives in São Paulo"]),
        ({"cities": ["SÃO PAULO"]}, {3}, ["lives in São Paulo"]),
        ({"cities": ["maharashtra"]}, {1, 2}, ["lives in Pune", "lives in Mumbai"]),
        ({"unions": ["cintaa"]}, {1}, ["CINTAA member"]),
        ({"height_cm": {"min": 165, "max": 172}}, {1, 3}, ["165 cm", "172 cm"]),
        ({"height_cm": {"max": 164.5}}, set(), []),
        ({"day_rate": {"max": 15_000}}, {1}, ["₹15,000-25,000 a day"]),
        ({"day_rate": {"min": 25_000, "max": 30_000}}, {1, 2}, ["₹30,000-40,000 a day"]),
        ({"day_rate": {"min": 10, "currency": "USD"}}, {3}, ["$200 or more a day"]),
        ({"day_rate": {"currency": "USD"}}, {3}, ["$200 or more a day"]),
        ({"available": DECEMBER.model_dump(by_alias=True)}, {1}, ["free 1-14 Dec"]),
        ({"available": {"from": "2026-12-20", "to": "2027-01-01"}}, set(), []),
        ({"names": ["meera"]}, {1}, ["name: Meera Joshi"]),
        ({"names": ["Zoe Brandao"]}, {3}, ["name: Zoë Brandão"]),
        ({"names": ["Mira Joshi", "arjun"]}, {1, 2}, ["name: Meera Joshi", "name: Arjun Rao"]),
    ],
)
async def test_a_filter(
    talents: Talents, org_id: UUID, asked: dict[str, Any], found: set[int], said: list[str]
) -> None:
    query = TalentQuery(filters=Filters.model_validate(asked))
    result = await talents.search(team(org_id), query)
    if found:
        assert ids(result) == found
        assert result.relaxed == ()
        assert set(said) <= set(reasons(result))
    else:
        assert result.relaxed, "nobody meets it, so it must have been given up"
        assert result.matches


@pytest.mark.parametrize(
    ("excluded", "found"),
    [
        ({"genders": ["female"]}, {2, 3, 4}),
        ({"playing_age": {"max": 30}}, {2, 3, 4}),
        ({"languages": ["Marathi", "English"]}, {4}),
        ({"skills": ["Singing", "Horse riding"]}, {1, 4}),
        ({"cities": ["Mumbai"]}, {3, 4}),
        ({"cities": ["Maharashtra"]}, {3, 4}),
        ({"unions": ["FWICE"]}, {1, 3, 4}),
        ({"height_cm": {"min": 170}}, {1, 4}),
        ({"day_rate": {"min": 26_000}}, {1, 3, 4}),
        ({"available": DECEMBER.model_dump(by_alias=True)}, {2, 3, 4}),
        ({"names": ["Arjun"]}, {1, 3, 4}),
        ({"genders": ["female"], "cities": ["Mumbai"]}, {3, 4}),
    ],
)
async def test_what_is_excluded_is_left_out(
    talents: Talents, org_id: UUID, excluded: dict[str, Any], found: set[int]
) -> None:
    query = TalentQuery(filters=Filters(exclude=Criteria.model_validate(excluded)))
    result = await talents.search(team(org_id), query)
    assert ids(result) == found
    assert result.relaxed == ()


async def test_filters_together(talents: Talents, org_id: UUID) -> None:
    filters = Filters(
        genders=("female", "male"),
        cities=("Mumbai",),
        languages=("Hindi",),
        exclude=Criteria(skills=("Kathak",)),
    )
    result = await talents.search(team(org_id), TalentQuery(filters=filters))
    assert ids(result) == {2}
    assert result.matches[0].reasons == (
        "plays male",
        "speaks Hindi",
        "lives in Mumbai",
        "no Kathak listed",
    )


async def test_who_lives_there_comes_before_who_travels_there(
    talents: Talents, org_id: UUID
) -> None:
    result = await talents.search(team(org_id), TalentQuery(filters=Filters(cities=("Mumbai",))))
    assert [match.talent.name for match in result.matches] == ["Arjun Rao", "Meera Joshi"]
    assert result.matches[0].score > result.matches[1].score


async def test_without_a_question_the_last_confirmed_come_first(
    talents: Talents, org_id: UUID
) -> None:
    result = await talents.search(team(org_id), TalentQuery(), limit=3)
    assert [match.talent.name for match in result.matches] == [t.name for t in ROSTER[:3]]
    assert all(match.reasons for match in result.matches)


async def test_among_these_only(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(
        filters=Filters(languages=("Marathi",)), only_ids=(talent_id(2), talent_id(3))
    )
    assert ids(await talents.search(team(org_id), query)) == {2}


async def test_rows_come_back_as_they_were_written(talents: Talents, org_id: UUID) -> None:
    asked = [talent_id(3), "aaaaaaaaaa", talent_id(1), talent_id(3)]
    found = await talents.get(team(org_id), asked)
    expected = ROSTER[0].model_copy(
        update={"available": (DateSpan(from_=date(2026, 11, 20), to=date(2026, 12, 31)),)}
    )
    assert list(found) == [ROSTER[2], expected], "spans that touch are one"
