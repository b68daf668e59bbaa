"""Shortlists: the talents that people put on a channel's list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import Audience, Author, ConversationKey
from bot.stores import Shortlisted, TalentGoneError
from db.decisions import note
from db.talents import Relations, fetch_talents, relations_of, talent_from_row
from db.turn_rows import storable
from db.users import seen_user

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Connection, Database

_CHANNEL = "org_id = $1 AND platform = $2 AND workspace = $3 AND channel = $4"

# Row-level security leaves out what this audience may not see: a team's row does not stop the
# community's, the community's does stop a team's.
_ADD = f"""
    INSERT INTO shortlists (org_id, platform, workspace, channel, talent_id, by_user, access)
    SELECT $1, $2, $3, $4, $5, $6, $7
    WHERE NOT EXISTS (SELECT FROM shortlists WHERE {_CHANNEL} AND talent_id = $5)
    ON CONFLICT DO NOTHING
    RETURNING true"""

_REMOVE = f"DELETE FROM shortlists WHERE {_CHANNEL} AND talent_id = $5 RETURNING true"


_WHICH = f"SELECT DISTINCT talent_id FROM shortlists WHERE {_CHANNEL} AND talent_id = ANY($5)"


def _listed(relations: Relations) -> str:
    return f"""
        SELECT {relations.columns}, s.added_at, u.external_id AS by_id, u.name AS by_name
        FROM (
            SELECT DISTINCT ON (talent_id) talent_id, by_user, added_at FROM shortlists
            WHERE {_CHANNEL} ORDER BY talent_id, added_at) AS s
        JOIN {relations.talents} AS t ON t.org_id = $1 AND t.id = s.talent_id
        {relations.private}
        LEFT JOIN users AS u ON u.org_id = $1 AND u.id = s.by_user
        ORDER BY s.added_at DESC, t.id DESC LIMIT $5"""


class Shortlists:
    """`bot.stores.Shortlists`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        audience: Audience,
        channel: ConversationKey,
        talent_id: str,
        by: Author,
        *,
        turn_id: UUID | None = None,
    ) -> bool:
        user_id = await self._user(audience, channel, by)
        async with self._session(audience, channel) as connection:
            known = await fetch_talents(connection, relations_of(audience), [storable(talent_id)])
            if talent_id not in known:
                raise TalentGoneError(f"no talent {talent_id!r} that this audience may see")
            if not await connection.fetchval(
                _ADD, *_key(audience, channel), talent_id, user_id, audience.access
            ):
                return False
            await note(
                connection, "shortlisted", audience=audience, channel=channel,
                talent_id=talent_id, by_user=user_id, turn_id=turn_id,
            )  # fmt: skip
            return True

    async def remove(
        self,
        audience: Audience,
        channel: ConversationKey,
        talent_id: str,
        by: Author,
        *,
        turn_id: UUID | None = None,
    ) -> bool:
        user_id = await self._user(audience, channel, by)
        async with self._session(audience, channel) as connection:
            if not await connection.fetchval(
                _REMOVE, *_key(audience, channel), storable(talent_id)
            ):
                return False
            await note(
                connection, "unlisted", audience=audience, channel=channel,
                talent_id=talent_id, by_user=user_id, turn_id=turn_id,
            )  # fmt: skip
            return True

    async def which(
        self, audience: Audience, channel: ConversationKey, talent_ids: Sequence[str]
    ) -> frozenset[str]:
        if not talent_ids:
            return frozenset()
        async with self._session(audience, channel) as connection:
            rows = await connection.fetch(_WHICH, *_key(audience, channel), list(talent_ids))
        return frozenset(row["talent_id"] for row in rows)

    async def listed(
        self, audience: Audience, channel: ConversationKey, *, limit: int = 200
    ) -> Sequence[Shortlisted]:
        async with self._session(audience, channel) as connection:
            rows = await connection.fetch(
                _listed(relations_of(audience)), *_key(audience, channel), limit
            )
        return [_to_shortlisted(row) for row in reversed(rows)]

    def _session(
        self, audience: Audience, channel: ConversationKey
    ) -> AbstractAsyncContextManager[Connection]:
        """That sees the channel's own list."""
        return self._database.session(audience.org_id, audience.access, channel=channel)

    async def _user(self, audience: Audience, channel: ConversationKey, person: Author) -> UUID:
        """Users are written by the queue alone, so this is a transaction of its own."""
        async with self._database.queue() as connection:
            return await seen_user(
                connection, audience.org_id, channel.platform, channel.workspace, person
            )


def _key(audience: Audience, channel: ConversationKey) -> tuple[UUID, str, str, str]:
    return audience.org_id, channel.platform, channel.workspace, channel.channel


def _to_shortlisted(row: Record) -> Shortlisted:
    by = Author(row["by_id"] or "", row["by_name"] or "")
    return Shortlisted(talent_from_row(row), by, row["added_at"])
