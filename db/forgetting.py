"""Turns and words overheard that are emptied, with all that was made of them.

Forgetting is alone on its workspace (`fence_of`), and a reply that tells of memory ends beside it:
so a reply ends before, and is emptied here, or after, and then is begun anew where it tells of what
is gone (`db.turn_endings`). A reply under way that was given something of it is begun anew at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import asyncpg

from db.jobs import enqueue
from db.turn_changes import TELL, WITHDRAW_OPEN

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Connection

Result = TypeVar("Result")

_TRIES = 4

FORGET_PERSON = "forget_person"
"""The kind of job that makes sure of it; its payload is `{"users": [ids], "turns": [ids],
"heard": [ids], "conversations": [keys]}`."""

AGAIN_AFTER = (10.0, 45.0)
"""Seconds: what raced with the forgetting has committed by the first; the second is for a Redis
that was away."""

_WHERE = "SELECT DISTINCT conversation FROM turns WHERE org_id = $1 AND id = ANY ($2)"

# Everything that will be changed, in the order in which all lock turns. What is open in these
# conversations has read them.
_LOCK = """
    SELECT t.id FROM turns t WHERE t.org_id = $1 AND t.id IN (
        SELECT unnest($2::uuid[])
        UNION SELECT castmatch_turns_drawing_on($1, $2 || $3::uuid[])
        UNION SELECT o.id FROM turns o WHERE o.org_id = $1 AND o.status IN ('queued', 'running')
            AND (o.given && ($2 || $3::uuid[]) OR o.conversation = ANY ($4)))
    ORDER BY t.id FOR UPDATE"""

_WITHDRAW = f"""
    WITH asked AS (SELECT org_id, id FROM turns WHERE org_id = $1 AND id = ANY ($2))
    {WITHDRAW_OPEN}"""

# Triggers take the episodes and facts with the text.
_EMPTY = """
    UPDATE turns SET text = '', shown = '', reply = '', query = NULL, talent_ids = '{}',
        error = '', drew_on = '{}', given = '{}', room_name = '', link = '',
        status = CASE WHEN status IN ('queued', 'running') THEN status ELSE 'withdrawn' END
    WHERE org_id = $1 AND id = ANY ($2) AND (status <> 'withdrawn' OR text <> '')
    RETURNING id"""

_BEGIN_ANEW = f"""
    UPDATE turns t SET shown = '', given = '{{}}',
        changed = CASE t.status WHEN 'running' THEN 'amended' ELSE t.changed END
    WHERE t.org_id = $1 AND t.id = ANY ($2) AND t.status IN ('queued', 'running')
        AND t.changed <> 'withdrawn'
    RETURNING t.id, {TELL}"""

# What stands before a turn of somebody else's stays: it is their question.
_UNTELL = """
    UPDATE turns SET shown = '', reply = '', query = NULL, talent_ids = '{}', drew_on = '{}'
    WHERE org_id = $1 AND id IN (SELECT castmatch_turns_drawing_on($1, $2)) AND NOT id = ANY ($2)
        AND status NOT IN ('queued', 'running')
    RETURNING id, seq, conversation"""

_UNTELL_EPISODES = """
    DELETE FROM episodes WHERE org_id = $1 AND seq = ANY ($2) AND speaker = 'bot'"""

_UNLEARN_CORRECTIONS = """
    DELETE FROM facts
    WHERE org_id = $1 AND id IN (SELECT castmatch_facts_drawing_on($1, $2))"""


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many turns and replies to others went, and the conversations whose copies must go."""

    turns: int = 0
    replies: int = 0
    conversations: set[str] = field(default_factory=set)


async def undisturbed(work: Callable[[], Awaitable[Result]]) -> Result:
    """What `work` comes to, a transaction of its own that empties: again where it and a job waited
    for each other's rows and Postgres chose it to end."""
    for _ in range(_TRIES):
        with suppress(asyncpg.DeadlockDetectedError):
            return await work()
    return await work()


def fence_of(conversation: str) -> str:
    """What forgetting is alone on: the workspace of `str(ConversationKey)`. What is forgotten is
    told within it only."""
    return "forgetting " + "/".join(conversation.split("/")[:2])


async def empty(
    connection: Connection,
    org_id: UUID,
    turns: Sequence[UUID] = (),
    *,
    heard: Sequence[UUID] = (),
    conversations: Iterable[str] = (),
) -> Emptied:
    """Empty these turns, open ones too, and what tells of them or of these words overheard, which
    are gone already from `conversations`. The caller is alone on the fence."""
    where = {row["conversation"] for row in await connection.fetch(_WHERE, org_id, turns)}
    where.update(conversations)
    rows = await connection.fetch(_LOCK, org_id, turns, heard, sorted(where))
    touched = [row["id"] for row in rows]
    withdrawn = await connection.fetch(_WITHDRAW, org_id, turns)
    emptied = await connection.fetch(_EMPTY, org_id, turns)
    await connection.execute(_BEGIN_ANEW, org_id, touched)
    gone = [*turns, *heard]
    untold = await connection.fetch(_UNTELL, org_id, gone)
    await connection.execute(_UNTELL_EPISODES, org_id, [row["seq"] for row in untold])
    await connection.execute(_UNLEARN_CORRECTIONS, org_id, gone)
    return Emptied(
        len({row["id"] for row in (*withdrawn, *emptied)}),
        len(untold),
        where | {row["conversation"] for row in untold},
    )


async def make_sure(
    connection: Connection,
    org_id: UUID,
    *,
    users: Sequence[UUID] = (),
    turns: Sequence[UUID] = (),
    heard: Sequence[UUID] = (),
    conversations: Sequence[str] = (),
    after: Sequence[float] = AGAIN_AFTER,
) -> None:
    """Queue the job that does it again, for what raced with it and for a Redis that is away."""
    payload: dict[str, JsonValue] = {
        "users": [str(one) for one in users],
        "turns": [str(one) for one in turns],
        "heard": [str(one) for one in heard],
        "conversations": [*conversations],
    }
    for seconds in after:
        await enqueue(connection, org_id, FORGET_PERSON, payload, delay=seconds)
