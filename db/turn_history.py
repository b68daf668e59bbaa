"""What was said in a conversation, read from the turns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import (
    Access,
    Audience,
    ConversationKey,
    Overheard,
    PastTurn,
    TranscriptEntry,
    Turn,
)
from db.overheard import overheard_before
from db.summaries import Summary, SummaryKey, standing
from db.turn_rows import (
    IN_HISTORY,
    MESSAGE,
    OUTCOME,
    PAST,
    to_audience,
    to_entry,
    to_past_turn,
)

if TYPE_CHECKING:
    from db.pool import Connection, Database

_HISTORY = f"""
    SELECT {PAST} FROM turns t
    WHERE t.org_id = $1 AND t.conversation = $2 AND {IN_HISTORY}
    ORDER BY t.seq DESC LIMIT $3"""

_OLDER = f"""
    SELECT t.id, t.author_external_id, t.author_name, left(t.text, 300) AS text, t.sent_at,
        t.status, left(t.reply, 1000) AS reply, NULL::jsonb AS query, t.talent_ids, t.error
    FROM turns t
    WHERE t.org_id = $1 AND t.conversation = $2 AND {IN_HISTORY}
        AND t.seq < (SELECT seq FROM turns WHERE org_id = $1 AND id = $3) AND t.seq > $5
    ORDER BY t.seq DESC LIMIT $4"""

_TRANSCRIPT = f"""
    SELECT t.org_id, t.id, t.message_ids, t.shown, {MESSAGE}, {OUTCOME} FROM turns t
    WHERE t.org_id = $1 AND t.conversation = $2
        AND t.status <> 'withdrawn' AND t.changed <> 'withdrawn'
    ORDER BY t.seq DESC LIMIT $3"""

_WHOSE = "SELECT w.org_id FROM workspaces w WHERE w.platform = $1 AND w.external_id = $2"

_LOCATE = """
    SELECT t.org_id, t.access, t.place, t.platform, t.workspace, t.channel, t.thread FROM turns t
    WHERE t.id = $1 AND t.status <> 'withdrawn' AND t.changed <> 'withdrawn'"""


class TurnHistory:
    """Finished turns for memory, as far as the turn's audience may read them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, turn: Turn, *, limit: int) -> Sequence[PastTurn]:
        """The newest `limit` turns with a reply in this turn's conversation, oldest first."""
        conversation = str(turn.message.conversation)
        async with self._session(turn) as connection:
            rows = await connection.fetch(_HISTORY, turn.audience.org_id, conversation, limit)
        return [to_past_turn(row) for row in reversed(rows)]

    async def summary(self, turn: Turn) -> Summary | None:
        """What stands for the older turns of this turn's conversation, if it was made."""
        async with self._session(turn) as connection:
            return await self._standing(connection, turn)

    async def older(
        self, turn: Turn, than: UUID, *, limit: int
    ) -> tuple[Summary | None, Sequence[PastTurn]]:
        """That summary, and of the turns after it the newest `limit` before the turn `than`,
        oldest first; of each only the beginning."""
        conversation = str(turn.message.conversation)
        async with self._session(turn) as connection:
            summary = await self._standing(connection, turn)
            through = summary.through if summary else 0
            rows = await connection.fetch(
                _OLDER, turn.audience.org_id, conversation, than, limit, through
            )
        return summary, [to_past_turn(row) for row in reversed(rows)]

    async def _standing(self, connection: Connection, turn: Turn) -> Summary | None:
        audience, conversation = turn.audience, str(turn.message.conversation)
        return await standing(
            connection, SummaryKey(audience.org_id, conversation, audience.access)
        )

    async def overheard(self, turn: Turn) -> Sequence[Overheard]:
        """What was said beside the turns, before this one, oldest first."""
        async with self._session(turn) as connection:
            return await overheard_before(connection, turn)

    def _session(self, turn: Turn) -> AbstractAsyncContextManager[Connection]:
        """That sees the turn's own conversation."""
        audience = turn.audience
        return self._database.session(
            audience.org_id, audience.access, conversation=str(turn.message.conversation)
        )


async def transcript(
    database: Database, conversation: ConversationKey, limit: int
) -> tuple[Audience, Sequence[TranscriptEntry]] | None:
    """See `TurnQueue.transcript`; the audience is that of the newest turn. Whose the workspace is
    is asked first, so that the turns are read in a session that sees this conversation alone."""
    async with database.queue() as connection:
        org_id = await connection.fetchval(_WHOSE, conversation.platform, conversation.workspace)
    if org_id is None:
        return None
    key = str(conversation)
    async with database.session(org_id, Access.TEAM, conversation=key) as connection:
        rows = await connection.fetch(_TRANSCRIPT, org_id, key, limit)
    if not rows:
        return None
    return to_audience(rows[0]), [to_entry(row) for row in reversed(rows)]


async def locate(connection: Connection, turn_id: UUID) -> tuple[Audience, ConversationKey] | None:
    """See `TurnQueue.locate`."""
    row = await connection.fetchrow(_LOCATE, turn_id)
    if row is None:
        return None
    key = ConversationKey(row["platform"], row["workspace"], row["channel"], row["thread"])
    return to_audience(row), key
