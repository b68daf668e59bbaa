"""Workspaces: which organisation a Slack team, Discord server or web page belongs to, and what its
admins have set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from bot.conversation import Access, Audience, Place, access_within
from db.organisations import DEFAULT_ORG_ID
from db.turn_rows import storable_json

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Connection, Database


class Workspace(NamedTuple):
    org_id: UUID
    access: Access
    """What its people may see of their organisation's roster."""


def may_trust(platform: str, external_id: str, org_id: str) -> str:
    """Part of a statement: whether those whom the admins of that workspace trust may see all of
    the organisation's roster."""
    return f"""EXISTS (SELECT FROM workspaces v WHERE v.platform = {platform}
        AND v.external_id = {external_id} AND v.org_id = {org_id} AND v.trusted_access = 'team')"""


_MAY_TRUST = f"SELECT {may_trust('$1', '$2', '$3')}"

_TRUSTING = """
SELECT external_id, settings FROM workspaces
WHERE platform = $1 AND trusted_access = 'team' AND settings <> '{}' ORDER BY external_id
"""

_SET_TRUSTED = "UPDATE workspaces SET trusted_access = $3 WHERE platform = $1 AND external_id = $2"

_FIND = "SELECT org_id, access FROM workspaces WHERE platform = $1 AND external_id = $2"

_ADD = """
INSERT INTO workspaces (org_id, platform, external_id, access) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""

_ALL = """
SELECT platform, external_id, access FROM workspaces
WHERE org_id = $1 ORDER BY platform, external_id
"""

_SETTINGS = "SELECT settings FROM workspaces WHERE platform = $1 AND external_id = $2"

# Of what is set to null nothing stays.
_SET = """
UPDATE workspaces SET settings = (
    SELECT coalesce(jsonb_object_agg(s.key, s.value), '{}') FROM jsonb_each(settings || $3) AS s
    WHERE s.value <> 'null')
WHERE platform = $1 AND external_id = $2
"""


async def resolve_workspace(
    connection: Connection, platform: str, external_id: str, default_access: Access
) -> Workspace:
    """Whose workspace this is. One seen for the first time joins the default organisation.

    In a `Database.queue()` transaction: the organisation is what is asked. One statement once
    the workspace is known, three the first time.
    """
    row = await connection.fetchrow(_FIND, platform, external_id)
    if row is None:
        await connection.execute(_ADD, DEFAULT_ORG_ID, platform, external_id, default_access)
        row = await connection.fetchrow(_FIND, platform, external_id)
    assert row is not None  # noqa: S101 - just added, by us or beside us
    return Workspace(row["org_id"], Access(row["access"]))


async def set_access(
    connection: Connection, platform: str, external_id: str, access: Access
) -> bool:
    """Say what a workspace's people may see; whether it is known."""
    done: str = await connection.execute(
        "UPDATE workspaces SET access = $3 WHERE platform = $1 AND external_id = $2",
        *(platform, external_id, access),
    )
    return done == "UPDATE 1"


async def link_workspace(
    connection: Connection,
    platform: str,
    external_id: str,
    access: Access,
    trusted: Access | None = None,
) -> None:
    """Say what a workspace's people may see, also before its first message, and, if given, what
    those may see whom its admins trust."""
    await resolve_workspace(connection, platform, external_id, access)
    await set_access(connection, platform, external_id, access)
    if trusted is not None:
        await connection.execute(_SET_TRUSTED, platform, external_id, trusted)


async def list_workspaces(connection: Connection, org_id: UUID) -> list[tuple[str, str, Access]]:
    """Platform, id and access of every workspace of the organisation that we have heard of."""
    rows = await connection.fetch(_ALL, org_id)
    return [(row["platform"], row["external_id"], Access(row["access"])) for row in rows]


class WorkspaceSettings:
    """`bot.stores.WorkspaceSettings`, in the workspaces' own rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def audience(
        self,
        platform: str,
        workspace: str,
        place: Place,
        *,
        default_access: Access,
        access_at_most: Access | None = None,
        access_at_least: Access | None = None,
        trusted_in: str = "",
    ) -> Audience:
        async with self._database.queue() as connection:
            known = await resolve_workspace(connection, platform, workspace, default_access)
            if access_at_least is Access.TEAM and not await connection.fetchval(
                _MAY_TRUST, platform, trusted_in or workspace, known.org_id
            ):
                access_at_least = None
        access = access_within(known.access, place, access_at_most, access_at_least)
        return Audience(known.org_id, access, place)

    async def read(self, platform: str, workspace: str) -> Mapping[str, JsonValue]:
        async with self._database.queue() as connection:
            return await connection.fetchval(_SETTINGS, platform, workspace) or {}

    async def trusting(self, platform: str) -> Mapping[str, Mapping[str, JsonValue]]:
        async with self._database.queue() as connection:
            rows = await connection.fetch(_TRUSTING, platform)
        return {row["external_id"]: row["settings"] for row in rows}

    async def write(
        self,
        platform: str,
        workspace: str,
        settings: Mapping[str, JsonValue],
        *,
        default_access: Access,
    ) -> None:
        async with self._database.queue() as connection:
            await resolve_workspace(connection, platform, workspace, default_access)
            await connection.execute(_SET, platform, workspace, storable_json(dict(settings)))
