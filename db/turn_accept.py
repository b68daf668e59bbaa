"""A message becomes a turn: one statement, in which its workspace and its author are found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access, access_within
from db import users
from db.turn_rows import storable
from db.workspaces import may_trust, resolve_workspace

if TYPE_CHECKING:
    from bot.conversation import Message
    from db.pool import Connection

# No row where the workspace is not known yet. A repeat has a row, without a turn. $5 is the most
# that the place and the author allow, $13 whether the author is trusted with more in workspace $14.
_ACCEPT = f"""
    WITH place AS (
        SELECT w.org_id, CASE
            WHEN $5 <> 'team' THEN $5
            WHEN $13 AND {may_trust("$1", "$14", "w.org_id")} THEN 'team'
            ELSE w.access END AS access
        FROM workspaces w WHERE w.platform = $1 AND w.external_id = $2),
    author AS ({users.WROTE}),
    turn AS (
        INSERT INTO turns (org_id, platform, workspace, author_external_id, author_name, access,
            user_id, channel, thread, conversation, place, message_id, text, sent_at)
        SELECT place.org_id, $1, $2, $3, $4, place.access, author.id, $6, $7, $8, $9, $10, $11, $12
        FROM place, author
        ON CONFLICT DO NOTHING
        RETURNING id, pg_notify('castmatch_turn_queued', ''))
    SELECT turn.* FROM place LEFT JOIN turn ON true"""


async def accept(connection: Connection, message: Message) -> UUID | None:
    """See `TurnQueue.accept`."""
    key = message.conversation
    values = (
        key.platform,
        key.workspace,
        message.author.external_id,
        storable(message.author.name),
        message.access_within(Access.TEAM),
        key.channel,
        key.thread,
        str(key),
        message.place,
        message.id,
        storable(message.text),
        message.sent_at,
        _as_trusted(message) is Access.TEAM,
        message.trusted_in or key.workspace,
    )
    row = await connection.fetchrow(_ACCEPT, *values)
    if row is None:
        await resolve_workspace(connection, key.platform, key.workspace, message.default_access)
        row = await connection.fetchrow(_ACCEPT, *values)
    assert row is not None  # noqa: S101 - the workspace is known now
    turn_id: UUID | None = row["id"]
    return turn_id


def _as_trusted(message: Message) -> Access:
    """What the answer may draw on if the workspace was linked for all that its author claims."""
    return access_within(
        Access.COMMUNITY, message.place, message.access_at_most, message.access_at_least
    )
