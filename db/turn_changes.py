"""What people do to a message while it is answered: they edit it, or delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.overheard import kept_of
from db.turn_rows import storable

if TYPE_CHECKING:
    from bot.conversation import Message
    from db.pool import Connection

# Every turn of a message: the first, and the retries of it.
ASKED = """
    WITH RECURSIVE asked AS (
        SELECT t.org_id, t.id FROM turns t JOIN workspaces w ON w.org_id = t.org_id
        WHERE w.platform = $1 AND w.external_id = $2 AND t.platform = $1 AND t.workspace = $2
            AND t.message_id = $3 AND t.retry_of IS NULL
        UNION ALL
        SELECT t.org_id, t.id FROM asked
        JOIN turns t ON t.org_id = asked.org_id AND t.retry_of = asked.id)"""

TELL = """CASE t.status WHEN 'running'
    THEN pg_notify('castmatch_turn_changed', t.changed || ' ' || t.id || ' ' || t.attempt)
    ELSE pg_notify('castmatch_turn_queued', '') END"""

# A platform may call it an edit when only a link's preview came: the same text is no change.
_AMEND = f"""
    {ASKED}
    UPDATE turns t SET text = $4, shown = '',
        changed = CASE t.status WHEN 'running' THEN 'amended' ELSE t.changed END
    FROM asked WHERE t.org_id = asked.org_id AND t.id = asked.id
        AND t.status IN ('queued', 'running') AND t.changed <> 'withdrawn'
        AND NOT t.cancel_requested AND t.text <> $4
    RETURNING t.id, {TELL}"""

_OVERHEARD = """
    o.org_id = (SELECT w.org_id FROM workspaces w WHERE w.platform = $1 AND w.external_id = $2)
    AND o.platform = $1 AND o.workspace = $2 AND o.message_id = $3 AND NOT o.withdrawn"""

# What was an episode with the old words becomes one with the new.
_AMEND_OVERHEARD = f"""
    UPDATE overheard o SET text = $4, amended = true, remembered = false,
        edited_at = clock_timestamp() + interval '1 second'
    WHERE {_OVERHEARD} AND o.text <> $4"""

# Of words overheard the memory outlives the row: only the newest are kept of those.
_UNREMEMBER = """
    DELETE FROM episodes e WHERE e.speaker = 'overheard'
        AND e.org_id = (SELECT w.org_id FROM workspaces w
            WHERE w.platform = $1 AND w.external_id = $2)
        AND e.platform = $1 AND e.workspace = $2 AND e.message_id = $3 AND e.text <> $4"""

# Of the turns `asked`, those that are open. One that shows nothing and was never tried before ends
# here; else a worker has to clean up.
WITHDRAW_OPEN = f"""
    UPDATE turns t SET text = '', shown = '', room_name = '', link = '', changed = 'withdrawn',
        status = CASE WHEN t.status = 'queued' AND t.message_ids = '{{}}'
            AND t.retry_of IS NULL THEN 'withdrawn' ELSE t.status END,
        finished_at = CASE WHEN t.status = 'queued' AND t.message_ids = '{{}}'
            AND t.retry_of IS NULL THEN now() END
    FROM asked WHERE t.org_id = asked.org_id AND t.id = asked.id
        AND t.status IN ('queued', 'running') AND t.changed <> 'withdrawn'
    RETURNING t.id, {TELL}"""

_WITHDRAW = f"""
    {ASKED},
    opened AS ({WITHDRAW_OPEN}),
    earlier AS (
        UPDATE turns t SET text = '', shown = '', reply = '', query = NULL, talent_ids = '{{}}',
            error = '', room_name = '', link = '', status = 'withdrawn'
        FROM asked WHERE t.org_id = asked.org_id AND t.id = asked.id
            AND t.status NOT IN ('queued', 'running') AND EXISTS (SELECT FROM opened))
    SELECT id FROM opened"""

_WITHDRAW_OVERHEARD = f"""
    UPDATE overheard o SET text = '', author_name = '', withdrawn = true WHERE {_OVERHEARD}
    RETURNING o.message_id"""


async def amend(connection: Connection, message: Message) -> bool:
    """See `TurnQueue.amend`."""
    key = message.conversation
    named = key.platform, key.workspace, message.id
    text = storable(message.text)
    changed = await connection.fetchval(_AMEND, *named, text)
    heard = kept_of(message)
    await connection.execute(_AMEND_OVERHEARD, *named, heard)
    await connection.execute(_UNREMEMBER, *named, heard)
    return changed is not None


async def withdraw(connection: Connection, platform: str, workspace: str, message_id: str) -> bool:
    """See `TurnQueue.withdraw`."""
    named = platform, workspace, message_id
    ended = await connection.fetchval(_WITHDRAW, *named)
    removed = await connection.fetchval(_WITHDRAW_OVERHEARD, *named)
    await connection.execute(_UNREMEMBER, *named, "")
    return ended is not None or removed is not None
