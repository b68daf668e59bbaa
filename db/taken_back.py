"""What a person does to a message that was answered already: memory follows what they leave.

Deleted, it goes with all that was made of it. Edited, its old words go: the turn has the new ones,
and what was made of the old is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from bot.provenance import telling
from db.forgetting import AGAIN_AFTER, Emptied, empty, make_sure
from db.turn_changes import ASKED
from db.turn_rows import storable

if TYPE_CHECKING:
    from bot.conversation import Message
    from db.pool import Connection

ANSWERED_BEFORE = "(This answered the message as it was before its author edited it.)"
"""What our history has for a reply that repeats words which were edited away."""

_ENDED = f"""
    {ASKED}
    SELECT t.org_id, t.id, t.seq, t.conversation, t.text, t.reply, t.query, t.drew_on
    FROM asked
    JOIN turns t ON t.org_id = asked.org_id AND t.id = asked.id
    WHERE t.status NOT IN ('queued', 'running', 'withdrawn')
    ORDER BY t.id FOR UPDATE OF t"""

# Its memory is made anew by the job that follows. Whoever began within the second may have read it
# as it was, as this is not committed yet.
_AMEND = """
    UPDATE turns SET text = $3, reply = $4, query = $5, drew_on = $6,
        remembered = false, learned = false, edited_at = clock_timestamp() + interval '1 second'
    WHERE org_id = $1 AND id = $2"""
_UNREMEMBER = "DELETE FROM episodes WHERE org_id = $1 AND seq = $2"
_UNLEARN = "DELETE FROM facts WHERE org_id = $1 AND turn_id = $2"

# Of words overheard the memory outlives the row.
_HEARD = """
    SELECT o.org_id, o.id, o.conversation FROM overheard o
    JOIN workspaces w ON w.org_id = o.org_id AND w.platform = $1 AND w.external_id = $2
    WHERE o.platform = $1 AND o.workspace = $2 AND o.message_id = $3 AND o.text NOT IN ('', $4)
        AND o.conversation <> ''
    UNION
    SELECT e.org_id, e.turn_id, e.conversation FROM episodes e
    JOIN workspaces w ON w.org_id = e.org_id AND w.platform = $1 AND w.external_id = $2
    WHERE e.platform = $1 AND e.workspace = $2 AND e.message_id = $3 AND e.speaker = 'overheard'
        AND e.text <> $4"""


async def withdraw_answered(
    connection: Connection, platform: str, workspace: str, message_id: str
) -> bool:
    """Empty the turns of a deleted message that have ended; whether there were any."""
    rows = await connection.fetch(_ENDED, platform, workspace, message_id)
    for row in rows:
        emptied = await empty(connection, row["org_id"], [row["id"]])
        await _clear_copies(connection, row["org_id"], emptied, turns=[row["id"]])
    return bool(rows)


async def amend_answered(connection: Connection, message: Message) -> Sequence[tuple[UUID, str]]:
    """Put new words in the place of an ended turn's. The organisations and conversations that have
    something new to remember."""
    key, text = message.conversation, storable(message.text)
    rows = await connection.fetch(_ENDED, key.platform, key.workspace, message.id)
    changed = [row for row in rows if row["text"] not in ("", text)]
    for row in changed:
        named = row["org_id"], row["id"]
        # named as words overheard are: what tells of it goes, and the turn itself stays
        emptied = await empty(
            connection, row["org_id"], heard=[row["id"]], conversations=[row["conversation"]]
        )
        removed = telling(row["text"]) - telling(text)
        tells = bool(removed & telling(row["reply"]))
        asked = row["query"] if row["query"] and not removed & telling(str(row["query"])) else None
        drew_on = [] if tells else row["drew_on"]
        reply = ANSWERED_BEFORE if tells else row["reply"]
        await connection.execute(_AMEND, *named, text, reply, asked, drew_on)
        await connection.execute(_UNREMEMBER, row["org_id"], row["seq"])
        await connection.execute(_UNLEARN, *named)
        await _clear_copies(connection, row["org_id"], emptied)
    return [(row["org_id"], row["conversation"]) for row in changed]


async def untell_heard(
    connection: Connection, platform: str, workspace: str, message_id: str, *, unless: str = ""
) -> None:
    """Before words overheard are edited to something else than `unless`, or deleted: empty what
    tells of them."""
    rows = await connection.fetch(_HEARD, platform, workspace, message_id, unless)
    for org_id in {row["org_id"] for row in rows}:
        its = [row for row in rows if row["org_id"] == org_id]
        heard = sorted({row["id"] for row in its})
        where = {row["conversation"] for row in its}
        emptied = await empty(connection, org_id, heard=heard, conversations=where)
        if emptied.replies:
            await _clear_copies(connection, org_id, emptied, heard=heard)


async def _clear_copies(
    connection: Connection,
    org_id: UUID,
    emptied: Emptied,
    *,
    turns: Sequence[UUID] = (),
    heard: Sequence[UUID] = (),
) -> None:
    """At once, and again later."""
    keys = sorted(emptied.conversations)
    after = 0.0, *AGAIN_AFTER
    await make_sure(connection, org_id, turns=turns, heard=heard, conversations=keys, after=after)
