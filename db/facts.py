"""Facts: written in the background past the audiences, read within a turn's scopes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Author, ConversationKey, Message, Place
from bot.facts import About, Draft, Fact, Source
from bot.scopes import kept_in, read_from
from db.fact_changes import Changes
from db.jobs import enqueue
from db.turn_rows import MESSAGE, to_message

if TYPE_CHECKING:
    from asyncpg import Record
    from pydantic import JsonValue

    from bot.conversation import Turn
    from bot.ports import Vector
    from db.pool import Database

LEARN_FACTS = "learn_facts"
"""The kind of job that looks for facts in what a conversation has new; its payload is
`{"conversation": str(ConversationKey)}`, and so is its key."""

MOST_TRIES = 3
"""How often facts are looked for in a message before it is passed over."""

FADES_IN = 180
"""Days after which a fact that is not said again has half its confidence; each time that it is
said again adds as many."""

FACT = f"""
    f.id, f.about, f.subject, f.attribute, f.value, f.negated, f.statement, f.repeated,
    f.valid_from, f.valid_until, f.last_said_at, f.turn_id, f.platform, f.workspace, f.channel,
    f.thread, f.place, f.room_name, f.link, f.author_external_id, f.author_name,
    f.confidence * power(0.5, extract(epoch FROM now() - f.last_said_at)
        / 86400 / ({FADES_IN} * (1 + f.repeated))) AS confidence"""

HOLDS = "(f.valid_until IS NULL OR f.valid_until > now())"

# A message tried again is read once.
_UNREAD = f"""
    SELECT t.id, {MESSAGE}, ARRAY(
        SELECT b.reply FROM turns b
        WHERE b.org_id = t.org_id AND b.conversation = t.conversation AND b.seq < t.seq
            AND b.reply <> ''
        ORDER BY b.seq DESC LIMIT $4) AS said_before
    FROM turns t
    WHERE t.org_id = $1 AND t.conversation = $2 AND NOT t.learned
        AND t.learn_tries < {MOST_TRIES} AND t.status IN ('done', 'stopped', 'failed', 'dead')
    ORDER BY t.seq LIMIT $3"""

_LOCKED = f"""
    SELECT t.org_id, t.id, t.seq, t.conversation, t.status, t.learned, t.retry_of, {MESSAGE},
        castmatch_remembers(t.org_id, t.platform, t.workspace, t.channel, t.author_external_id)
            AS remembers
    FROM turns t WHERE t.org_id = $1 AND t.id = $2 FOR UPDATE"""

_TRY = "UPDATE turns SET learn_tries = learn_tries + 1 WHERE org_id = $1 AND id = $2"

_LEARNED = "UPDATE turns SET learned = true WHERE org_id = $1 AND id = $2"

_RECALL = f"""
    SELECT {FACT}, CASE WHEN f.embedder = $2 THEN 1 - (f.embedding <=> $3) END AS nearness
    FROM facts f
    WHERE f.org_id = $1 AND f.scope = ANY ($4) AND {HOLDS}
        AND (SELECT castmatch_remembers($1, $6, $7, $8, $9))
    ORDER BY f.last_said_at DESC LIMIT $5"""

_WITHOUT_VECTOR = """
    SELECT id, statement FROM facts WHERE org_id = $1 AND embedder IS DISTINCT FROM $2 LIMIT $3"""

_SET_VECTOR = "UPDATE facts SET embedder = $3, embedding = $4 WHERE org_id = $1 AND id = $2"

_LATELY_SAID = 5
"""Replies of ours before a message, that its author may be quoting."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A message whose facts have not been looked for."""

    turn_id: UUID
    message: Message
    said_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A fact, and how near its statement is to what is asked; `None` where that is unknown."""

    fact: Fact
    nearness: float | None


class FactRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- in the background ---------------------------------------------------------------

    async def unread(self, org_id: UUID, conversation: str, *, limit: int) -> Sequence[Unread]:
        """The oldest messages of the conversation that have not been learned from."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_UNREAD, org_id, conversation, limit, _LATELY_SAID)
        return [Unread(row["id"], to_message(row), tuple(row["said_before"])) for row in rows]

    async def begin(self, org_id: UUID, unread: Unread) -> None:
        """Count a try at the message, before it is read: it may end this process."""
        async with self._database.queue(durable=False) as connection:
            await connection.execute(_TRY, org_id, unread.turn_id)

    async def learn_later(self, org_id: UUID, conversation: str) -> None:
        """Queue a `LEARN_FACTS` job, after those that wait already."""
        async with self._database.queue() as connection:
            payload: dict[str, JsonValue] = {"conversation": conversation}
            await enqueue(connection, org_id, LEARN_FACTS, payload, key=conversation)

    async def learn(self, org_id: UUID, unread: Unread, drafts: Sequence[Draft]) -> None:
        """Keep what was found in the message, once.

        Nothing is kept of a message that was edited, taken back or forgotten meanwhile, nor
        where its author or channel has memory off.
        """
        async with self._database.queue() as connection:
            row = await connection.fetchrow(_LOCKED, org_id, unread.turn_id)
            if row is None or row["learned"]:
                return
            message = to_message(row)
            if message.text == unread.message.text and row["remembers"] and not row["retry_of"]:
                changes = Changes(connection, row, message, kept_in(message))
                await changes.apply(drafts)
            await connection.execute(_LEARNED, org_id, unread.turn_id)

    async def without_vector(
        self, org_id: UUID, embedder: str, *, limit: int
    ) -> Sequence[tuple[UUID, str]]:
        """Facts that have no vector of this model, and their statements."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_WITHOUT_VECTOR, org_id, embedder, limit)
        return [(row["id"], row["statement"]) for row in rows]

    async def set_vectors(
        self, org_id: UUID, embedder: str, vectors: Sequence[tuple[UUID, Vector]]
    ) -> None:
        async with self._database.queue() as connection:
            values = [(org_id, fact_id, embedder, vector) for fact_id, vector in vectors]
            await connection.executemany(_SET_VECTOR, values)

    # --- for a reply -----------------------------------------------------------------------

    async def holding(
        self, turn: Turn, *, embedder: str, vector: Vector | None, limit: int
    ) -> Sequence[Near]:
        """The facts that hold and that an answer to the turn may draw on, newest first; none
        where its author or channel has memory off."""
        audience, scopes = turn.audience, read_from(turn.message)
        key = turn.message.conversation
        async with self._database.session(audience.org_id, audience.access, scopes) as connection:
            rows = await connection.fetch(
                _RECALL, audience.org_id, embedder, vector, list(scopes), limit,
                key.platform, key.workspace, key.channel, turn.message.author.external_id,
            )  # fmt: skip
        return [Near(to_fact(row), row["nearness"]) for row in rows]


def to_fact(row: Record) -> Fact:
    return Fact(
        id=row["id"],
        about=About(row["about"]),
        subject=row["subject"],
        attribute=row["attribute"],
        value=row["value"],
        negated=row["negated"],
        statement=row["statement"],
        source=Source(
            author=Author(row["author_external_id"], row["author_name"]),
            conversation=ConversationKey(
                row["platform"], row["workspace"], row["channel"], row["thread"]
            ),
            place=Place(row["place"]),
            at=row["last_said_at"],
            turn_id=row["turn_id"],
            room_name=row["room_name"],
            link=row["link"],
        ),
        confidence=row["confidence"],
        repeated=row["repeated"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )
