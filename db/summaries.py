"""Summaries of what a conversation's replies are not given any more: one row for each audience.

They are read as their audience. What they are made of is read so too, and nothing is kept of a turn
that was emptied meanwhile: a trigger drops the summary that tells of such a turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from db.jobs import enqueue
from db.turn_rows import IN_HISTORY, storable, to_past_turn

if TYPE_CHECKING:
    from pydantic import JsonValue

    from bot.conversation import Access, PastTurn
    from db.pool import Connection, Database

SUMMARISE_TURNS = "summarise_turns"
"""The kind of job that folds turns into a summary; its payload is a `memory.folding.Due`."""

_STANDING = """
    SELECT through_seq, begins_with, text, made_at FROM summaries
    WHERE org_id = $1 AND conversation = $2 AND access = $3"""

# What is said while its author or channel has memory off stays out of what is kept.
_UNTOLD = f"""
    t.org_id = $1 AND t.conversation = $2 AND {IN_HISTORY} AND t.seq > $3
    AND t.seq < (SELECT f.seq FROM turns f WHERE f.org_id = $1 AND f.id = $4)
    AND castmatch_remembers(t.org_id, t.platform, t.workspace, t.channel, t.author_external_id)"""

_TOLD = f"""
    SELECT t.id, t.seq, t.platform, t.workspace, t.author_external_id, t.author_name,
        left(t.text, $6) AS text, t.sent_at, t.status, left(t.reply, $6) AS reply,
        NULL::jsonb AS query, t.talent_ids, t.error
    FROM turns t WHERE {_UNTOLD} ORDER BY t.seq DESC LIMIT $5"""

_ANY_TOLD = f"SELECT EXISTS (SELECT FROM turns t WHERE {_UNTOLD})"

# In the order in which whoever empties turns locks them.
_STILL_SAID = f"""
    SELECT t.id FROM turns t
    WHERE t.org_id = $1 AND t.id = ANY ($2) AND t.text <> '' AND {IN_HISTORY}
    ORDER BY t.id FOR SHARE"""

_FIRST = """
    INSERT INTO summaries (org_id, conversation, access, through_seq, begins_with, text)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true"""

_NEXT = """
    UPDATE summaries SET through_seq = $4, begins_with = $5, text = $6, made_at = clock_timestamp()
    WHERE org_id = $1 AND conversation = $2 AND access = $3 AND made_at = $7 RETURNING true"""


@dataclass(frozen=True, slots=True)
class SummaryKey:
    """Whose summary it is: a conversation's, for those of its people who may see so much."""

    org_id: UUID
    conversation: str
    """`str(ConversationKey)`."""
    access: Access


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said up to a turn, in short."""

    text: str
    through: int
    """The `seq` of the newest turn that it tells of."""
    begins_with: UUID
    """The turn that replies are given first since it was made."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Fold:
    """What a summary is to be made of: the one that stands and the turns after it."""

    platform: str
    workspace: str
    begins_with: UUID
    """The turn that they came before."""
    standing: Summary | None
    told: Sequence[PastTurn]
    through: int


async def standing(connection: Connection, key: SummaryKey) -> Summary | None:
    """The summary that this audience of the conversation may read."""
    row = await connection.fetchrow(_STANDING, key.org_id, key.conversation, key.access)
    if row is None:
        return None
    return Summary(row["text"], row["through_seq"], row["begins_with"], row["made_at"])


class SummaryRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, key: SummaryKey) -> Summary | None:
        """The summary that was made last."""
        async with self._session(key) as connection:
            return await standing(connection, key)

    async def is_due(self, key: SummaryKey, begins_with: UUID) -> bool:
        """Whether turns before that one are in no summary yet."""
        async with self._session(key) as connection:
            summary = await standing(connection, key)
            through = summary.through if summary else 0
            due: bool = await connection.fetchval(
                _ANY_TOLD, key.org_id, key.conversation, through, begins_with
            )
        return due

    async def fold(
        self, key: SummaryKey, begins_with: UUID, *, limit: int, longest: int
    ) -> Fold | None:
        """The newest `limit` turns before that one that are in no summary yet, oldest first, of
        each text `longest` characters; nothing where there are none."""
        async with self._session(key) as connection:
            summary = await standing(connection, key)
            through = summary.through if summary else 0
            rows = await connection.fetch(
                _TOLD, key.org_id, key.conversation, through, begins_with, limit, longest
            )
        if not rows:
            return None
        newest = rows[0]
        return Fold(
            platform=newest["platform"],
            workspace=newest["workspace"],
            begins_with=begins_with,
            standing=summary,
            told=[to_past_turn(row) for row in reversed(rows)],
            through=newest["seq"],
        )

    async def keep(self, key: SummaryKey, fold: Fold, text: str) -> bool:
        """Keep the summary of `fold`, unless something of it is not said any more; whether it is
        kept."""
        ids = [past.turn_id for past in fold.told]
        whose = key.org_id, key.conversation, key.access
        values = fold.through, fold.begins_with, storable(text)
        async with self._database.queue() as connection:
            if len(await connection.fetch(_STILL_SAID, key.org_id, ids)) < len(ids):
                return False
            if fold.standing is None:
                kept = await connection.fetchval(_FIRST, *whose, *values)
            else:
                made_at = fold.standing.made_at
                kept = await connection.fetchval(_NEXT, *whose, *values, made_at)
        return kept or False

    async def enqueue(
        self, org_id: UUID, payload: Mapping[str, JsonValue], *, key: str, delay: float = 0
    ) -> None:
        """Queue a `SUMMARISE_TURNS` job, unless one of that key waits."""
        async with self._database.queue() as connection:
            await enqueue(connection, org_id, SUMMARISE_TURNS, payload, key=key, delay=delay)

    def _session(self, key: SummaryKey) -> AbstractAsyncContextManager[Connection]:
        return self._database.session(key.org_id, key.access, conversation=key.conversation)
