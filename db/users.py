"""Users: the people who write to us, as their platform names them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from db.turn_rows import storable

if TYPE_CHECKING:
    from bot.conversation import Author
    from db.pool import Connection

_UPSERT = """
INSERT INTO users (org_id, platform, workspace, external_id, name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, platform, workspace, external_id)
DO UPDATE SET name = excluded.name, last_seen_at = now()
RETURNING id
"""

_SEEN = """
INSERT INTO users (org_id, platform, workspace, external_id, name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, platform, workspace, external_id)
DO UPDATE SET last_seen_at = now(), name = coalesce(nullif(users.name, ''), excluded.name)
RETURNING id
"""


async def upsert_user(  # noqa: PLR0917 - the four that name a person, and their name
    connection: Connection,
    org_id: UUID,
    platform: str,
    workspace: str,
    external_id: str,
    name: str,
) -> UUID:
    """Note that this person wrote now, under the name the platform shows; their id."""
    user_id = await connection.fetchval(_UPSERT, org_id, platform, workspace, external_id, name)
    assert isinstance(user_id, UUID)  # noqa: S101 - RETURNING gives a row
    return user_id


async def seen_user(
    connection: Connection, org_id: UUID, platform: str, workspace: str, person: Author
) -> UUID:
    """Note that this person did something now; their id.

    A name that a message of theirs has brought stays: buttons often bring another one.
    """
    user_id = await connection.fetchval(
        _SEEN, org_id, platform, workspace, person.external_id, storable(person.name)
    )
    assert isinstance(user_id, UUID)  # noqa: S101 - RETURNING gives a row
    return user_id
