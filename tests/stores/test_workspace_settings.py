"""What a workspace's admins set stays set, and sets nothing else."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from bot.conversation import Access, Audience, Place
from db.pool import Database
from db.workspaces import WorkspaceSettings, resolve_workspace


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
