"""A person's say over what is remembered: shown, taken out, removed in part, switched off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import ConversationKey
from bot.facts import Fact
from bot.stores import Choices, Forgotten
from db.facts import FACT, HOLDS, to_fact
from db.forgetting import empty, fence_of, make_sure, undisturbed
from db.memory_tending import tend_now
from db.said_about import OF_PERSON, Said, said_about, said_in_fact
from db.workspaces import resolve_workspace

if TYPE_CHECKING:
    from bot.conversation import Access
    from db.pool import Connection, Database

_FACTS = f"""
    SELECT f.org_id, f.said_again, {FACT} FROM facts f
    WHERE {OF_PERSON.format("f")} AND {HOLDS} ORDER BY f.last_said_at DESC"""

_UNHEARD = """
    UPDATE overheard SET text = '', author_external_id = '', author_name = '', withdrawn = true
    WHERE org_id = $1 AND id = ANY ($2)"""
_UNREMEMBER = """
    DELETE FROM episodes WHERE org_id = $1 AND turn_id = ANY ($2) AND speaker = 'overheard'"""
_UNLEARN = "DELETE FROM facts WHERE org_id = $1 AND id = ANY ($2)"
_UNSAVE = "DELETE FROM saved_searches WHERE org_id = $1 AND id = ANY ($2)"

_CHOICES = """
    SELECT c.whose, c.remembers, c.retention_days FROM memory_choices c
    JOIN workspaces w ON w.org_id = c.org_id AND w.platform = c.platform
        AND w.external_id = c.workspace
    WHERE c.platform = $1 AND c.workspace = $2
        AND (c.whose, c.key) IN (('channel', $3), ('person', castmatch_person_key($4)))"""

_CHOOSE = """
    INSERT INTO memory_choices (org_id, platform, workspace, whose, key, remembers)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (org_id, platform, workspace, whose, key)
    DO UPDATE SET remembers = excluded.remembers"""

_KEEP = """
    INSERT INTO memory_choices (org_id, platform, workspace, whose, key, retention_days)
    VALUES ($1, $2, $3, 'channel', $4, $5)
    ON CONFLICT (org_id, platform, workspace, whose, key)
    DO UPDATE SET retention_days = excluded.retention_days"""

_PERSON_KEY = "SELECT castmatch_person_key($1)"

# Of words overheard the memory outlives the row.
_ELSEWHERE = """
    SELECT w.external_id AS workspace FROM workspaces w
    WHERE w.platform = $1 AND w.external_id <> $2 AND (
        EXISTS (SELECT FROM users u WHERE u.org_id = w.org_id AND u.platform = $1
            AND u.workspace = w.external_id AND u.external_id = $3)
        OR EXISTS (SELECT FROM overheard o WHERE o.org_id = w.org_id AND o.platform = $1
            AND o.workspace = w.external_id AND o.author_external_id = $3 AND NOT o.withdrawn)
        OR EXISTS (SELECT FROM episodes e WHERE e.org_id = w.org_id AND e.platform = $1
            AND e.workspace = w.external_id AND e.author_external_id = $3
            AND e.speaker = 'overheard'))
    ORDER BY w.external_id"""

_SHOWN, _BEGINNING = 10, 60
"""Of what went, how many a receipt names, and how much of each."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What went from our rows, and the conversations whose copies elsewhere must go too."""

    forgotten: Forgotten
    conversations: Mapping[UUID, Sequence[str]]


class RememberedRows:
    """The rows' part of `bot.stores.Memories`; the whole of it is `memory.remembered.Memories`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self, platform: str, workspace: str, external_id: str) -> Sequence[Fact]:
        """See `bot.stores.Memories.facts`."""
        named = platform, workspace, external_id
        async with self._database.person(*named) as connection:
            rows = await connection.fetch(_FACTS, *named)
        return [to_fact(row) for row in rows]

    async def forget_fact(
        self, platform: str, workspace: str, external_id: str, beginning: str
    ) -> Removed | None:
        """See `bot.stores.Memories.forget_fact`."""
        named = platform, workspace, external_id

        async def forget() -> Removed | None:
            async with self._alone(platform, workspace) as connection:
                async with self._database.narrowed(connection, *named) as theirs:
                    said = await said_in_fact(theirs, named, beginning.lower())
                return await _remove(connection, said) if said else None

        return await undisturbed(forget)

    async def forget_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Removed:
        """See `bot.stores.Memories.forget_about`."""
        named = platform, workspace, external_id

        async def forget() -> Removed:
            async with self._alone(platform, workspace) as connection:
                async with self._database.narrowed(connection, *named) as theirs:
                    said = await said_about(theirs, named, words)
                return await _remove(connection, said)

        return await undisturbed(forget)

    async def said_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Forgotten:
        """See `bot.stores.Memories.said_about`."""
        named = platform, workspace, external_id
        async with self._database.person(*named) as connection:
            return (await said_about(connection, named, words)).counted()

    def _alone(self, platform: str, workspace: str) -> AbstractAsyncContextManager[Connection]:
        """A transaction that forgets: no reply that tells of memory ends meanwhile."""
        fence = fence_of(str(ConversationKey(platform, workspace, "")))
        return self._database.queue(alone_on=[fence])

    async def choices(self, channel: ConversationKey, external_id: str) -> Choices:
        """See `bot.stores.Memories.choices`."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(
                _CHOICES, channel.platform, channel.workspace, channel.channel, external_id
            )
        made = {row["whose"]: row for row in rows}
        return Choices(
            person_on="person" not in made or made["person"]["remembers"],
            channel_on="channel" not in made or made["channel"]["remembers"],
            retention_days=made["channel"]["retention_days"] if "channel" in made else None,
        )

    async def turn_person(
        self,
        platform: str,
        workspace: str,
        external_id: str,
        *,
        on: bool,
        default_access: Access,
    ) -> None:
        """See `bot.stores.Memories.turn_person`."""
        async with self._database.queue() as connection:
            org_id = await _org(connection, platform, workspace, default_access)
            key = await connection.fetchval(_PERSON_KEY, external_id)
            await connection.execute(_CHOOSE, org_id, platform, workspace, "person", key, on)

    async def turn_channel(
        self, channel: ConversationKey, *, on: bool, default_access: Access
    ) -> None:
        """See `bot.stores.Memories.turn_channel`."""
        platform, workspace = channel.platform, channel.workspace
        async with self._database.queue() as connection:
            org_id = await _org(connection, platform, workspace, default_access)
            await connection.execute(
                _CHOOSE, org_id, platform, workspace, "channel", channel.channel, on
            )

    async def keep_channel(
        self, channel: ConversationKey, days: int | None, *, default_access: Access
    ) -> None:
        """See `bot.stores.Memories.keep_channel`."""
        platform, workspace = channel.platform, channel.workspace
        async with self._database.queue() as connection:
            org_id = await _org(connection, platform, workspace, default_access)
            await connection.execute(_KEEP, org_id, platform, workspace, channel.channel, days)
            await tend_now(connection, org_id)

    async def elsewhere(self, platform: str, workspace: str, external_id: str) -> Sequence[str]:
        """See `bot.stores.Memories.elsewhere`."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_ELSEWHERE, platform, workspace, external_id)
        return [row["workspace"] for row in rows]


async def _org(connection: Connection, platform: str, workspace: str, access: Access) -> UUID:
    return (await resolve_workspace(connection, platform, workspace, access)).org_id


async def _remove(connection: Connection, said: Said) -> Removed:
    """Remove it, with what was made of it."""
    facts, turns, overheard, searches = said.facts, said.turns, said.overheard, said.searches
    conversations: dict[UUID, Sequence[str]] = {}
    replies = 0
    for org_id in {row["org_id"] for row in (*facts, *turns, *overheard, *searches)}:
        its_turns = [row["id"] for row in turns if row["org_id"] == org_id]
        heard = sorted({row["id"] for row in overheard if row["org_id"] == org_id})
        where = {row["conversation"] for row in overheard if row["org_id"] == org_id}
        # turns first, as the jobs lock them
        emptied = await empty(connection, org_id, its_turns, heard=heard, conversations=where)
        replies += emptied.replies
        for statement, ids in (
            (_UNLEARN, [row["id"] for row in facts if row["org_id"] == org_id]),
            (_UNHEARD, heard),
            (_UNREMEMBER, heard),
            (_UNSAVE, [row["id"] for row in searches if row["org_id"] == org_id]),
        ):
            await connection.execute(statement, org_id, ids)
        keys = conversations[org_id] = sorted(emptied.conversations)
        await make_sure(connection, org_id, turns=its_turns, heard=heard, conversations=keys)
    what = _beginnings([*(row["statement"] for row in facts), *(row["text"] for row in turns)])
    forgotten = said.counted(replies=replies, what=what)
    return Removed(forgotten, conversations)


def _beginnings(texts: Iterable[str]) -> tuple[str, ...]:
    shortened = (re.sub(r"\s+", " ", text).strip() for text in texts)
    unique = dict.fromkeys(
        text if len(text) <= _BEGINNING else f"{text[: _BEGINNING - 1]}…" for text in shortened
    )
    return tuple(unique)[:_SHOWN]
