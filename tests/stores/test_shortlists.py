"""A channel's shortlist: each audience sees its own, and every change is noted for good."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from bot.conversation import Access, Audience, ConversationKey
from bot.stores import TalentGoneError
from bot.talent import Talent
from db.pool import Database
from db.shortlists import Shortlists
from tests.db.sql import execute, fetch
from tests.stores.conftest import ASHA, BEN, CHANNEL, OTHER_ORG


@pytest.fixture
def shortlists(database: Database) -> Shortlists:
    return Shortlists(database)


async def names(
    shortlists: Shortlists, audience: Audience, channel: ConversationKey = CHANNEL
) -> list[str]:
    return [one.talent.name for one in await shortlists.listed(audience, channel)]


async def test_a_talent_is_on_the_list_once_until_taken_off(
    shortlists: Shortlists, team: Audience, roster: list[Talent]
) -> None:
    meera, nina = (one.id for one in roster)
    added = await asyncio.gather(
        *(shortlists.add(team, CHANNEL, nina, who) for who in (ASHA, BEN, ASHA))
    )
    assert sorted(added) == [False, False, True]
    assert await shortlists.add(team, replace(CHANNEL, thread=""), meera, BEN), "any thread"
    newest, oldest = reversed(await shortlists.listed(team, CHANNEL))
    assert (oldest.talent.name, newest.talent.name) == ("Nina Invented", "Meera Invented")
    assert newest.by == BEN
    assert newest.talent.representation == "an agency", "as the team may see her"
    assert newest.at > oldest.at
    assert [one.talent.id for one in await shortlists.listed(team, CHANNEL, limit=1)] == [meera]
    assert await shortlists.which(team, CHANNEL, [nina, meera, "nobody"]) == {nina, meera}
    assert await shortlists.which(team, CHANNEL, [nina]) == {nina}
    assert await shortlists.which(team, CHANNEL, []) == frozenset()
    assert await names(shortlists, team, replace(CHANNEL, channel="C2")) == []
    assert await shortlists.which(team, replace(CHANNEL, channel="C2"), [nina]) == frozenset()

    assert await shortlists.remove(team, CHANNEL, nina, BEN)
    assert not await shortlists.remove(team, CHANNEL, nina, ASHA)
    assert await names(shortlists, team) == ["Meera Invented"]


async def test_what_a_team_lists_does_not_show_to_the_community(
    shortlists: Shortlists, team: Audience, community: Audience, roster: list[Talent]
) -> None:
    meera, nina = (one.id for one in roster)
    await shortlists.add(team, CHANNEL, meera, ASHA)
    await shortlists.add(team, CHANNEL, nina, ASHA)
    assert await names(shortlists, community) == []
    assert await shortlists.which(community, CHANNEL, [meera, nina]) == frozenset()
    assert not await shortlists.remove(community, CHANNEL, meera, BEN)
    assert await shortlists.add(community, CHANNEL, meera, BEN), "nor stand in its way"
    with pytest.raises(TalentGoneError):
        await shortlists.add(community, CHANNEL, nina, BEN)

    (seen,) = await shortlists.listed(community, CHANNEL)
    assert (seen.talent.name, seen.talent.representation) == ("Meera Invented", "")
    assert await names(shortlists, team) == ["Meera Invented", "Nina Invented"], "each once"
    assert not await shortlists.add(team, CHANNEL, meera, ASHA)
    assert await shortlists.remove(team, CHANNEL, meera, ASHA)
    assert await names(shortlists, community) == [], "the team has the say over the channel"


async def test_other_organisations_see_none_of_it(
    shortlists: Shortlists, team: Audience, roster: list[Talent], database_url: str
) -> None:
    await execute(database_url, f"INSERT INTO organisations VALUES ('{OTHER_ORG}', 'Another')")
    other = replace(team, org_id=OTHER_ORG)
    await shortlists.add(team, CHANNEL, roster[0].id, ASHA)
    assert await names(shortlists, other) == []
    assert not await shortlists.remove(other, CHANNEL, roster[0].id, ASHA)
    with pytest.raises(TalentGoneError):
        await shortlists.add(other, CHANNEL, roster[0].id, ASHA)


async def test_an_id_that_is_nobodys(
    shortlists: Shortlists, team: Audience, database_url: str
) -> None:
    for talent_id in ("nobody", "", "nul\x00", "x" * 5000):
        with pytest.raises(TalentGoneError):
            await shortlists.add(team, CHANNEL, talent_id, ASHA)
        assert not await shortlists.remove(team, CHANNEL, talent_id, ASHA)
    assert await fetch(database_url, "SELECT FROM decisions") == []


async def test_every_change_is_noted_and_no_note_can_be_changed(
    shortlists: Shortlists, team: Audience, roster: list[Talent], database: Database
) -> None:
    turn_id, talent_id = uuid4(), roster[0].id
    await shortlists.add(team, CHANNEL, talent_id, ASHA, turn_id=turn_id)
    await shortlists.add(team, CHANNEL, talent_id, ASHA, turn_id=turn_id)
    await shortlists.remove(team, CHANNEL, talent_id, BEN)
    async with database.session(team.org_id, Access.TEAM, channel=CHANNEL) as connection:
        rows = await connection.fetch(
            "SELECT d.kind, d.channel, d.talent_id, u.name, d.turn_id, d.at FROM decisions d"
            " JOIN users u ON u.org_id = d.org_id AND u.id = d.by_user ORDER BY d.id"
        )
    assert [tuple(row)[:-1] for row in rows] == [
        ("shortlisted", "C1", talent_id, "Asha", turn_id),
        ("unlisted", "C1", talent_id, "Ben", None),
    ]
    assert rows[0]["at"] < rows[1]["at"]
    for statement in (
        "UPDATE decisions SET talent_id = 'x'",
        "DELETE FROM decisions",
        "TRUNCATE decisions",
    ):
        for transaction in (
            database.session(team.org_id, Access.TEAM, channel=CHANNEL),
            database.queue(),
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with transaction as connection:
                    await connection.execute(statement)
