"""The secrets in their places, and what the product's acts and jobs make of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import numpy as np
from redis.asyncio import Redis

from bot.conversation import Access, Author, Message, Place
from bot.distilling import Rules
from bot.memory_acts import Asker, MemoryActs
from bot.ports import Vector
from bot.talent import TalentQuery
from db.episode_writes import EpisodeWrites
from db.facts import FactRows
from db.memory_export import Exports
from db.organisations import DEFAULT_ORG_ID
from db.overheard import keep_all
from db.people import PeopleRows
from db.pool import Database
from db.remembered import RememberedRows
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.summaries import SummaryKey, SummaryRows
from db.turn_history import TurnHistory
from memory.breaker import Breaker
from memory.facts import Learning
from memory.people import People
from memory.remembered import Memories
from memory.remembering import Remembering
from memory.summary import summarised
from memory.token_embedder import Meaning, TokenEmbedder
from memory.working import WorkingMemory
from tests.memory.canaries.world import OTHER_ORG, WORKSPACES, Kind, Room, Secret, Spot, World
from tests.talents.rosters import store, talent, talent_id

if TYPE_CHECKING:
    Owner: TypeAlias = asyncpg.Connection[asyncpg.Record]

_BEGAN = datetime.now(UTC) - timedelta(hours=3)
_PUBLIC = ("profile", "photos", "credits")


class Hashed:
    """`bot.ports.Embedder` of nothing but each word's hash: quick, and near where words are."""

    name, dimensions, near = "hashed", 64, 0.5

    async def query(self, text: str) -> Vector:
        return (await self.passages([text]))[0]

    async def passages(self, texts: Sequence[str]) -> Sequence[Vector]:
        return [_hashed(text) for text in texts]


def _hashed(text: str) -> Vector:
    vector = np.full(64, 0.01, dtype=np.float32)
    for word in text.lower().split():
        vector[blake2b(word.encode(), digest_size=1).digest()[0] % 64] += 1
    unit: Vector = vector / np.linalg.norm(vector)
    return unit


class HashedTokens(TokenEmbedder):
    """The same of each word, without the model."""

    name = "hashed tokens"

    def __init__(self) -> None:
        """There is nothing to load."""

    async def meaning(self, text: str) -> Meaning:
        tokens = np.stack([_token(word) for word in text.lower().split() or [""]])
        vector = tokens.mean(axis=0)
        return Meaning(vector / np.linalg.norm(vector), tokens)

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        return [await self.meaning(text) for text in texts]


@cache
def _token(word: str) -> Vector:
    seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big")
    token = np.random.default_rng(seed).normal(size=384)
    unit: Vector = (token / np.linalg.norm(token)).astype(np.float32)
    return unit


@dataclass(frozen=True, slots=True)
class Planted:
    """What is known of the rows, as whoever asks may have come to know it."""

    turns: Mapping[str, UUID]
    """By conversation: a turn after all others."""
    newest: Mapping[tuple[str, UUID, Access], UUID]
    """The newest turn with a reply that such an audience may read, by conversation and
    organisation."""
    searches: Mapping[int, str] = field(default_factory=dict)
    """The ids of the saved ones, by secret."""
    facts: Mapping[int, UUID] = field(default_factory=dict)


def memory_acts(rows: Database, redis: Redis) -> MemoryActs:
    """What `/memory` does, as the composition root joins it."""
    working = WorkingMemory(redis, TurnHistory(rows), Breaker(timeout=10))
    memories = Memories(RememberedRows(rows), Exports(rows), working)
    return MemoryActs(memories, People(PeopleRows(rows), working))


def asker(spot: Spot) -> Asker:
    return Asker(spot.author, spot.key, spot.room.place, spot.room.workspace.access, is_admin=True)


async def plant(world: World, database: Database, url: str, redis: Redis) -> Planted:
    """All of it. `url` is the owner's."""
    owner = await asyncpg.connect(url)
    try:
        await owner.execute("INSERT INTO organisations VALUES ($1, 'Another')", OTHER_ORG)
        await owner.executemany(
            "INSERT INTO workspaces (org_id, platform, external_id, access)"
            " VALUES ($1, $2, $3, $4)",
            [(one.org_id, one.platform, one.name, one.access) for one in WORKSPACES],
        )
        users = await _users(owner, world)
        acts = memory_acts(database, redis)
        await _choose(world, acts)
        secrets = world.secrets
        late = len(secrets) * 3 // 4
        await _turns(owner, secrets[:late], users)
        await _asides(database, secrets)
        await _turns(owner, secrets[late:], users)
        planted = await _ends(owner, world, users)
        await _talents(database, world)
        await _list(database, world)
        searches = await _searches(database, secrets)
        await _learn(database, owner)
        await _summarise(database, owner)
        await _forget(acts, secrets)
        await _summarise(database, owner)  # of what is left
        facts = await owner.fetch("SELECT id, value FROM facts")
        numbers = {secret.amount: secret.number for secret in secrets}
        # The statements without conditions ask for the next author of all, and not of a scope.
        await owner.execute("CREATE INDEX hunted ON episodes (author_external_id)")
        await owner.execute("ANALYZE")
    finally:
        await owner.close()
    known = {numbers[int(row["value"].split()[0])]: row["id"] for row in facts}
    return Planted(planted.turns, planted.newest, searches, known)


async def _users(owner: Owner, world: World) -> Mapping[tuple[str, str, str], UUID]:
    users = {
        (at.platform, at.name, person.id): (at.org_id, uuid4())
        for at in WORKSPACES
        for person in world.people
    }
    await owner.executemany(
        "INSERT INTO users (org_id, id, platform, workspace, external_id, name)"
        " VALUES ($1, $2, $3, $4, $5, $5)",
        [(org_id, id_, *named) for named, (org_id, id_) in users.items()],
    )
    return {named: id_ for named, (_, id_) in users.items()}


async def _choose(world: World, acts: MemoryActs) -> None:
    """Who wants no memory says so everywhere, as do the admins of some channels."""
    for person in world.people:
        for workspace in WORKSPACES if not person.remembers else ():
            spot = Spot(person, Room(workspace, f"D{person.number}", Place.DM), "")
            await acts.do(asker(spot), "off")
    for room in world.rooms:
        if not room.remembers:
            await acts.do(asker(Spot(world.people[0], room, "")), "off channel")


async def _turns(
    owner: Owner, secrets: Sequence[Secret], users: Mapping[tuple[str, str, str], UUID]
) -> None:
    """What was said to us and answered."""
    said = [
        (secret, *_said(secret))
        for secret in secrets
        if secret.kind in (Kind.TOLD, Kind.REPLY, Kind.SEARCH)
    ]
    await owner.executemany(
        _TURN,
        [
            (*_where(secret.spot, users), secret.access, f"m{secret.number}", text, reply, query,
            _BEGAN + timedelta(seconds=secret.number), "done")
            for secret, text, reply, query in said
        ],
    )  # fmt: skip


_TURN = """
    INSERT INTO turns (org_id, platform, workspace, channel, thread, conversation, place, user_id,
        author_external_id, author_name, access, message_id, text, reply, query, sent_at,
        finished_at, status)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13,
        $14::jsonb, $15, $15, $16)"""


def _where(spot: Spot, users: Mapping[tuple[str, str, str], UUID]) -> tuple[object, ...]:
    key = spot.key
    user = users[key.platform, key.workspace, spot.person.id]
    return (
        spot.room.workspace.org_id, key.platform, key.workspace, key.channel, key.thread,
        str(key), spot.room.place, user, spot.person.id,
    )  # fmt: skip


def _said(secret: Secret) -> tuple[str, str, str | None]:
    """The message, the reply, and the search it rests on."""
    tells = f"{secret.title} is {secret.amount}"
    match secret.kind:
        case Kind.TOLD:
            return f"Our budget for {tells} a day.", f"Noted: {tells}.", None
        case Kind.REPLY:
            source = "said by Asha in this channel on 3 May 2026"
            return "What is it?", f"This is what I remember:\n\n- {tells} a day ({source})", None
    query = {"text": f"{secret.title} {secret.amount}"}
    return "Who would fit?", "Nobody yet.", json.dumps(query)


async def _asides(database: Database, secrets: Sequence[Secret]) -> None:
    asides = [secret for secret in secrets if secret.kind is Kind.ASIDE]
    messages = [
        Message(
            f"a{secret.number}",
            secret.spot.key,
            secret.spot.room.place,
            secret.spot.author,
            f"Don't tell: {secret.title} is {secret.amount}.",
            _BEGAN + timedelta(seconds=secret.number),
            access_at_most=Access.COMMUNITY if secret.spot.person.is_guest else None,
        )
        for secret in asides
    ]
    async with database.queue() as connection:
        for _, some in groupby(messages, key=lambda one: one.access_at_most):
            await keep_all(connection, list(some), if_part_of=False)


async def _ends(owner: Owner, world: World, users: Mapping[tuple[str, str, str], UUID]) -> Planted:
    """A turn at the end of each conversation, in which whoever asks there asks."""
    spots = {str(secret.spot.key): secret.spot for secret in world.secrets}
    for number, spot in enumerate(spots.values()):
        await owner.execute(
            _TURN, *_where(spot, users), Access.COMMUNITY, f"end{number}", "", "", None,
            datetime.now(UTC), "queued",
        )  # fmt: skip
    ends = await owner.fetch("SELECT conversation, id FROM turns WHERE status = 'queued'")
    rows = await owner.fetch(
        """SELECT DISTINCT ON (conversation, org_id, seen.access)
            conversation, org_id, seen.access, id
        FROM turns t CROSS JOIN (VALUES ('team'), ('community')) AS seen (access)
        WHERE t.reply <> '' AND seen.access IN ('team', t.access)
        ORDER BY conversation, org_id, seen.access, seq DESC"""
    )
    return Planted(
        {row["conversation"]: row["id"] for row in ends},
        {(row["conversation"], row["org_id"], Access(row["access"])): row["id"] for row in rows},
    )


async def _talents(database: Database, world: World) -> None:
    for org_id in (DEFAULT_ORG_ID, OTHER_ORG):
        roster = [
            talent(
                secret.number,
                f"Asha Rao{secret.number}",
                gender=("female", "male")[secret.number % 2],
                city=("Pune", "Mumbai", "Delhi")[secret.number % 3],
                skills=("Kathak",),
                bio="Dances well, on stage and before the camera.",
                representation=f"{secret.title} {secret.amount}",
            )
            for secret in world.talents_of(org_id)
        ]
        await store(database, org_id, roster, embedder=Hashed(), public=_PUBLIC)


async def _list(database: Database, world: World) -> None:
    """Somebody of that name puts a talent on the channel's list."""
    for secret in world.secrets:
        spot = secret.spot
        roster = world.talents_of(spot.room.workspace.org_id)
        if secret.kind is Kind.LISTER and roster:
            lister = Author(f"L{secret.number}", f"{secret.title} {secret.amount}")
            chosen = talent_id(roster[secret.number % len(roster)].number)
            await Shortlists(database).add(spot.audience, spot.key, chosen, lister)


async def _searches(database: Database, secrets: Sequence[Secret]) -> Mapping[int, str]:
    saved, ids = SavedSearches(database), {}
    for secret in secrets:
        if secret.kind is Kind.SEARCH:
            spot, query = secret.spot, TalentQuery(text=f"{secret.title} {secret.amount}")
            ids[secret.number] = await saved.save(spot.audience, spot.key, query, spot.author)
    return ids


async def _learn(database: Database, owner: Owner) -> None:
    """What the jobs after the turns would do."""
    remembering = Remembering(EpisodeWrites(database), HashedTokens())
    learning = Learning(FactRows(database), Rules(), Hashed())
    rows = await owner.fetch("SELECT DISTINCT org_id, conversation FROM turns ORDER BY 1, 2")
    for row in rows:
        await remembering.remember(row["org_id"], {"conversation": row["conversation"]})
        await learning.learn(row["org_id"], row["conversation"])
    while org_id := await owner.fetchval("SELECT org_id FROM episodes WHERE embedder = '' LIMIT 1"):
        await remembering.embed(org_id, {})  # some of them each time


async def _summarise(database: Database, owner: Owner) -> None:
    """Of long conversations, what was said before the newest turns, for either audience."""
    rows = await owner.fetch(
        """SELECT org_id, conversation, access, (array_agg(id ORDER BY seq DESC))[20] AS first
        FROM (SELECT t.org_id, t.conversation, seen.access, t.id, t.seq
            FROM turns t CROSS JOIN (VALUES ('team'), ('community')) AS seen (access)
            WHERE t.reply <> '' AND seen.access IN ('team', t.access)) told
        GROUP BY org_id, conversation, access HAVING count(*) > 40"""
    )
    summaries = SummaryRows(database)
    for row in rows:
        key = SummaryKey(row["org_id"], row["conversation"], Access(row["access"]))
        fold = await summaries.fold(key, row["first"], limit=200, longest=300)
        if fold is not None:
            await summaries.keep(key, fold, summarised(fold.told))


async def _forget(acts: MemoryActs, secrets: Sequence[Secret]) -> None:
    """Some are taken back by whoever told them; the receipt names nothing else."""
    for secret in secrets:
        if secret.is_forgotten:
            answer = await acts.do(asker(secret.spot), f"forget about {secret.title}")
            if not answer.text.startswith("Forgotten: "):
                raise AssertionError(f"{secret} was not there to be forgotten: {answer.text}")
