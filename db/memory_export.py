"""All that our rows hold of a person, as they may take it with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.pool import Database

_PART = "coalesce(jsonb_agg(to_jsonb(part) ORDER BY part.at), '[]')"

_EXPORT = f"""
    SELECT jsonb_build_object(
        'person', jsonb_build_object('platform', $1::text, 'workspace', $2::text, 'id', $3::text,
            'names', (SELECT coalesce(jsonb_agg(DISTINCT u.name), '[]') FROM users u
                WHERE u.platform = $1 AND u.workspace = $2 AND u.external_id = $3)),
        'facts', (SELECT {_PART} FROM (
            SELECT f.id, f.about, f.subject, f.attribute, f.value, f.negated, f.statement, f.quote,
                f.confidence, f.repeated, f.valid_from, f.valid_until, f.last_said_at AS at,
                f.channel, f.thread, f.place, f.room_name, f.link
            FROM facts f WHERE f.platform = $1 AND f.workspace = $2
                AND f.author_external_id = $3) part),
        'turns', (SELECT {_PART} FROM (
            SELECT t.sent_at AS at, t.channel, t.thread, t.place, t.text AS said, t.reply, t.status
            FROM turns t JOIN users u ON u.org_id = t.org_id AND u.id = t.user_id
            WHERE u.platform = $1 AND u.workspace = $2 AND u.external_id = $3
                AND t.text <> '') part),
        'overheard', (SELECT {_PART} FROM (
            SELECT o.sent_at AS at, o.conversation, o.text AS said FROM overheard o
            WHERE o.platform = $1 AND o.workspace = $2 AND o.author_external_id = $3
                AND NOT o.withdrawn
            UNION ALL  -- its memory outlives the row
            SELECT e.said_at, e.conversation, e.text FROM episodes e
            WHERE e.platform = $1 AND e.workspace = $2 AND e.author_external_id = $3
                AND e.speaker = 'overheard' AND NOT EXISTS (SELECT FROM overheard o
                    WHERE o.org_id = e.org_id AND o.id = e.turn_id)) part),
        'ratings', (SELECT {_PART} FROM (
            SELECT r.rated_at AS at, r.turn_id, r.helpful
            FROM ratings r JOIN users u ON u.org_id = r.org_id AND u.id = r.user_id
            WHERE u.platform = $1 AND u.workspace = $2 AND u.external_id = $3) part),
        'searches', (SELECT {_PART} FROM (
            SELECT s.expires_at AS at, s.channel, s.query
            FROM saved_searches s JOIN users u ON u.org_id = s.org_id AND u.id = s.user_id
            WHERE u.platform = $1 AND u.workspace = $2 AND u.external_id = $3) part))"""


class Exports:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_person(
        self, platform: str, workspace: str, external_id: str
    ) -> Mapping[str, JsonValue]:
        """See `bot.stores.Memories.export`."""
        named = platform, workspace, external_id
        async with self._database.person(*named) as connection:
            exported = await connection.fetchval(_EXPORT, *named)
        return cast("Mapping[str, JsonValue]", exported)
