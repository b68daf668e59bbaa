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
        s.user_id
    FROM saved_searches s
    WHERE s.id = $3 AND s.platform = $1 AND s.workspace = $2 AND s.expires_at > now()"""

_OWNER = "SELECT u.external_id, u.name FROM users u WHERE u.org_id = $1 AND u.id = $2"


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
        named = platform, workspace, storable(search_id)
        async with self._database.button(*named) as connection:
            row = await connection.fetchrow(_FIND, *named)
        query = to_query(row["query"]) if row else None
        if row is None or query is None:  # saved by another version, which is as good as expired
            return None
        audience = Audience(row["org_id"], Access(row["access"]), Place(row["place"]))
        async with self._database.session(audience.org_id, audience.access) as connection:
            owner = await connection.fetchrow(_OWNER, row["org_id"], row["user_id"])
        if owner is None:  # forgotten meanwhile, and the search with them
            return None
        return SavedSearch(
            audience=audience,
            channel=ConversationKey(
                row["platform"], row["workspace"], row["channel"], row["thread"]
            ),
            query=query,
            owner=Author(owner["external_id"], owner["name"]),
        )
