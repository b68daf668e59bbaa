"""What is typed is completed from what the audience may see, by any word of it."""

from __future__ import annotations

from uuid import UUID

import pytest

from bot.conversation import Access, Audience
from bot.ports import CompletedField
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import community, store, talent, talent_id, team

PUBLIC, TEAM_ONLY, CHILD = (talent_id(number) for number in (1, 2, 9))


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    rows = [
        talent(
            1,
            "Zoë D'Souza-Pillai",
            other_names=("Zo Pillai",),
            city="Pune",
            travels_to=("Mumbai",),
            languages=("Hindi", "Marathi"),
            skills=("Horse riding", "Kathak"),
            accents=("Hyderabadi",),
            union="CINTAA",
        ),
        talent(2, "Zubin Secret", city="Panaji", skills=("Hush-hush",), languages=("Portuguese",)),
        *(talent(number, f"Asha Rao {number}", skills=("Harp",)) for number in range(3, 9)),
        talent(9, "Zara Child", skills=("Hopscotch",)),
        talent(10, "Zoë D'Souza-Pillai", skills=("harp", "Kathak")),
    ]
    public = {PUBLIC: ("profile",), CHILD: ("profile",), talent_id(10): ("profile",)}
    await store(database, org_id, rows, public=public, minors=[CHILD])
    return Talents(database, embedder)


@pytest.mark.parametrize(
    ("field", "typed", "offered"),
    [
        ("name", "zo", (["Zo Pillai", "Zoë D'Souza-Pillai"], ["Zo Pillai", "Zoë D'Souza-Pillai"])),
        ("name", " ZOË  d'souza p", (["Zoë D'Souza-Pillai"], ["Zoë D'Souza-Pillai"])),
        ("name", "pil", (["Zo Pillai", "Zoë D'Souza-Pillai"], ["Zo Pillai", "Zoë D'Souza-Pillai"])),
        ("name", "sec", (["Zubin Secret"], [])),
        ("name", "zara", ([], [])),
        (
            "skill",
            "h",
            (
                ["Harp", "Hush-hush", "Horse riding", "Hyderabadi"],
                ["harp", "Horse riding", "Hyderabadi"],
            ),
        ),
        ("skill", "rid", (["Horse riding"], ["Horse riding"])),
        ("skill", "hop", ([], [])),
        ("skill", "%", ([], [])),
        ("language", "p", (["Portuguese"], [])),
        ("language", "\0", (["Hindi", "Marathi", "Portuguese"], ["Hindi", "Marathi"])),
        ("city", "p", (["Panaji", "Pune"], ["Pune"])),
        ("city", "mum", (["Mumbai"], ["Mumbai"])),
        ("union", "c", (["CINTAA"], ["CINTAA"])),
    ],
)
async def test_each_audience_is_offered_its_own(
    talents: Talents,
    org_id: UUID,
    field: CompletedField,
    typed: str,
    offered: tuple[list[str], list[str]],
) -> None:
    for audience, expected in zip((team(org_id), community(org_id)), offered, strict=True):
        assert sorted(await talents.complete(audience, field, typed)) == sorted(expected)


async def test_the_most_frequent_come_first_and_no_more_than_asked(
    talents: Talents, org_id: UUID
) -> None:
    assert list(await talents.complete(team(org_id), "skill", "h", limit=1)) == ["Harp"]
    assert len(await talents.complete(team(org_id), "name", "asha", limit=4)) == 4


async def test_what_is_no_longer_public_is_no_longer_offered(
    talents: Talents, database: Database, org_id: UUID
) -> None:
    async def offered(audience: Audience) -> list[str]:
        return [
            *await talents.complete(audience, "name", "zo"),
            *await talents.complete(audience, "language", ""),
        ]

    async with database.session(org_id, Access.TEAM) as connection:
        await connection.execute("UPDATE talents SET public_groups = '{}'")
    assert await talents.complete(community(org_id), "name", "zo") == []
    async with database.session(org_id, Access.TEAM) as connection:
        await connection.execute("SELECT castmatch_talents_loaded()")
    assert await offered(community(org_id)) == []
    assert "Hindi" in await offered(team(org_id))
    async with database.session(org_id, Access.TEAM) as connection:
        await connection.execute("DELETE FROM talents")
        await connection.execute("SELECT castmatch_talents_loaded()")
    assert await offered(team(org_id)) == []
