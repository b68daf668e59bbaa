"""Saved searches: what the buttons under a search go on with."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from bot.conversation import Access, Audience, Author, ConversationKey, Place
from bot.stores import SavedSearch
from bot.talent import TalentQuery
from db.turn_rows import from_query, storable, to_query
from db.users import seen_user

if TYPE_CHECKING:
    from asyncpg import Record

    from db.pool import Database

KEPT_FOR = timedelta(days=30)

_ID_BYTES = 12

_SAVE = """
    INSERT INTO saved_searches (org_id, id, platform, workspace, channel, thread, place, access,
        user_id, query, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11)"""

# Each search that is saved clears away a few that have expired, so that they never pile up.
_CLEAR = """
    DELETE FROM saved_searches WHERE (org_id, id) IN (
        SELECT org_id, id FROM saved_searches WHERE expires_at < now()
        ORDER BY expires_at LIMIT 50 FOR UPDATE SKIP LOCKED)"""

_FIND = """
    SELECT s.org_id, s.platform, s.workspace, s.channel, s.thread, s.place, s.access, s.query,
        u.external_id, u.name
    FROM saved_searches s JOIN users u ON u.org_id = s.org_id AND u.id = s.user_id
    WHERE s.id = $3 AND s.platform = $1 AND s.workspace = $2 AND s.expires_at > now()"""


class SavedSearches:
    """`bot.stores.SavedSearches`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, audience: Audience, channel: ConversationKey, query: TalentQuery, owner: Author
    ) -> str:
        search_id = token_urlsafe(_ID_BYTES)
        async with self._database.queue() as connection:
            user_id = await seen_user(
                connection, audience.org_id, channel.platform, channel.workspace, owner
            )
            await connection.execute(
                _SAVE,
                audience.org_id,
                search_id,
                channel.platform,
                channel.workspace,
                channel.channel,
                channel.thread,
                audience.place,
                audience.access,
                user_id,
                from_query(query),
                KEPT_FOR,
            )
            await connection.execute(_CLEAR)
        return search_id

    async def find(self, platform: str, workspace: str, search_id: str) -> SavedSearch | None:
        async with self._database.queue() as connection:
            row = await connection.fetchrow(_FIND, platform, workspace, storable(search_id))
        return None if row is None else _to_search(row)


def _to_search(row: Record) -> SavedSearch | None:
    query = to_query(row["query"])
    if query is None:  # saved by another version, which is as good as expired
        return None
    return SavedSearch(
        audience=Audience(row["org_id"], Access(row["access"]), Place(row["place"])),
        channel=ConversationKey(row["platform"], row["workspace"], row["channel"], row["thread"]),
        query=query,
        owner=Author(row["external_id"], row["name"]),
    )
