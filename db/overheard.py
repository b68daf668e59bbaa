"""Words in a conversation that were not for us: kept, and read beside the turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Access, Author, Message, Overheard, Turn
from db.turn_rows import IN_HISTORY, storable
from db.workspaces import resolve_workspace

if TYPE_CHECKING:
    from db.pool import Connection

MAX_CHARACTERS = 4_000
"""Of one message; what is beyond them is not kept."""

KEPT = 200
"""How much is kept of a conversation: the newest."""

# How a message stands to its conversation: no row where we have no turn there. What came too early
# counts as known only where it was deleted.
_STANDING = """
    SELECT w.org_id, w.access,
        EXISTS (SELECT FROM turns t WHERE t.org_id = w.org_id AND t.platform = $1
            AND t.workspace = $2 AND t.message_id = $4 AND t.retry_of IS NULL)
        OR EXISTS (SELECT FROM overheard o WHERE o.org_id = w.org_id AND o.platform = $1
            AND o.workspace = $2 AND o.message_id = $4
            AND (o.expires_at IS NULL OR o.withdrawn)) AS known,
        last.author_external_id = $5 AND NOT EXISTS (
            SELECT FROM overheard o WHERE o.org_id = w.org_id AND o.conversation = $3
            AND o.seq > last.seq AND o.sent_at > last.sent_at
            AND o.author_external_id <> $5 AND NOT o.withdrawn) AS goes_on
    FROM workspaces w CROSS JOIN LATERAL (
        SELECT t.seq, t.sent_at, t.author_external_id FROM turns t
        WHERE t.org_id = w.org_id AND t.conversation = $3
            AND t.status <> 'withdrawn' AND t.changed <> 'withdrawn'
        ORDER BY t.seq DESC LIMIT 1) last
    WHERE w.platform = $1 AND w.external_id = $2"""

# What is given twice is kept once; what came too early has come to its place.
_KEEP = f"""
    INSERT INTO overheard (org_id, platform, workspace, message_id, conversation, access,
        author_external_id, author_name, text, sent_at)
    SELECT $1, $2, $3, said.message_id, said.conversation, said.access, said.author, said.name,
        said.text, said.sent_at
    FROM (SELECT DISTINCT ON (message_id) * FROM unnest($4::text[], $5::text[], $6::text[],
        $7::text[], $8::text[], $9::text[], $10::timestamptz[]) WITH ORDINALITY
        AS given (message_id, conversation, access, author, name, text, sent_at, nth)
        ORDER BY message_id, nth) AS said
    WHERE NOT EXISTS (SELECT FROM turns t WHERE t.org_id = $1 AND t.platform = $2
            AND t.workspace = $3 AND t.message_id = said.message_id AND t.retry_of IS NULL)
        AND (NOT $11 OR EXISTS (SELECT FROM turns t WHERE t.org_id = $1
            AND t.conversation = said.conversation
            AND t.status <> 'withdrawn' AND t.changed <> 'withdrawn'))
    ORDER BY said.sent_at, said.nth
    ON CONFLICT (org_id, platform, workspace, message_id)
        DO UPDATE SET conversation = excluded.conversation, expires_at = NULL,
            text = left(overheard.text, {MAX_CHARACTERS})
        WHERE overheard.expires_at IS NOT NULL AND NOT overheard.withdrawn"""

PRUNE = """
    DELETE FROM overheard o USING unnest($2::text[]) AS said (conversation) CROSS JOIN LATERAL (
        SELECT k.sent_at, k.seq FROM overheard k
        WHERE k.org_id = $1 AND k.conversation = said.conversation
        ORDER BY k.sent_at DESC, k.seq DESC OFFSET $3 LIMIT 1) newest_too_many
    WHERE o.org_id = $1 AND o.conversation = said.conversation
        AND (o.sent_at, o.seq) <= (newest_too_many.sent_at, newest_too_many.seq)"""

# What was accepted after all is a turn, and no longer overheard.
_BEFORE = f"""
    SELECT o.id, o.author_external_id, o.author_name, o.text, o.sent_at, (
        SELECT t.id FROM turns t
        WHERE t.org_id = $1 AND t.conversation = $2 AND t.seq > o.seq AND t.seq < at_hand.seq
            AND {IN_HISTORY}
        ORDER BY t.seq LIMIT 1) AS before
    FROM overheard o, (SELECT seq FROM turns WHERE org_id = $1 AND id = $3) AS at_hand
    WHERE o.org_id = $1 AND o.conversation = $2 AND o.seq < at_hand.seq AND o.text <> ''
        AND NOT EXISTS (SELECT FROM turns t WHERE t.org_id = $1 AND t.platform = o.platform
            AND t.workspace = o.workspace AND t.message_id = o.message_id AND t.retry_of IS NULL)
    ORDER BY o.seq"""


def kept_of(message: Message) -> str:
    """What is kept of its text."""
    return storable(message.text)[:MAX_CHARACTERS]


async def goes_on(connection: Connection, message: Message) -> bool:
    """Whether the message goes on a conversation of its author's with us; if not, it is kept as
    overheard where we are part of the conversation. A repeat is neither."""
    key = message.conversation
    standing = await connection.fetchrow(
        _STANDING,
        key.platform,
        key.workspace,
        str(key),
        message.id,
        message.author.external_id,
    )
    if standing is None or standing["known"]:
        return False
    if not standing["goes_on"]:
        await _keep(connection, standing["org_id"], Access(standing["access"]), [message])
        return False
    return True


async def keep_all(
    connection: Connection, messages: Sequence[Message], *, if_part_of: bool
) -> None:
    """See `TurnQueue.overhear`."""
    by_workspace: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        key = message.conversation
        by_workspace.setdefault((key.platform, key.workspace), []).append(message)
    for (platform, external_id), its in by_workspace.items():
        workspace = await resolve_workspace(
            connection, platform, external_id, its[0].default_access
        )
        await _keep(connection, *workspace, its, if_part_of=if_part_of)


async def _keep(
    connection: Connection,
    org_id: UUID,
    access: Access,
    messages: Sequence[Message],
    *,
    if_part_of: bool = False,
) -> None:
    """Keep those of one workspace's messages that are neither turns nor kept already."""
    key = messages[0].conversation
    await connection.execute(
        _KEEP,
        org_id,
        key.platform,
        key.workspace,
        [message.id for message in messages],
        [str(message.conversation) for message in messages],
        [message.access_within(access) for message in messages],
        [message.author.external_id for message in messages],
        [storable(message.author.name) for message in messages],
        [kept_of(message) for message in messages],
        [message.sent_at for message in messages],
        if_part_of,
    )
    conversations = list({str(message.conversation) for message in messages})
    await connection.execute(PRUNE, org_id, conversations, KEPT)


async def overheard_before(connection: Connection, turn: Turn) -> Sequence[Overheard]:
    """What is kept of what came before the turn in its conversation, oldest first."""
    rows = await connection.fetch(
        _BEFORE, turn.audience.org_id, str(turn.message.conversation), turn.id
    )
    return [
        Overheard(
            author=Author(row["author_external_id"], row["author_name"]),
            text=row["text"],
            at=row["sent_at"],
            before=row["before"],
            id=row["id"],
        )
        for row in rows
    ]
