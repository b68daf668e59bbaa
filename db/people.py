"""What our rows hold of a person: read for them, and removed at their word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from bot.conversation import ConversationKey
from bot.stores import Forgotten, Person
from db.forgetting import FORGET_PERSON, Emptied, empty, fence_of, make_sure, undisturbed
from db.jobs import enqueue

if TYPE_CHECKING:
    from asyncpg import Record
    from pydantic import JsonValue

    from db.pool import Connection, Database

_QUESTIONS = 5
AWAY_FOR = 15.0
"""Seconds between two tries to reach a Redis that is away."""

# Of words overheard the memory outlives the row, of which only the newest are kept.
_STILL_HEARD = """
    SELECT o.org_id, o.id, o.author_name AS name, o.sent_at
    FROM overheard o JOIN workspaces w ON w.org_id = o.org_id
    WHERE w.platform = $1 AND w.external_id = $2
        AND o.platform = $1 AND o.workspace = $2 AND o.author_external_id = $3 AND NOT o.withdrawn
    UNION
    SELECT e.org_id, e.turn_id, e.author_name, e.said_at
    FROM episodes e JOIN workspaces w ON w.org_id = e.org_id
    WHERE w.platform = $1 AND w.external_id = $2
        AND e.platform = $1 AND e.workspace = $2 AND e.author_external_id = $3
        AND e.speaker = 'overheard'"""

_KNOWN = f"""
    SELECT u.name, u.first_seen_at, u.last_seen_at,
        (SELECT count(*) FROM turns t
            WHERE t.org_id = u.org_id AND t.user_id = u.id AND t.status <> 'withdrawn') AS turns,
        ARRAY (SELECT t.text FROM turns t
            WHERE t.org_id = u.org_id AND t.user_id = u.id AND t.text <> '' AND t.retry_of IS NULL
            ORDER BY t.seq DESC LIMIT $4) AS questions,
        (SELECT count(DISTINCT o.id) FROM ({_STILL_HEARD}) o
            WHERE o.org_id = u.org_id) AS overheard,
        (SELECT count(*) FROM ratings r
            WHERE r.org_id = u.org_id AND r.user_id = u.id) AS ratings,
        (SELECT count(*) FROM saved_searches s
            WHERE s.org_id = u.org_id AND s.user_id = u.id AND s.expires_at > now()) AS searches,
        (SELECT count(*) FROM facts f
            WHERE f.org_id = u.org_id AND f.platform = $1 AND f.workspace = $2
            AND f.author_external_id = $3
            AND (f.valid_until IS NULL OR f.valid_until > now())) AS facts
    FROM users u JOIN workspaces w ON w.org_id = u.org_id
    WHERE w.platform = $1 AND w.external_id = $2
        AND u.platform = $1 AND u.workspace = $2 AND u.external_id = $3"""

# Of whom we only overheard something there is no user.
_OVERHEARD_ONLY = f"""
    SELECT max(o.name) AS name, min(o.sent_at) AS first_seen_at,
        max(o.sent_at) AS last_seen_at, 0 AS turns, '{{}}'::text[] AS questions,
        count(DISTINCT o.id) AS overheard, 0 AS ratings, 0 AS searches, 0 AS facts
    FROM ({_STILL_HEARD}) o HAVING count(*) > 0"""

_LATELY = """
    SELECT external_id FROM users
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND last_seen_at > now() - interval '7 days'
    GROUP BY external_id ORDER BY max(last_seen_at) DESC LIMIT $2"""

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

_UNNAME = """
    UPDATE turns SET author_external_id = '', author_name = ''
    WHERE org_id = $1 AND user_id = ANY ($2) AND author_external_id <> ''"""

_HEARD = """
    SELECT org_id, id, conversation FROM overheard
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3
    UNION
    SELECT org_id, turn_id, conversation FROM episodes
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3
        AND speaker = 'overheard'"""

_FACTS = """
    SELECT org_id, count(*) FROM facts
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3
    GROUP BY org_id"""

# The rows stay, so that a message that comes again is not kept again.
_UNHEARD = """
    WITH theirs AS (
        SELECT org_id, id, withdrawn FROM overheard
        WHERE org_id IN (SELECT id FROM organisations)
            AND platform = $1 AND workspace = $2 AND author_external_id = $3 FOR UPDATE)
    UPDATE overheard o SET text = '', author_external_id = '', author_name = '', withdrawn = true
    FROM theirs WHERE o.org_id = theirs.org_id AND o.id = theirs.id
    RETURNING o.org_id, o.id, theirs.withdrawn"""

# Ours to them too. A job that had read their words before commits first, or finds none.
_UNREMEMBER = """
    DELETE FROM episodes
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3"""

_UNLEARN = """
    DELETE FROM facts
    WHERE org_id IN (SELECT id FROM organisations)
        AND platform = $1 AND workspace = $2 AND author_external_id = $3"""

_TURNS = "SELECT id FROM turns WHERE org_id = $1 AND user_id = ANY ($2)"

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
        async with self._database.person(*named) as connection:
            row = await connection.fetchrow(_KNOWN, *named, _QUESTIONS)
            if row is None:
                row = await connection.fetchrow(_OVERHEARD_ONLY, *named)
        return None if row is None else _to_person(row)

    async def lately(self, platform: str, *, limit: int) -> Sequence[str]:
        """See `bot.stores.People.lately`."""
        async with self._database.queue() as connection:
            rows = await connection.fetch(_LATELY, platform, limit)
        return [row["external_id"] for row in rows]

    async def forget(self, platform: str, workspace: str, external_id: str) -> Removal:
        """Remove it all in one transaction, with a job for each organisation that makes sure."""
        return await undisturbed(partial(self._forget, platform, workspace, external_id))

    async def _forget(self, *named: str) -> Removal:
        platform, workspace, _ = named
        fence = fence_of(str(ConversationKey(platform, workspace, "")))
        async with self._database.queue(alone_on=[fence]) as connection:
            users = await connection.fetch(_USERS, *named)
            held = await _held(connection, named, users)
            turns = replies = 0
            for org_id, its in held.items():  # turns first, as the jobs lock them
                emptied = await _empty_of(
                    connection, org_id, its.users, sorted(its.heard), its.conversations
                )
                turns, replies = turns + emptied.turns, replies + emptied.replies
                its.conversations |= emptied.conversations
            await connection.execute(_UNLEARN, *named)
            unheard = await connection.fetch(_UNHEARD, *named)
            await connection.execute(_UNREMEMBER, *named)
            ratings = [row for user in users for row in await connection.fetch(_UNRATE, *user)]
            searches = [row for user in users for row in await connection.fetch(_UNSAVE, *user)]
            for user in users:
                await connection.execute(_UNKNOW, *user)
            for org_id, its in held.items():
                await make_sure(
                    connection,
                    org_id,
                    users=its.users,
                    heard=sorted(its.heard),
                    conversations=sorted(its.conversations),
                )
        withdrawn = sum(row["withdrawn"] for row in unheard)
        forgotten = Forgotten(
            turns=turns,
            overheard=sum(len(its.heard) for its in held.values()) - withdrawn,
            ratings=len(ratings),
            searches=len(searches),
            facts=sum(its.facts for its in held.values()),
            replies=replies,
        )
        conversations = {org_id: sorted(its.conversations) for org_id, its in held.items()}
        return Removal(forgotten, conversations)

    async def empty_again(
        self,
        org_id: UUID,
        *,
        users: Sequence[UUID],
        turns: Sequence[UUID],
        heard: Sequence[UUID],
        conversations: Sequence[str],
    ) -> Sequence[str]:
        """Empty what came in beside the forgetting: a retry, a reply that was under way. The
        conversations whose copies must go."""
        fences = {fence_of(conversation) for conversation in conversations}
        async with self._database.queue(alone_on=sorted(fences)) as connection:
            emptied = await empty(connection, org_id, turns, heard=heard)
            theirs = await _empty_of(connection, org_id, users)
        return sorted({*conversations, *emptied.conversations, *theirs.conversations})

    async def make_sure_later(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """Queue the job again, for a Redis that is still away."""
        async with self._database.queue() as connection:
            await enqueue(connection, org_id, FORGET_PERSON, payload, delay=AWAY_FOR)


@dataclass(slots=True)
class _Held:
    """What an organisation has of a person."""

    users: list[UUID] = field(default_factory=list)
    heard: set[UUID] = field(default_factory=set)
    conversations: set[str] = field(default_factory=set)
    facts: int = 0


async def _held(
    connection: Connection, named: Sequence[str], users: Sequence[Record]
) -> Mapping[UUID, _Held]:
    """By organisation. Nothing of it is locked."""
    held: dict[UUID, _Held] = {}
    for row in users:
        held.setdefault(row["org_id"], _Held()).users.append(row["id"])
    ids = [row["org_id"] for row in users], [row["id"] for row in users]
    for row in await connection.fetch(_CONVERSATIONS, *named, *ids):
        held.setdefault(row["org_id"], _Held()).conversations.add(row["conversation"])
    for row in await connection.fetch(_HEARD, *named):  # its memory outlives the row
        its = held.setdefault(row["org_id"], _Held())
        its.heard.add(row["id"])
        its.conversations.add(row["conversation"])
    for row in await connection.fetch(_FACTS, *named):
        held.setdefault(row["org_id"], _Held()).facts = row["count"]
    return held


async def _empty_of(
    connection: Connection,
    org_id: UUID,
    users: Sequence[UUID],
    heard: Sequence[UUID] = (),
    conversations: Iterable[str] = (),
) -> Emptied:
    """Empty all turns of these users, and leave their name nowhere."""
    turns = [row["id"] for row in await connection.fetch(_TURNS, org_id, users)]
    emptied = await empty(connection, org_id, turns, heard=heard, conversations=conversations)
    await connection.execute(_UNNAME, org_id, users)
    return emptied


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
        facts=row["facts"],
    )
