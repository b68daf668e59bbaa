"""Turns emptied at their author's word, with all that was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from db.jobs import enqueue
from db.turn_changes import WITHDRAW_OPEN

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Connection

FORGET_PERSON = "forget_person"
"""The kind of job that makes sure of it; its payload is `{"users": [ids], "turns": [ids],
"conversations": [keys]}`."""

AGAIN_AFTER = (10.0, 45.0)
"""Seconds: what raced with the forgetting has committed by the first, and a reply that had read it
before has ended by the second."""

_WITHDRAW = f"""
    WITH asked AS (SELECT org_id, id FROM turns WHERE org_id = $1 AND id = ANY ($2)
        ORDER BY id FOR UPDATE)
    {WITHDRAW_OPEN}"""

# Triggers take the episodes and facts with the text.
_EMPTY = """
    UPDATE turns SET text = '', shown = '', reply = '', query = NULL, talent_ids = '{}',
        error = '', drew_on = '{}',
        status = CASE WHEN status IN ('queued', 'running') THEN status ELSE 'withdrawn' END
    WHERE org_id = $1 AND id = ANY ($2) AND (status <> 'withdrawn' OR text <> '')
    RETURNING conversation"""

# What stands before a turn of somebody else's stays: it is their question.
_UNTELL = """
    UPDATE turns SET shown = '', reply = '', query = NULL, talent_ids = '{}', drew_on = '{}'
    WHERE org_id = $1 AND drew_on && $2 AND NOT id = ANY ($2)
        AND status NOT IN ('queued', 'running')
    RETURNING id, seq, conversation"""

_UNTELL_EPISODES = """
    DELETE FROM episodes WHERE org_id = $1 AND seq = ANY ($2) AND speaker = 'bot'"""


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many turns and replies to others went, and the conversations whose copies must go."""

    turns: int
    replies: int
    conversations: set[str] = field(default_factory=set)


async def empty_turns(connection: Connection, org_id: UUID, turn_ids: Sequence[UUID]) -> Emptied:
    """Empty these turns, open ones too; their replies, and those that drew on them."""
    await connection.execute(_WITHDRAW, org_id, turn_ids)
    emptied = await connection.fetch(_EMPTY, org_id, turn_ids)
    untold = await untell(connection, org_id, turn_ids)
    conversations = {row["conversation"] for row in emptied} | untold.conversations
    return Emptied(len(emptied), untold.replies, conversations)


async def untell(connection: Connection, org_id: UUID, turn_ids: Sequence[UUID]) -> Emptied:
    """Empty the replies to others that drew on these turns."""
    untold = await connection.fetch(_UNTELL, org_id, turn_ids)
    await connection.execute(_UNTELL_EPISODES, org_id, [row["seq"] for row in untold])
    return Emptied(0, len(untold), {row["conversation"] for row in untold})


async def make_sure(
    connection: Connection,
    org_id: UUID,
    *,
    users: Sequence[UUID] = (),
    turns: Sequence[UUID] = (),
    conversations: Sequence[str] = (),
) -> None:
    """Queue the job that does it again, for what raced with it and for a Redis that is away."""
    payload: dict[str, JsonValue] = {
        "users": [str(one) for one in users],
        "turns": [str(one) for one in turns],
        "conversations": [*conversations],
    }
    for seconds in AGAIN_AFTER:
        await enqueue(connection, org_id, FORGET_PERSON, payload, delay=seconds)
