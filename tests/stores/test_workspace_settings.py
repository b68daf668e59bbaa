"""What a workspace's admins set stays set, and sets nothing else."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from bot.conversation import Access, Audience, Place
from db.pool import Database
from db.workspaces import WorkspaceSettings, link_workspace, resolve_workspace


@pytest.fixture
def settings(database: Database) -> WorkspaceSettings:
    return WorkspaceSettings(database)


async def test_settings_are_set_one_by_one(settings: WorkspaceSettings) -> None:
    assert await settings.read("slack", "T1") == {}
    await asyncio.gather(
        settings.write("slack", "T1", {"allow_guests": True}, default_access=Access.TEAM),
        settings.write("slack", "T1", {"rooms": ["C1", None]}, default_access=Access.TEAM),
        settings.write("slack", "T1", {"note": "a\x00b"}, default_access=Access.TEAM),
    )
    whole = {"allow_guests": True, "rooms": ["C1", None], "note": "ab"}
    assert await settings.read("slack", "T1") == whole
    change = {"allow_guests": False, "rooms": None}
    await settings.write("slack", "T1", change, default_access=Access.TEAM)
    assert await settings.read("slack", "T1") == {"allow_guests": False, "note": "ab"}
    assert await settings.read("discord", "T1") == await settings.read("slack", "T2") == {}


async def test_a_workspace_never_seen_before_gets_the_default_access(
    settings: WorkspaceSettings, database: Database
) -> None:
    for access in (Access.COMMUNITY, Access.TEAM):
        await settings.write("slack", "T1", {"x": 1}, default_access=access)
    async with database.queue() as connection:
        found = await resolve_workspace(connection, "slack", "T1", Access.TEAM)
    assert found.access is Access.COMMUNITY


@pytest.mark.parametrize(
    ("place", "at_most", "access"),
    [
        (Place.DM, None, Access.TEAM),
        (Place.PUBLIC, None, Access.TEAM),
        (Place.SHARED, None, Access.COMMUNITY),
        (Place.DM, Access.COMMUNITY, Access.COMMUNITY),
    ],
)
async def test_an_audience_sees_no_more_than_its_workspace_place_and_cap(
    settings: WorkspaceSettings, org_id: UUID, place: Place, at_most: Access | None, access: Access
) -> None:
    team = await settings.audience(
        "slack", "T1", place, default_access=Access.TEAM, access_at_most=at_most
    )
    assert team == Audience(org_id, access, place)
    guests = await settings.audience("slack", "T2", place, default_access=Access.COMMUNITY)
    again = await settings.audience("slack", "T2", place, default_access=Access.TEAM)
    assert guests == again == Audience(org_id, Access.COMMUNITY, place)


async def trusted(
    settings: WorkspaceSettings, place: Place, *, at_most: Access | None = None
) -> Access:
    """What somebody sees whom the admins of the community G1 trust, in a message of no server."""
    audience = await settings.audience(
        "discord",
        "@me",
        place,
        default_access=Access.COMMUNITY,
        access_at_most=at_most,
        access_at_least=Access.TEAM,
        trusted_in="G1",
    )
    return audience.access


async def test_whom_admins_trust_sees_more_only_in_private_and_as_far_as_the_server_was_linked(
    settings: WorkspaceSettings, database: Database
) -> None:
    assert await trusted(settings, Place.DM) is Access.COMMUNITY
    async with database.queue() as connection:
        await link_workspace(connection, "discord", "G1", Access.COMMUNITY)
    assert await trusted(settings, Place.DM) is Access.COMMUNITY
    async with database.queue() as connection:
        await link_workspace(connection, "discord", "G1", Access.COMMUNITY, Access.TEAM)
    assert await trusted(settings, Place.DM) is Access.TEAM
    assert await trusted(settings, Place.PRIVATE) is Access.TEAM
    assert await trusted(settings, Place.PUBLIC) is Access.COMMUNITY
    assert await trusted(settings, Place.SHARED) is Access.COMMUNITY
    assert await trusted(settings, Place.DM, at_most=Access.COMMUNITY) is Access.COMMUNITY
    async with database.queue() as connection:
        await link_workspace(connection, "discord", "G1", Access.COMMUNITY)
    assert await trusted(settings, Place.DM) is Access.TEAM
    anybody = await settings.audience("discord", "G1", Place.DM, default_access=Access.COMMUNITY)
    assert anybody.access is Access.COMMUNITY


async def test_another_organisations_server_vouches_for_nobody(
    settings: WorkspaceSettings, database: Database, database_url: str
) -> None:
    async with database.queue() as connection:
        await link_workspace(connection, "discord", "G1", Access.COMMUNITY, Access.TEAM)
    owner = await asyncpg.connect(database_url)
    await owner.execute("""
        WITH other AS (INSERT INTO organisations (name) VALUES ('Other') RETURNING id)
        UPDATE workspaces SET org_id = other.id FROM other WHERE external_id = 'G1'""")
    await owner.close()
    assert await trusted(settings, Place.DM) is Access.COMMUNITY
