"""What a message changes in the facts that are known: each touches its own subject and attribute.

A contradiction closes what it contradicts and deletes nothing; only a retraction deletes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from bot.facts import About, Act, Draft, key_of
from db.turn_rows import storable

if TYPE_CHECKING:
    from asyncpg import Record

    from bot.conversation import Message
    from db.pool import Connection

_REPEAT_ADDS = 0.3
"""Of the doubt that is left."""

# One message at a time changes what is known in a scope.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1 || $2, 0))"

# A guest's word stands beside the team's, and ends nothing of it.
_KNOWN = """
    SELECT f.* FROM facts f
    WHERE f.org_id = $1 AND f.scope = $2 AND f.about = $3 AND f.subject_key = $4
        AND f.attribute = $5 AND (f.valid_until IS NULL OR f.valid_until > $6)
        AND ($7 = 'team' OR f.access = 'community')"""

# Of what its author may see: what is put in the place of a team's fact tells of it.
_MEANT = """
    SELECT f.* FROM facts f
    WHERE f.org_id = $1 AND f.scope = $2 AND f.attribute = $3 AND f.channel = $4
        AND (f.valid_until IS NULL OR f.valid_until > $5)
        AND CASE WHEN $6 = '*' THEN f.author_external_id = $7 ELSE f.value_key = $6 END
        AND ($8 = 'team' OR f.access = 'community')
    ORDER BY f.last_said_at DESC LIMIT 1"""

_CLOSE = """
    UPDATE facts SET valid_until = greatest($3, valid_from) WHERE org_id = $1 AND id = $2"""

_REPEAT = f"""
    UPDATE facts SET repeated = repeated + 1, last_said_at = greatest(last_said_at, $3),
        confidence = least(1, greatest(confidence, $4) + (1 - confidence) * {_REPEAT_ADDS}),
        said_again = said_again || $5::uuid
    WHERE org_id = $1 AND id = $2"""

_ADD = """
    INSERT INTO facts (org_id, scope, access, about, subject, subject_key, attribute, value,
        value_key, negated, statement, quote, confidence, valid_from, valid_until, last_said_at,
        platform, workspace, channel, thread, place, turn_id, author_external_id, author_name,
        room_name, link, drew_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26, $27)"""

# What its author said in the two messages before this one.
_UNSAY_LAST = """
    DELETE FROM facts WHERE org_id = $1 AND scope = $2 AND turn_id = (
        SELECT f.turn_id FROM facts f JOIN (
            SELECT t.id, t.seq FROM turns t
            WHERE t.org_id = $1 AND t.conversation = $3 AND t.author_external_id = $4
                AND t.seq < $5
            ORDER BY t.seq DESC LIMIT 2) lately ON lately.id = f.turn_id
        WHERE f.org_id = $1 ORDER BY lately.seq DESC LIMIT 1)"""

_SAID_BY = """
    SELECT id, subject_key, attribute, statement FROM facts
    WHERE org_id = $1 AND scope = $2 AND author_external_id = $3"""

_UNSAY = "DELETE FROM facts WHERE org_id = $1 AND id = ANY ($2)"


class Changes:
    """Of one message, in the transaction that holds its turn's row."""

    def __init__(self, connection: Connection, turn: Record, message: Message, scope: str) -> None:
        self._connection = connection
        self._turn = turn
        self._message = message
        self._org_id = turn["org_id"]
        self._scope = scope
        self._said_at = message.sent_at

    async def apply(self, drafts: Sequence[Draft]) -> None:
        """Make the changes, one after the other."""
        if drafts:
            await self._connection.execute(_ALONE, str(self._org_id), self._scope)
        for draft in drafts:
            if draft.act is Act.RETRACTS:
                await self._unsay(draft.subject)
            elif draft.replaces:
                await self._replace(draft)
            else:
                await self._settle(draft)

    async def _settle(self, draft: Draft) -> None:
        subject = self._subject(draft)
        key = key_of(draft.value)
        known = await self._connection.fetch(
            _KNOWN, self._org_id, self._scope, draft.about, key_of(subject), draft.attribute,
            self._said_at, self._turn["access"],
        )  # fmt: skip
        from_ = _start(draft.valid_from) or self._said_at
        if draft.act is Act.ENDS:
            for row in known:
                if row["value_key"] == key and not row["negated"]:
                    await self._close(row, from_)
            return
        until = _end(draft.valid_until)
        repeated = False
        for row in known:
            is_same = row["value_key"] == key and row["negated"] == draft.negated
            if is_same and row["access"] == self._turn["access"]:
                await self._repeat(row, draft)
                repeated = True
            elif not is_same and _contradicts(draft, row, key):
                if row["valid_from"] > from_:  # an older message, read later
                    until = min(filter(None, (until, row["valid_from"])))
                else:
                    await self._close(row, from_)
        if not repeated:
            await self._add(draft, subject, from_, until)

    async def _replace(self, draft: Draft) -> None:
        """Put a value in the place of the one that it corrects; without that one there is nothing
        to understand."""
        row = await self._connection.fetchrow(
            _MEANT, self._org_id, self._scope, draft.attribute, self._message.conversation.channel,
            self._said_at, "*" if draft.replaces == "*" else key_of(draft.replaces),
            self._message.author.external_id, self._turn["access"],
        )  # fmt: skip
        if row is None or row["value_key"] == key_of(draft.value):
            return
        await self._close(row, self._said_at)
        old = re.compile(re.escape(row["value"]), re.IGNORECASE)
        statement = old.sub(lambda _: draft.value, row["statement"])
        if draft.value not in statement:
            return
        corrected = Draft(
            About(row["about"]), row["subject"], draft.attribute, draft.value, statement,
            draft.quote, single=True, confidence=draft.confidence,
        )  # fmt: skip
        made_of = [row["turn_id"], *row["said_again"], *row["drew_on"]]
        await self._add(corrected, row["subject"], self._said_at, None, made_of)

    async def _unsay(self, about: str) -> None:
        author = self._message.author.external_id
        if not about:
            await self._connection.execute(
                _UNSAY_LAST, self._org_id, self._scope, self._turn["conversation"], author,
                self._turn["seq"],
            )  # fmt: skip
            return
        key = key_of(about)
        rows = await self._connection.fetch(_SAID_BY, self._org_id, self._scope, author)
        meant = [
            row["id"]
            for row in rows
            if key in (row["subject_key"], row["attribute"])
            or f" {key} " in f" {key_of(row['statement'])} "
        ]
        await self._connection.execute(_UNSAY, self._org_id, meant)

    async def _close(self, row: Record, at: datetime) -> None:
        await self._connection.execute(_CLOSE, self._org_id, row["id"], at)

    async def _repeat(self, row: Record, draft: Draft) -> None:
        await self._connection.execute(
            _REPEAT, self._org_id, row["id"], self._said_at, draft.confidence, self._turn["id"]
        )

    async def _add(
        self,
        draft: Draft,
        subject: str,
        from_: datetime,
        until: datetime | None,
        made_of: Sequence[UUID] = (),
    ) -> None:
        """`made_of`: turns of others whose words stand in it, beside the message's own."""
        conversation = self._message.conversation
        await self._connection.execute(
            _ADD,
            self._org_id,
            self._scope,
            self._turn["access"],
            draft.about,
            storable(subject),
            key_of(storable(subject)),
            storable(draft.attribute),
            storable(draft.value),
            key_of(storable(draft.value)),
            draft.negated,
            storable(draft.statement),
            storable(draft.quote),
            draft.confidence,
            from_,
            until,
            self._said_at,
            conversation.platform,
            conversation.workspace,
            conversation.channel,
            conversation.thread,
            self._message.place,
            self._turn["id"],
            self._message.author.external_id,
            self._message.author.name,
            self._message.room_name,
            self._message.link,
            made_of,
        )

    def _subject(self, draft: Draft) -> str:
        match draft.about:
            case About.PERSON:
                return self._message.author.external_id
            case About.CHANNEL:
                return self._message.conversation.channel
        return draft.subject


def _contradicts(draft: Draft, row: Record, key: str) -> bool:
    """Whether both cannot hold: another value of what has one at a time or is being corrected, or
    the opposite of the same."""
    if row["value_key"] == key:
        return bool(row["negated"] != draft.negated)
    return draft.single or (draft.act is Act.CORRECTS and not row["negated"])


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, UTC) if day else None


def _end(day: date | None) -> datetime | None:
    return datetime.combine(day, time.max, UTC) if day else None
