"""A message becomes a turn: one statement, in which its workspace and its author are found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access, access_within
from db import too_early, users
from db.turn_rows import storable
from db.workspaces import may_trust, resolve_workspace

if TYPE_CHECKING:
    from bot.conversation import Message
    from db.pool import Connection

# No row where the workspace is not known yet. A repeat has a row, without a turn, and so has what
# was deleted before it came; of what was edited before, the newer text is kept. $5 is the most
# that the place and the author allow, $13 whether the author is trusted with more in workspace $14.
# What is said while memory is off counts as remembered and learned from: neither is ever done.
_ACCEPT = f"""
    WITH place AS (
        SELECT w.org_id, CASE
            WHEN $5 <> 'team' THEN $5
            WHEN $13 AND {may_trust("$1", "$14", "w.org_id")} THEN 'team'
            ELSE w.access END AS access
        FROM workspaces w WHERE w.platform = $1 AND w.external_id = $2),
    author AS ({users.WROTE}),
    changed AS (
        SELECT o.text, o.withdrawn FROM overheard o, place
        WHERE o.org_id = place.org_id AND o.platform = $1 AND o.workspace = $2
            AND o.message_id = $10 AND (o.amended OR o.withdrawn AND o.expires_at > now())),
    turn AS (
        INSERT INTO turns (org_id, platform, workspace, author_external_id, author_name, access,
            user_id, channel, thread, conversation, place, message_id, text, sent_at,
            room_name, link, remembered, learned)
        SELECT place.org_id, $1, $2, $3, $4, place.access, author.id, $6, $7, $8, $9, $10,
            coalesce((SELECT text FROM changed), $11), $12, $15, $16, off.is_so, off.is_so
        FROM place, author, LATERAL (
            SELECT NOT castmatch_remembers(place.org_id, $1, $2, $6, $3) AS is_so) off
        WHERE NOT EXISTS (SELECT FROM changed WHERE withdrawn)
        ON CONFLICT DO NOTHING
        RETURNING id, pg_notify('castmatch_turn_queued', ''))
    SELECT turn.*, place.org_id, EXISTS (SELECT FROM overheard o
        WHERE o.org_id = place.org_id AND o.conversation = $8 AND o.expires_at IS NOT NULL) AS waits
    FROM place LEFT JOIN turn ON true"""


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
        storable(message.room_name),
        storable(message.link),
    )
    row = await connection.fetchrow(_ACCEPT, *values)
    if row is None:
        await resolve_workspace(connection, key.platform, key.workspace, message.default_access)
        row = await connection.fetchrow(_ACCEPT, *values)
    assert row is not None  # noqa: S101 - the workspace is known now
    turn_id: UUID | None = row["id"]
    if turn_id is not None and row["waits"]:
        await too_early.come_to_their_place(connection, row["org_id"], str(key), turn_id)
    return turn_id


def _as_trusted(message: Message) -> Access:
    """What the answer may draw on if the workspace was linked for all that its author claims."""
    return access_within(
        Access.COMMUNITY, message.place, message.access_at_most, message.access_at_least
    )
