"""Users: the people who write to us, as their platform names them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from db.turn_rows import storable

if TYPE_CHECKING:
    from bot.conversation import Author
    from db.pool import Connection

WROTE = """
    INSERT INTO users (org_id, platform, workspace, external_id, name)
    SELECT place.org_id, $1, $2, $3, $4 FROM place
    ON CONFLICT (org_id, platform, workspace, external_id)
    DO UPDATE SET name = excluded.name, last_seen_at = now()
    RETURNING id"""
"""Part of a statement: note that this person wrote now, under the name the platform shows.

$1 to $4 are the platform, the workspace, and the person's id and name there; `place` is where the
statement says which organisation that is.
"""

_SEEN = """
INSERT INTO users (org_id, platform, workspace, external_id, name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, platform, workspace, external_id)
DO UPDATE SET last_seen_at = now(), name = coalesce(nullif(users.name, ''), excluded.name)
RETURNING id
"""


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
