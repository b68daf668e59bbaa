"""What is for the team stays with the team: in rows, filters, ranks and reasons."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.conversation import Access
from bot.talent import Credit, DateSpan, DayRate, Filters, Range, SearchResult, Talent, TalentQuery
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.talents.rosters import ALL_GROUPS, community, store, talent, talent_id, team

OPEN, PROFILE, HIDDEN, CHILD = (talent_id(number) for number in range(1, 5))
SPAN = DateSpan(from_=date(2026, 12, 1), to=date(2026, 12, 31))


def _secretive(number: int, name: str) -> Talent:
    return talent(
        number,
        name,
        gender="female",
        playing_age=Range(min=20, max=30),
        city="Pune",
        skills=("Kathak",),
        bio="Dances at weddings.",
        day_rate=DayRate(min=1000, max=2000),
        available=(SPAN,),
        credits=(Credit(title="Harvest Moon", role="Widow"),),
        headshot_url="https://example.com/head.jpg",
        reel_url="https://example.com/reel.mp4",
        representation="Agency Secretive",
        contact="secret@example.com",
        source="secret sheet",
    )


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    rows = [
        _secretive(number, name) for number, name in enumerate(("Ana", "Bea", "Cleo", "Dot"), 1)
    ]
    public = {OPEN: ALL_GROUPS, PROFILE: ("profile",), HIDDEN: ("rates",), CHILD: ALL_GROUPS}
    await store(database, org_id, rows, embedder=embedder, public=public, minors=[CHILD])
    return Talents(database, embedder)


def found(result: SearchResult) -> set[str]:
    return {match.talent.id for match in result.matches}


async def test_the_team_sees_all_but_minors(talents: Talents, org_id: UUID) -> None:
    result = await talents.search(team(org_id), TalentQuery())
    assert found(result) == {OPEN, PROFILE, HIDDEN}
    [one] = await talents.get(team(org_id), [HIDDEN, CHILD])
    assert one == _secretive(3, "Cleo")


async def test_the_community_sees_public_groups_of_public_profiles(
    talents: Talents, org_id: UUID
) -> None:
    one, two = await talents.get(community(org_id), [OPEN, PROFILE, HIDDEN, CHILD])
    private = {"representation": "", "contact": "", "source": "", "day_rate": None}
    assert one == _secretive(1, "Ana").model_copy(update=private)
    hidden = {"available": (), "credits": (), "headshot_url": "", "reel_url": ""}
    assert two == _secretive(2, "Bea").model_copy(update=private | hidden)


@pytest.mark.parametrize(
    "query",
    [
        TalentQuery(),
        TalentQuery(text="dances at weddings"),
        TalentQuery(filters=Filters(skills=("Kathak",), cities=("Pune",))),
        TalentQuery(filters=Filters(names=("Cleo",))),
        TalentQuery(filters=Filters(names=("Dot",))),
        TalentQuery(only_ids=(HIDDEN, CHILD, OPEN)),
        TalentQuery(similar_to=HIDDEN),
        TalentQuery(similar_to=OPEN, text="dance"),
        TalentQuery(filters=Filters(cities=("Nowhere",))),
    ],
)
async def test_no_question_brings_out_a_hidden_row(
    talents: Talents, org_id: UUID, query: TalentQuery
) -> None:
    result = await talents.search(community(org_id), query)
    assert result.matches
    assert found(result) <= {OPEN, PROFILE}
    shown = result.model_dump_json(exclude={"query"})
    asked = query.filters.names  # said back: "called …, not Cleo"
    secrets = {"secret", "Secretive", "Cleo", "Dot"} - set(asked)
    assert all(secret not in shown for secret in secrets)


@pytest.mark.parametrize(
    ("filters", "whose"),
    [
        (Filters(day_rate=DayRate(max=1500)), ()),
        (Filters(day_rate=DayRate(min=1000, max=2000)), ()),
        (Filters(available=SPAN), (OPEN,)),
    ],
)
async def test_nobody_is_filtered_by_what_is_hidden(
    talents: Talents, org_id: UUID, filters: Filters, whose: tuple[str, ...]
) -> None:
    """Rates are hidden of everybody, availability of whom did not make it public."""
    [asked] = [name for name in ("day_rate", "available") if getattr(filters, name)]
    result = await talents.search(community(org_id), TalentQuery(filters=filters))
    assert found(result) == (set(whose) or {OPEN, PROFILE})
    without = tuple({OPEN, PROFILE} - set(whose))
    result = await talents.search(community(org_id), TalentQuery(filters=filters, only_ids=without))
    assert result.relaxed == (asked,)
    assert all("not known" in "".join(match.misses) for match in result.matches)
    excluded = TalentQuery(filters=Filters(exclude=filters))
    assert found(await talents.search(community(org_id), excluded)) == set(without)


async def test_nobody_is_ranked_by_what_is_hidden(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(text="widow in harvest moon")
    for match in (await talents.search(community(org_id), query)).matches:
        assert any("Harvest" in reason for reason in match.reasons) == (match.talent.id == OPEN)
    only = TalentQuery(text="Harvest", only_ids=(PROFILE,))
    words = Talents(talents._database, _Blind())
    assert (await words.search(community(org_id), only)).relaxed == ("text",)
    assert (await words.search(team(org_id), only)).relaxed == ()


class _Blind(LocalEmbedder):
    """Its vectors are none of those stored."""

    name = "blind"


async def test_names_of_hidden_rows_are_not_confirmed(talents: Talents, org_id: UUID) -> None:
    names = ["Ana", "Cleo", "Dot"]
    assert await talents.unknown_names(community(org_id), names) == {"Cleo", "Dot"}
    assert await talents.unknown_names(team(org_id), names) == {"Dot"}
    assert list(await talents.find_by_name(community(org_id), "Cleo")) == []


async def test_another_organisation_sees_nothing(talents: Talents) -> None:
    stranger = uuid4()
    for audience in (team(stranger), community(stranger)):
        assert (await talents.search(audience, TalentQuery())).matches == ()
        assert list(await talents.get(audience, [OPEN])) == []


@pytest.mark.parametrize(
    "relation",
    ["talents", "talent_private", "talent_vectors", "talents_team", "talent_vectors_team"],
)
async def test_the_database_itself_refuses_the_community(
    talents: Talents, database: Database, org_id: UUID, relation: str
) -> None:
    async with database.session(org_id, Access.COMMUNITY) as connection:
        assert await connection.fetchval(f"SELECT count(*) FROM {relation}") == 0
    async with database.session(org_id, Access.TEAM) as connection:
        assert await connection.fetchval(f"SELECT count(*) FROM {relation}") > 0
    async with database.queue() as connection:
        assert await connection.fetchval(f"SELECT count(*) FROM {relation}") == 0


async def test_the_community_cannot_write(
    talents: Talents, database: Database, org_id: UUID
) -> None:
    async with database.session(org_id, Access.COMMUNITY) as connection:
        assert await connection.execute("UPDATE talents SET name = 'X'") == "UPDATE 0"
        assert await connection.execute("DELETE FROM talents") == "DELETE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.session(org_id, Access.COMMUNITY) as connection:
            await connection.execute(
                "INSERT INTO talents (org_id, id, source_key, name)"
                " VALUES ($1, 'aaaaaaaaaa', 'x', 'X')",
                org_id,
            )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.session(org_id, Access.TEAM) as connection:
            await connection.execute("UPDATE talents_public SET name = 'X'")
