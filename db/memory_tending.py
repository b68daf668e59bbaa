"""What time takes from memory: facts that have faded, and what a channel keeps for a while."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import ConversationKey
from db.facts import FADES_IN
from db.forgetting import empty, fence_of, make_sure, undisturbed
from db.jobs import enqueue

if TYPE_CHECKING:
    from db.pool import Connection, Database

TEND_MEMORY = "tend_memory"
"""The kind of job, one for an organisation, that leaves the next one."""

EVERY = 3_600.0
"""Seconds from one to the next."""
SURE_AFTER = 10.0
"""Seconds after which copies in Redis are removed once more."""
FADED = 0.1
"""Confidence below which a fact goes."""
_CLOSED_FOR = "2 years"
_AT_ONCE = 200

# The same measure as facts are recalled by.
_FADE = f"""
    DELETE FROM facts f WHERE f.org_id = $1 AND (
        f.confidence * power(0.5, extract(epoch FROM now() - f.last_said_at)
            / 86400 / ({FADES_IN} * (1 + f.repeated))) < {FADED}
        OR f.valid_until < now() - interval '{_CLOSED_FOR}')"""

_KEPT_FOR = """
    SELECT platform, workspace, key, retention_days FROM memory_choices
    WHERE org_id = $1 AND whose = 'channel' AND retention_days IS NOT NULL"""

_OLD_TURNS = """
    SELECT id FROM turns
    WHERE org_id = $1 AND platform = $2 AND workspace = $3 AND channel = $4 AND text <> ''
        AND status NOT IN ('queued', 'running') AND sent_at < now() - make_interval(days => $5)
    ORDER BY seq LIMIT $6"""

_OLD_OVERHEARD = """
    UPDATE overheard SET text = '', author_external_id = '', author_name = '', withdrawn = true
    WHERE org_id = $1 AND starts_with(conversation, $2) AND NOT withdrawn
        AND sent_at < now() - make_interval(days => $3)
    RETURNING id, conversation"""

# The memory of words overheard outlives their rows, of which only the newest are kept.
_UNREMEMBER = """
    DELETE FROM episodes
    WHERE org_id = $1 AND platform = $2 AND workspace = $3 AND channel = $4
        AND speaker = 'overheard' AND said_at < now() - make_interval(days => $5)
    RETURNING turn_id AS id, conversation"""


# It waits for its hour.
_NOW = f"""
    UPDATE jobs SET run_at = now()
    WHERE org_id = $1 AND kind = '{TEND_MEMORY}' AND status = 'queued'
    RETURNING pg_notify('castmatch_job_queued', '')"""


async def tend_now(connection: Connection, org_id: UUID) -> None:
    """Have the organisation's job run at once, as something was chosen that it sees to."""
    await enqueue(connection, org_id, TEND_MEMORY, {}, key=TEND_MEMORY)
    await connection.execute(_NOW, org_id)


class TendingRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self) -> None:
        """Queue the job of every organisation that has none waiting."""
        async with self._database.queue() as connection:
            for (org_id,) in await connection.fetch("SELECT id FROM organisations"):
                await enqueue(connection, org_id, TEND_MEMORY, {}, key=TEND_MEMORY)

    async def again(self, org_id: UUID) -> None:
        async with self._database.queue() as connection:
            await enqueue(connection, org_id, TEND_MEMORY, {}, key=TEND_MEMORY, delay=EVERY)

    async def fade(self, org_id: UUID) -> None:
        """Remove the facts that nobody has said for so long that they count for nothing."""
        async with self._database.queue() as connection:
            await connection.execute(_FADE, org_id)

    async def channels(self, org_id: UUID) -> Sequence[tuple[ConversationKey, int]]:
        """Those that keep what is said for some days, and for how many."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_KEPT_FOR, org_id)
        return [
            (ConversationKey(row["platform"], row["workspace"], row["key"]), row["retention_days"])
            for row in rows
        ]

    async def empty_older(
        self, org_id: UUID, channel: ConversationKey, days: int
    ) -> tuple[Sequence[str], bool]:
        """Empty some of what is older; the conversations it was in, and whether that was all. It
        leaves a job that makes sure of their copies, for a Redis that is away."""
        return await undisturbed(partial(self._empty_older, org_id, channel, days))

    async def _empty_older(
        self, org_id: UUID, channel: ConversationKey, days: int
    ) -> tuple[Sequence[str], bool]:
        async with self._database.queue(alone_on=[fence_of(str(channel))]) as connection:
            named = channel.platform, channel.workspace, channel.channel
            old = await connection.fetch(_OLD_TURNS, org_id, *named, days, _AT_ONCE)
            heard = await connection.fetch(_OLD_OVERHEARD, org_id, str(channel), days)
            heard += await connection.fetch(_UNREMEMBER, org_id, *named, days)
            emptied = await empty(
                connection,
                org_id,
                [row["id"] for row in old],
                heard=[row["id"] for row in heard],
                conversations={row["conversation"] for row in heard},
            )
            conversations = sorted(emptied.conversations)
            if conversations:
                await make_sure(connection, org_id, conversations=conversations, after=[SURE_AFTER])
        return conversations, len(old) < _AT_ONCE
