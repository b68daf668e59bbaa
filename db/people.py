"""What our rows hold of a person: read for them, and removed at their word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from bot.stores import Forgotten, Person
from db.jobs import enqueue
from db.turn_changes import WITHDRAW_OPEN

if TYPE_CHECKING:
    from asyncpg import Record
    from pydantic import JsonValue

    from db.pool import Connection, Database

FORGET_PERSON = "forget_person"
"""The kind of job that makes sure of it, with what `PeopleRows.forget` gives it."""

_AGAIN_AFTER = 10.0
"""Seconds: what raced with the forgetting has committed by then."""

_QUESTIONS = 5

_KNOWN = """
    SELECT u.name, u.first_seen_at, u.last_seen_at,
        (SELECT count(*) FROM turns t
            WHERE t.org_id = u.org_id AND t.user_id = u.id AND t.status <> 'withdrawn') AS turns,
        ARRAY (SELECT t.text FROM turns t
            WHERE t.org_id = u.org_id AND t.user_id = u.id AND t.text <> '' AND t.retry_of IS NULL
            ORDER BY t.seq DESC LIMIT $4) AS questions,
        (SELECT count(*) FROM overheard o
            WHERE o.org_id = u.org_id AND o.platform = $1 AND o.workspace = $2
            AND o.author_external_id = $3 AND NOT o.withdrawn) AS overheard,
        (SELECT count(*) FROM ratings r
            WHERE r.org_id = u.org_id AND r.user_id = u.id) AS ratings,
        (SELECT count(*) FROM saved_searches s
            WHERE s.org_id = u.org_id AND s.user_id = u.id AND s.expires_at > now()) AS searches
    FROM users u JOIN workspaces w ON w.org_id = u.org_id
    WHERE w.platform = $1 AND w.external_id = $2
        AND u.platform = $1 AND u.workspace = $2 AND u.external_id = $3"""

# Of whom we only overheard something there is no user.
_OVERHEARD_ONLY = """
    SELECT max(o.author_name) AS name, min(o.sent_at) AS first_seen_at,
        max(o.sent_at) AS last_seen_at, 0 AS turns, '{}'::text[] AS questions,
        count(*) AS overheard, 0 AS ratings, 0 AS searches
    FROM overheard o JOIN workspaces w ON w.org_id = o.org_id
    WHERE w.platform = $1 AND w.external_id = $2
        AND o.platform = $1 AND o.workspace = $2 AND o.author_external_id = $3 AND NOT o.withdrawn
    HAVING count(*) > 0"""

# In every organisation, as a workspace may have belonged to another one before. Locked, so that a
# message of theirs that comes now is of the person forgotten or of a new one.
_USERS = """
    SELECT org_id, id FROM users
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND external_id = $3
    FOR UPDATE"""

_CONVERSATIONS = """
    SELECT org_id, conversation FROM turns t
    WHERE (org_id, user_id) IN (SELECT * FROM unnest($4::uuid[], $5::uuid[]))
    UNION
    SELECT org_id, conversation FROM overheard
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3"""

_WITHDRAW = f"""
    WITH asked AS (SELECT org_id, id FROM turns WHERE org_id = $1 AND user_id = $2
        ORDER BY id FOR UPDATE)
    {WITHDRAW_OPEN}"""

_EMPTY = """
    UPDATE turns SET author_external_id = '', author_name = '',
        text = '', shown = '', reply = '', query = NULL, talent_ids = '{}', error = '',
        status = CASE WHEN status IN ('queued', 'running') THEN status ELSE 'withdrawn' END
    WHERE org_id = $1 AND user_id = $2 AND (status <> 'withdrawn' OR author_external_id <> '')
    RETURNING id"""

# The rows stay, so that a message that comes again is not kept again.
_UNHEARD = """
    UPDATE overheard SET text = '', author_external_id = '', author_name = '', withdrawn = true
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3
    RETURNING message_id"""

# Ours to them too. A job that had read their words before commits first, or finds none.
_UNREMEMBER = """
    DELETE FROM episodes
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3"""

_UNRATE = "DELETE FROM ratings WHERE org_id = $1 AND user_id = $2 RETURNING turn_id"
_UNSAVE = "DELETE FROM saved_searches WHERE org_id = $1 AND user_id = $2 RETURNING id"
_UNKNOW = "DELETE FROM users WHERE org_id = $1 AND id = $2"


@dataclass(frozen=True, slots=True)
class Removal:
    """What went from our rows, and the conversations whose copies elsewhere must go too."""

    forgotten: Forgotten
    conversations: Mapping[UUID, Sequence[str]]
    """By organisation; each as `str(ConversationKey)`."""


class PeopleRows:
    """The rows' part of `bot.stores.People`; the whole of it is `memory.people.People`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, platform: str, workspace: str, external_id: str) -> Person | None:
        """See `bot.stores.People.known`."""
        named = platform, workspace, external_id
        async with self._database.queue() as connection:
            row = await connection.fetchrow(_KNOWN, *named, _QUESTIONS)
            if row is None:
                row = await connection.fetchrow(_OVERHEARD_ONLY, *named)
        return None if row is None else _to_person(row)

    async def forget(self, platform: str, workspace: str, external_id: str) -> Removal:
        """Remove it all in one transaction, with a job for each organisation that makes sure.

        The job's payload is `{"users": [ids], "conversations": [keys]}`.
        """
        named = platform, workspace, external_id
        async with self._database.queue() as connection:
            users = await connection.fetch(_USERS, *named)
            ids = [row["org_id"] for row in users], [row["id"] for row in users]
            conversations: dict[UUID, list[str]] = {org_id: [] for org_id in ids[0]}
            for row in await connection.fetch(_CONVERSATIONS, *named, *ids):
                conversations.setdefault(row["org_id"], []).append(row["conversation"])
            turns = sum([await _empty_turns(connection, *user) for user in users])
            overheard = await connection.fetch(_UNHEARD, *named)
            await connection.execute(_UNREMEMBER, *named)
            ratings = [row for user in users for row in await connection.fetch(_UNRATE, *user)]
            searches = [row for user in users for row in await connection.fetch(_UNSAVE, *user)]
            for user in users:
                await connection.execute(_UNKNOW, *user)
            for org_id, keys in conversations.items():
                payload: dict[str, JsonValue] = {
                    "users": [str(row["id"]) for row in users if row["org_id"] == org_id],
                    "conversations": [*keys],
                }
                await enqueue(connection, org_id, FORGET_PERSON, payload, delay=_AGAIN_AFTER)
        forgotten = Forgotten(turns, len(overheard), len(ratings), len(searches))
        return Removal(forgotten, conversations)

    async def empty_turns(self, org_id: UUID, user_ids: Sequence[UUID]) -> None:
        """Empty turns of people forgotten that came in beside the forgetting: a retry, say."""
        async with self._database.queue() as connection:
            for user_id in user_ids:
                await _empty_turns(connection, org_id, user_id)


async def _empty_turns(connection: Connection, org_id: UUID, user_id: UUID) -> int:
    """End a user's open turns and empty them all; how many were not empty yet."""
    await connection.execute(_WITHDRAW, org_id, user_id)
    return len(await connection.fetch(_EMPTY, org_id, user_id))


def _to_person(row: Record) -> Person:
    return Person(
        name=row["name"],
        first_seen=row["first_seen_at"],
        last_seen=row["last_seen_at"],
        turns=row["turns"],
        questions=tuple(row["questions"]),
        overheard=row["overheard"],
        ratings=row["ratings"],
        searches=row["searches"],
    )
