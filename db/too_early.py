"""What comes before the message that it is about, as platforms do not always keep the order.

It waits among what was overheard, for some minutes: for the message that was edited or deleted, or
for the one that begins the conversation which it goes on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from db.overheard import KEPT, MAX_CHARACTERS, PRUNE
from db.turn_rows import storable
from db.workspaces import resolve_workspace

if TYPE_CHECKING:
    from bot.conversation import Message
    from db.pool import Connection

WAITS = timedelta(minutes=10)
"""Longer than a platform goes on delivering what we could not store."""

_PUT = """
    INSERT INTO overheard (org_id, platform, workspace, message_id, conversation, access,
        author_external_id, author_name, text, sent_at, amended, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + $12
    WHERE $10 > now() - $12 AND NOT EXISTS (SELECT FROM turns t WHERE t.org_id = $1
        AND t.platform = $2 AND t.workspace = $3 AND t.message_id = $4 AND t.retry_of IS NULL)
    ON CONFLICT (org_id, platform, workspace, message_id)
        DO UPDATE SET conversation = excluded.conversation
        WHERE overheard.conversation = '' AND excluded.conversation <> ''
            AND NOT overheard.withdrawn"""

_PUT_WITHDRAWN = """
    INSERT INTO overheard (org_id, platform, workspace, message_id, conversation, access,
        author_external_id, author_name, text, sent_at, withdrawn, expires_at)
    SELECT w.org_id, $1, $2, $3, '', w.access, '', '', '', now(), true, now() + $4
    FROM workspaces w WHERE w.platform = $1 AND w.external_id = $2
        AND NOT EXISTS (SELECT FROM turns t WHERE t.org_id = w.org_id AND t.platform = $1
            AND t.workspace = $2 AND t.message_id = $3 AND t.retry_of IS NULL)
    ON CONFLICT DO NOTHING"""

_IS_OURS = "SELECT EXISTS (SELECT FROM turns WHERE org_id = $1 AND conversation = $2)"

# Each that is put clears away a few that waited in vain, so that they never pile up.
_CLEAR = """
    DELETE FROM overheard WHERE ctid IN (
        SELECT ctid FROM overheard WHERE expires_at < now() LIMIT 50 FOR UPDATE SKIP LOCKED)"""

_WAITED_IN_VAIN = """
    DELETE FROM overheard WHERE org_id = $1 AND conversation = $2 AND expires_at <= now()"""

# The turn's author went on with it, and nobody else spoke in between.
_GO_ON = """
    WITH waiting AS (
        SELECT o.message_id, o.text, o.sent_at, o.author_external_id = t.author_external_id AS own
        FROM overheard o, turns t
        WHERE t.org_id = $1 AND t.id = $3 AND o.org_id = $1 AND o.conversation = $2
            AND o.expires_at IS NOT NULL AND NOT o.withdrawn AND o.sent_at > t.sent_at)
    INSERT INTO turns (org_id, platform, workspace, channel, thread, conversation, place, access,
        user_id, author_external_id, author_name, message_id, text, sent_at, remembered, learned)
    SELECT t.org_id, t.platform, t.workspace, t.channel, t.thread, t.conversation, t.place,
        t.access, t.user_id, t.author_external_id, t.author_name, w.message_id, w.text, w.sent_at,
        off.is_so, off.is_so
    FROM waiting w, turns t, LATERAL (SELECT NOT castmatch_remembers(
        t.org_id, t.platform, t.workspace, t.channel, t.author_external_id) AS is_so) off
    WHERE t.org_id = $1 AND t.id = $3 AND w.own AND NOT EXISTS (
        SELECT FROM waiting other WHERE NOT other.own AND other.sent_at < w.sent_at)
    ORDER BY w.sent_at
    ON CONFLICT DO NOTHING"""

# The others are overheard, each where it stands in the order.
_BELONG = """
    UPDATE overheard o SET expires_at = NULL, text = left(o.text, $4),
        seq = CASE WHEN o.sent_at > t.sent_at THEN nextval('turns_seq_seq') ELSE o.seq END
    FROM turns t
    WHERE t.org_id = $1 AND t.id = $3 AND o.org_id = $1 AND o.conversation = $2
        AND o.expires_at IS NOT NULL"""


async def keep_following(connection: Connection, message: Message) -> None:
    """Keep a message of a conversation that we are not part of."""
    await _put(connection, message, conversation=str(message.conversation))


async def keep_amended(connection: Connection, message: Message, *, anywhere: bool) -> None:
    """Keep what a message says that has not come; unless `anywhere`, only where we are part of its
    conversation."""
    if not anywhere:
        key = message.conversation
        org_id, _ = await resolve_workspace(
            connection, key.platform, key.workspace, message.default_access
        )
        if not await connection.fetchval(_IS_OURS, org_id, str(key)):
            return
    await _put(connection, message, amended=True)


async def keep_withdrawn(
    connection: Connection, platform: str, workspace: str, message_id: str
) -> None:
    """Keep that a message is gone which has not come."""
    await connection.execute(_PUT_WITHDRAWN, platform, workspace, message_id, WAITS)
    await connection.execute(_CLEAR)


async def come_to_their_place(
    connection: Connection, org_id: UUID, conversation: str, turn_id: UUID
) -> None:
    """A turn begins the conversation for which these waited."""
    await connection.execute(_WAITED_IN_VAIN, org_id, conversation)
    await connection.execute(_GO_ON, org_id, conversation, turn_id)
    await connection.execute(_BELONG, org_id, conversation, turn_id, MAX_CHARACTERS)


async def _put(
    connection: Connection, message: Message, *, conversation: str = "", amended: bool = False
) -> None:
    key = message.conversation
    org_id, access = await resolve_workspace(
        connection, key.platform, key.workspace, message.default_access
    )
    await connection.execute(
        _PUT,
        org_id,
        key.platform,
        key.workspace,
        message.id,
        conversation,
        message.access_within(access),
        message.author.external_id,
        storable(message.author.name),
        storable(message.text),
        message.sent_at,
        amended,
        WAITS,
    )
    if conversation:
        await connection.execute(PRUNE, org_id, [conversation], KEPT)
    await connection.execute(_CLEAR)
