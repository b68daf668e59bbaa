"""People are found by the name somebody remembers, not the one in the row."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.talent import Filters, TalentQuery
from db.pool import Database
from db.talent_names import likeness
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import store, talent, talent_id, team

ROSTER = [
    talent(1, "Meera Joshi", other_names=("Mirabai J",)),
    talent(2, "Meenal Joshi"),
    talent(3, "Zoë Brandão"),
    talent(4, "Vikram Chatterjee", other_names=("Vicky",)),
    talent(5, "Om Prakash"),
    talent(6, "Oma Nair"),
    talent(7, "Siobhán O'Neill-Rao"),
]


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    await store(database, org_id, ROSTER)
    return Talents(database, embedder)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("Meera Joshi", 1),
        ("meera", 1),
        ("Mira Joshi", 1),
        ("Mira", 1),
        ("Meera Jsohi", 1),
        ("Meenal", 2),
        ("Zoe", 3),
        ("zoe brandao", 3),
        ("Vikram Chaterji", 4),
        ("Vicky", 4),
        ("Om", 5),
        ("Siobhan ONeill", 7),
        ("o'neill", 7),
    ],
)
async def test_the_nearest_name_is_first(
    talents: Talents, org_id: UUID, asked: str, number: int
) -> None:
    found = await talents.find_by_name(team(org_id), asked)
    assert found[0].id == talent_id(number)
    result = await talents.search(team(org_id), TalentQuery(filters=Filters(names=(asked,))))
    assert result.matches[0].talent.id == talent_id(number)


@pytest.mark.parametrize("asked", ["", "  ", "!?", "Qwxz", "नहीं"])
async def test_nothing_like_it(talents: Talents, org_id: UUID, asked: str) -> None:
    assert list(await talents.find_by_name(team(org_id), asked)) == []


async def test_names_that_no_row_backs(talents: Talents, org_id: UUID) -> None:
    asked = [
        "Meera Joshi",
        "MEERA JOSHI",
        "mirabai j",
        "zoe brandao",
        "Joshi Meera",
        "Meera",
        "Priya",
        "Mira Joshi",
        "Meera Joshi Rao",
        "",
    ]
    unknown = await talents.unknown_names(team(org_id), asked)
    assert unknown == {"Joshi Meera", "Priya", "Mira Joshi", "Meera Joshi Rao", ""}
    assert await talents.unknown_names(team(org_id), []) == set()


@pytest.mark.parametrize(
    ("asked", "name", "least", "most"),
    [
        ("meera", "meera", 1.0, 1.0),
        ("meera", "meera joshi", 0.95, 0.99),
        ("joshi meera", "meera joshi", 1.0, 1.0),
        ("meera", "vikram rao", 0.0, 0.54),
        ("", "meera", 0.0, 0.0),
    ],
)
def test_likeness(asked: str, name: str, least: float, most: float) -> None:
    assert least <= likeness(asked, [name], [], []) <= most


def test_equal_sound_makes_up_for_other_letters() -> None:
    assert likeness("mira", ["meera"], ["meera", "~MR"], ["~MR"]) > likeness(
        "mira", ["meera"], ["meera", "~MR"], []
    )
