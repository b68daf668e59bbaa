"""What was said becomes episodes: words at once, vectors after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import structlog

from bot.conversation import Access
from bot.logs import stack_of
from bot.memories import Episode, Speaker
from bot.scopes import kept_in
from db.episode_rows import Said, keep
from db.forgetting import undisturbed
from db.jobs import enqueue
from db.stems import Stems
from db.turn_rows import to_message

if TYPE_CHECKING:
    from asyncpg import Record
    from pydantic import JsonValue

    from bot.ports import Vector
    from db.pool import Connection, Database

log = structlog.get_logger(__name__)

REMEMBER_TURNS = "remember_turns"
"""The kind of job that makes episodes of what a conversation has new; its payload is
`{"conversation": str(ConversationKey)}`, and so is its key."""

EMBED_EPISODES = "embed_episodes"
"""The kind of job that embeds what an organisation's memory has no vector of."""

AT_ONCE = 100
"""Turns, and messages overheard, in one transaction."""

# Locked, so that what is forgotten or withdrawn meanwhile is either not read, or forgotten after.
# What is said while its author or channel has memory off is passed over for good.
# A message is remembered once, however often its answer is tried.
_TURNS = """
    SELECT t.id, t.seq, t.org_id, t.access, t.platform, t.workspace, t.channel, t.thread, t.place,
        t.author_external_id, t.author_name, t.message_id, t.text, t.sent_at, t.room_name, t.link,
        t.reply, t.status, t.finished_at, t.retry_of, t.drew_on,
        castmatch_remembers(t.org_id, t.platform, t.workspace, t.channel, t.author_external_id)
            AS remembers
    FROM turns t WHERE t.org_id = $1 AND t.id IN (
        SELECT n.id FROM turns n WHERE n.org_id = $1 AND n.conversation = $2 AND NOT n.remembered
            AND n.status IN ('done', 'stopped', 'failed', 'dead') ORDER BY n.seq LIMIT $3)
    ORDER BY t.id FOR UPDATE"""

# Where it was said is known by the turn that came next, or else by the one before it. What was
# accepted after all is a turn.
_OVERHEARD = """
    SELECT o.id, o.seq, o.org_id, o.access, o.message_id, o.author_external_id, o.author_name,
        '' AS room_name, '' AS link,
        o.text, o.sent_at, t.platform, t.workspace, t.channel, t.thread, t.place,
        castmatch_remembers(o.org_id, t.platform, t.workspace, t.channel, o.author_external_id)
            AS remembers
    FROM overheard o CROSS JOIN LATERAL (
        SELECT t.platform, t.workspace, t.channel, t.thread, t.place FROM turns t
        WHERE t.org_id = $1 AND t.conversation = $2
        ORDER BY t.seq < o.seq, abs(t.seq - o.seq) LIMIT 1) t
    WHERE o.org_id = $1 AND o.conversation = $2 AND NOT o.remembered AND NOT o.withdrawn
        AND NOT EXISTS (SELECT FROM turns a WHERE a.org_id = $1 AND a.platform = o.platform
            AND a.workspace = o.workspace AND a.message_id = o.message_id AND a.retry_of IS NULL)
    ORDER BY o.seq LIMIT $3 FOR UPDATE OF o"""

_TURNS_REMEMBERED = "UPDATE turns SET remembered = true WHERE org_id = $1 AND id = ANY($2)"
_OVERHEARD_REMEMBERED = """
    UPDATE overheard SET remembered = true
    WHERE org_id = $1 AND conversation = $2 AND seq = ANY($3)"""

# Whose vector is another's is found from either side of the name in the index.
_WITHOUT_VECTOR = """
    WITH batch AS MATERIALIZED (
        SELECT e.seq, e.speaker, e.text, e.scope, e.conversation FROM episodes e
        WHERE e.org_id = $1 AND (e.embedder < $2 OR e.embedder > $2) LIMIT $3),
    names AS (
        SELECT b.scope, b.conversation, ARRAY(
            SELECT DISTINCT e.author_name FROM episodes e
            WHERE e.org_id = $1 AND e.scope = b.scope AND e.conversation = b.conversation
            LIMIT 50) AS names
        FROM (SELECT DISTINCT scope, conversation FROM batch) b)
    SELECT seq, speaker, text, names FROM batch JOIN names USING (scope, conversation)"""

# What was forgotten meanwhile has no row, and none is made; what was edited has other words.
_SET_MEANING = """
    UPDATE episodes SET embedder = $4, embedding = $5, tokens = $6
    WHERE org_id = $1 AND seq = $2 AND speaker = $3 AND text = $7"""


@dataclass(frozen=True, slots=True)
class Unembedded:
    """An episode without a vector of the present model."""

    seq: int
    speaker: Speaker
    text: str
    names: tuple[str, ...]
    """Of those who speak in its conversation."""


class EpisodeWrites:
    """Writes memory in the background, past the audiences: nothing that is read here may reach a
    reply."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stems = Stems()

    async def remember(self, org_id: UUID, conversation: str) -> int:
        """Make episodes of what is new in a conversation, some of it; how much that was.

        What cannot be stored is passed over, and holds up nothing that was said after it.
        """
        try:
            return await self._remember(org_id, conversation, AT_ONCE, AT_ONCE)
        except asyncpg.PostgresError:
            log.info("remembered_one_by_one", conversation=conversation)
        done = 0
        for which in ((1, 0), (0, 1)):
            for _ in range(AT_ONCE):
                try:
                    one = await self._remember(org_id, conversation, *which)
                except asyncpg.PostgresError as error:
                    log.error(  # noqa: TRY400 - an exception's message would quote what was said
                        "not_remembered", conversation=conversation, error=stack_of(error)
                    )
                    one = await self._pass_over(org_id, conversation, *which)
                if not one:
                    break
                done += one
        return done

    async def _remember(self, org_id: UUID, conversation: str, turns: int, heard: int) -> int:
        async with self._database.queue() as connection:
            asked = await connection.fetch(_TURNS, org_id, conversation, turns)
            aside = await connection.fetch(_OVERHEARD, org_id, conversation, heard)
            said = [one for row in asked if row["remembers"] for one in _of_turn(row)]
            said += [
                _said(row, Speaker.OVERHEARD) for row in aside if row["text"] and row["remembers"]
            ]
            await self.keep(connection, said)
            await _done_with(connection, org_id, conversation, asked, aside)
        return len(asked) + len(aside)

    async def _pass_over(self, org_id: UUID, conversation: str, turns: int, heard: int) -> int:
        async with self._database.queue() as connection:
            asked = await connection.fetch(_TURNS, org_id, conversation, turns)
            aside = await connection.fetch(_OVERHEARD, org_id, conversation, heard)
            await _done_with(connection, org_id, conversation, asked, aside)
        return len(asked) + len(aside)

    async def remember_later(self, org_id: UUID, conversation: str) -> None:
        """Queue a `REMEMBER_TURNS` job, after those that wait already."""
        async with self._database.queue() as connection:
            payload: dict[str, JsonValue] = {"conversation": conversation}
            await enqueue(connection, org_id, REMEMBER_TURNS, payload, key=conversation)

    async def embed_later(self, org_id: UUID) -> None:
        """Queue an `EMBED_EPISODES` job, likewise."""
        async with self._database.queue() as connection:
            await enqueue(connection, org_id, EMBED_EPISODES, {}, key=EMBED_EPISODES)

    async def organisations(self) -> Sequence[UUID]:
        async with self._database.queue() as connection:
            return [row["id"] for row in await connection.fetch("SELECT id FROM organisations")]

    async def keep(self, connection: Connection, said: Sequence[Said]) -> None:
        """Keep episodes, and queue what embeds them."""
        await keep(connection, self._stems, said)
        for org_id in {one.org_id for one in said}:
            await enqueue(connection, org_id, EMBED_EPISODES, {}, key=EMBED_EPISODES)

    async def without_vector(self, org_id: UUID, embedder: str, limit: int) -> Sequence[Unembedded]:
        """Some episodes that have no vector of this model."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_WITHOUT_VECTOR, org_id, embedder, limit)
        return [
            Unembedded(row["seq"], Speaker(row["speaker"]), row["text"], tuple(row["names"]))
            for row in rows
        ]

    async def set_meanings(
        self, org_id: UUID, embedder: str, meanings: Sequence[tuple[Unembedded, Vector, bytes]]
    ) -> None:
        """The vector of each, and the bits of its tokens."""
        values = [
            (org_id, one.seq, one.speaker, embedder, vector, tokens, one.text)
            for one, vector, tokens in meanings
        ]

        async def store() -> None:
            async with self._database.queue() as connection:
                await connection.executemany(_SET_MEANING, values)

        await undisturbed(store)  # what is being forgotten is locked in another order


async def _done_with(
    connection: Connection,
    org_id: UUID,
    conversation: str,
    turns: Sequence[Record],
    heard: Sequence[Record],
) -> None:
    await connection.execute(_TURNS_REMEMBERED, org_id, [row["id"] for row in turns])
    seqs = [row["seq"] for row in heard]
    await connection.execute(_OVERHEARD_REMEMBERED, org_id, conversation, seqs)


def _of_turn(row: Record) -> Iterator[Said]:
    """The person's words, unless they are those of an earlier try, and our reply if it was given
    to its end or to where the person stopped it."""
    asked = _said(row, Speaker.PERSON)
    if row["text"] and row["retry_of"] is None:
        yield asked
    if row["reply"] and row["status"] in ("done", "stopped"):
        at = row["finished_at"] or row["sent_at"]
        reply = replace(
            asked.episode,
            speaker=Speaker.BOT,
            text=row["reply"],
            at=at,
            drew_on=tuple(row["drew_on"]),
        )
        yield replace(asked, episode=reply)


def _said(row: Record, speaker: Speaker) -> Said:
    """A message as somebody said it, kept in the scope of where it was said."""
    message = to_message(row)
    episode = Episode(
        speaker=speaker,
        author=message.author,
        text=message.text,
        at=message.sent_at,
        conversation=message.conversation,
        place=message.place,
        turn_id=row["id"],
        message_id=message.id,
    )
    return Said(row["org_id"], row["seq"], kept_in(message), Access(row["access"]), episode)
