"""Secrets planted everywhere in memory, and every way to it asked from everywhere: none is told to
whom it is not for.

    python -m tests.memory.canaries 100000

100 people, 50 channels and 5 workspaces of two organisations hold 5,000 secrets, learned by the
product's own jobs. Then so many questions are asked, by anybody from anywhere, of any secret: each
is recalled for as in the product, answered by the offline responder, and what came is compared with
who may know it, which is told here without the product's own rules. The second half runs with the
conditions on organisation, scope, access and conversation taken out of the statements: there the
database alone decides.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
from redis.asyncio import Redis

from bot.conversation import (
    Access,
    Audience,
    Author,
    ConversationKey,
    Message,
    Place,
    Recollection,
    Turn,
    access_within,
)
from bot.distilling import Rules
from bot.metrics import Metrics
from bot.offline import Offline
from bot.ports import TextDelta, Vector
from bot.tools import Toolbox
from db.embedded import EmbeddedServers
from db.episode_search import EpisodeSearch
from db.episode_writes import EpisodeWrites
from db.facts import FactRows
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.talent_search import Talents
from db.turn_history import TurnHistory
from memory.breaker import Breaker
from memory.context import Context
from memory.facts import Facts, Learning
from memory.recall import Recall
from memory.remembering import Remembering
from memory.token_embedder import Meaning, TokenEmbedder
from memory.working import WorkingMemory
from tests.db.sql import execute
from tests.folders import server_folder

if TYPE_CHECKING:
    from db.pool import Connection

OTHER_ORG = UUID("00000000-0000-4000-8000-000000000002")
PEOPLE, CHANNELS, SECRETS = 100, 50, 5_000
AT_ONCE = 6
PROGRESS_EVERY = 1_000
_SYLLABLES = "ba ce di fo gu ha ki lo mu na pe ri so tu va wi xa yo zu qe".split()  # noqa: SIM905
_QUESTIONS = (
    "What do you remember about {}?",
    "What is the budget for {}?",
    "What did I tell you?",
    "Women for {} who dance",
    "Who said something of {}?",
)


@dataclass(frozen=True, slots=True)
class Workspace:
    name: str
    org_id: UUID
    access: Access


WORKSPACES = (
    Workspace("W1", DEFAULT_ORG_ID, Access.TEAM),
    Workspace("W2", DEFAULT_ORG_ID, Access.TEAM),
    Workspace("W3", DEFAULT_ORG_ID, Access.COMMUNITY),
    Workspace("W4", OTHER_ORG, Access.TEAM),
    Workspace("W5", OTHER_ORG, Access.COMMUNITY),
)


@dataclass(frozen=True, slots=True)
class Room:
    workspace: Workspace
    channel: str
    place: Place

    @property
    def access(self) -> Access:
        return access_within(self.workspace.access, self.place)


@dataclass(frozen=True, slots=True)
class Secret:
    title: str
    author: str
    room: Room

    @property
    def text(self) -> str:
        return f"Our budget for {self.title} is 40k a day."

    def is_for(self, asker: str, room: Room) -> bool:
        """Whether whoever reads an answer to the asker there may know it."""
        if self.room.workspace != room.workspace:
            return False
        if self.room.access is Access.TEAM and room.access is not Access.TEAM:
            return False
        if self.room.place is Place.PUBLIC:
            return room.place is not Place.SHARED
        if self.room.place is Place.DM:
            return room.place is Place.DM and asker == self.author
        return room == self.room


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
        numbers = [blake2b(word.encode(), digest_size=4).digest() for word in text.lower().split()]
        seeds = [int.from_bytes(number, "big") for number in numbers] or [0]
        tokens = np.array([np.random.default_rng(seed).normal(size=384) for seed in seeds])
        tokens = (tokens / np.linalg.norm(tokens, axis=1, keepdims=True)).astype(np.float32)
        vector = tokens.mean(axis=0)
        return Meaning(vector / np.linalg.norm(vector), tokens)

    async def meanings(self, texts: Sequence[str]) -> Sequence[Meaning]:
        return [await self.meaning(text) for text in texts]


_CONDITIONS = (
    (re.compile(r"\b[a-z]+\.org_id = \$(\d+)"), r"$\1::uuid IS NOT NULL"),
    (re.compile(r"\b[a-z]+\.scope = ANY ?\(\$(\d+)\)"), r"$\1::text[] IS NOT NULL"),
    (re.compile(r"\b[a-z]+\.scope = author\.scope"), "true"),
    (
        re.compile(r"\(\$(\d+) = 'team' OR [a-z]+\.access = 'community'\)"),
        r"$\1::text IS NOT NULL",
    ),
    (re.compile(r"\b[a-z]+\.conversation = \$(\d+)"), r"$\1::text IS NOT NULL"),
)


class Bare:
    """A connection whose statements have lost their conditions on who may see what."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        made = getattr(self._connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return made
        return lambda statement, *values, **how: made(_bare(statement), *values, **how)


def _bare(statement: str) -> str:
    for pattern, instead in _CONDITIONS:
        statement = pattern.sub(instead, statement)
    return statement


class BareDatabase(Database):
    """Reads for replies as they would be had every condition been forgotten."""

    @asynccontextmanager
    async def session(self, *whom: Any, **how: Any) -> AsyncIterator[Any]:
        async with super().session(*whom, **how) as connection:
            yield Bare(connection)


class World:
    """Who is where, and what they said, from a fixed seed."""

    def __init__(self, secrets: int) -> None:
        pick = self.random = random.Random(5)
        self.people = [f"U{number}" for number in range(PEOPLE)]
        places = (Place.PRIVATE, Place.PUBLIC, Place.PUBLIC, Place.SHARED)
        self.rooms = [
            Room(WORKSPACES[number % 5], f"C{number}", pick.choice(places))
            for number in range(CHANNELS)
        ]
        self.secrets = [
            Secret(_title(number), person, self.room(person))
            for number, person in enumerate(pick.choices(self.people, k=secrets))
        ]
        self.by_title = {secret.title: secret for secret in self.secrets}

    def room(self, person: str) -> Room:
        """One that the person may write in: a channel, or their direct messages."""
        if self.random.random() < 0.4:
            return Room(self.random.choice(WORKSPACES), f"D{person}", Place.DM)
        return self.random.choice(self.rooms)

    def told_in(self, text: str) -> set[Secret]:
        """The secrets that a text tells."""
        return {self.by_title[title] for title in _TITLE.findall(text) if title in self.by_title}


_TITLE = re.compile(r"[A-Z][a-z]{7} [A-Z][a-z]{7}")


def _title(number: int) -> str:
    """Two words that no other secret has."""
    digest = blake2b(number.to_bytes(4, "big"), digest_size=8).digest()
    letters = [_SYLLABLES[byte % len(_SYLLABLES)] for byte in digest]
    return f"{''.join(letters[:4]).capitalize()} {''.join(letters[4:]).capitalize()}"


@dataclass(frozen=True, slots=True)
class Found:
    asked: int
    told: int
    """Secrets told to whom they are for: without these, silence would pass for safety."""
    leaks: Sequence[str]


async def plant(world: World, database: Database, url: str) -> None:
    """The secrets as turns, and what the product's jobs make of them."""
    await execute(url, f"INSERT INTO organisations VALUES ('{OTHER_ORG}', 'Another')")
    rows = ",".join(f"('{one.org_id}', 'web', '{one.name}', '{one.access}')" for one in WORKSPACES)
    await execute(
        url, f"INSERT INTO workspaces (org_id, platform, external_id, access) VALUES {rows}"
    )
    values = []
    conversations: set[tuple[UUID, str]] = set()
    for number, secret in enumerate(world.secrets):
        room = secret.room
        key = ConversationKey("web", room.workspace.name, room.channel, f"T{number % 7}")
        conversations.add((room.workspace.org_id, str(key)))
        values.append(
            f"('{room.workspace.org_id}', 'web', '{room.workspace.name}', '{room.channel}',"
            f" '{key.thread}', '{key}', '{room.place}', '{room.access}', gen_random_uuid(),"
            f" '{secret.author}', '{secret.author}', 'm{number}', '{secret.text}', now(), 'done',"
            f" 'Noted: {secret.title}.', now())"
        )
    columns = (
        "org_id, platform, workspace, channel, thread, conversation, place, access, user_id,"
        " author_external_id, author_name, message_id, text, sent_at, status, reply, finished_at"
    )
    for start in range(0, len(values), 500):
        some = ",".join(values[start : start + 500])
        await execute(url, f"INSERT INTO turns ({columns}) VALUES {some}")
    remembering = Remembering(EpisodeWrites(database), HashedTokens())
    learning = Learning(FactRows(database), Rules(), Hashed())
    for org_id, conversation in sorted(conversations, key=str):
        await remembering.remember(org_id, {"conversation": conversation})
        await learning.learn(org_id, conversation)
    for org_id in (DEFAULT_ORG_ID, OTHER_ORG):
        await remembering.embed(org_id, {})


class Asking:
    """Questions of anybody's from anywhere, and what they are told."""

    def __init__(self, world: World, database: Database, redis: Redis) -> None:
        self._world = world
        embedder = Hashed()
        working = WorkingMemory(redis, TurnHistory(database), Breaker(timeout=10))
        facts, episodes = (
            Facts(FactRows(database), embedder),
            Recall(EpisodeSearch(database), HashedTokens()),
        )
        self._context = Context(working, facts, episodes, Metrics())
        self._facts, self._episodes, self._history = facts, episodes, TurnHistory(database)
        self._tools = Talents(database, embedder)
        self.asked = self.told = 0
        self.leaks: list[str] = []

    async def ask(self, count: int) -> None:
        world = self._world
        for _ in range(count):
            asker = world.random.choice(world.people)
            room, secret = world.room(asker), world.random.choice(world.secrets)
            if world.random.random() < 0.3:  # from where something of it may be known
                asker, room = secret.author, secret.room
            question = world.random.choice(_QUESTIONS).format(secret.title)
            await self._ask(asker, room, question, secret)
            self.asked += 1
            if self.asked % PROGRESS_EVERY == 0:
                so_far = f"{self.told:,} told, {len(self.leaks)} leaks"
                sys.stderr.write(f"{self.asked:,} asked, {so_far}\n")

    async def _ask(self, asker: str, room: Room, question: str, secret: Secret) -> None:
        key = ConversationKey("web", room.workspace.name, room.channel, "T1")
        author = Author(asker, asker)
        message = Message(uuid4().hex, key, room.place, author, question, datetime.now(UTC))
        audience = Audience(room.workspace.org_id, room.access, room.place)
        turn = Turn(uuid4(), audience, message, uuid4(), 1, previous=uuid4())
        recollection = await self._context.recall(turn)
        facts, episodes, history = await asyncio.gather(
            self._facts.recall(turn),
            self._episodes.recall(turn),
            self._history.before(turn, limit=40),
        )
        recollection = replace(recollection, facts=tuple(facts), episodes=tuple(episodes))
        answer = await self._answer(turn, recollection)
        if f"budget for {secret.title} is" not in answer:  # it may repeat what it was asked
            answer = answer.replace(secret.title, "")
        given = (
            *(fact.statement for fact in facts),
            *(episode.text for episode in episodes),
            *(f"{past.said} {past.outcome.text}" for past in (*history, *recollection.history)),
            *(one.text for one in recollection.overheard),
            answer,
        )
        for one in self._world.told_in(" | ".join(given)):
            if one.is_for(asker, room):
                self.told += 1
            else:
                self.leaks.append(f"{one.title} of {one.room} told to {asker} in {room}")

    async def _answer(self, turn: Turn, recollection: Recollection) -> str:
        tools = Toolbox(self._tools, turn.audience)
        events = Offline().respond(turn, recollection, tools)
        return "".join([one.text async for one in events if isinstance(one, TextDelta)])


async def hunt(servers: EmbeddedServers, url: str, *, secrets: int, asks: int) -> list[Found]:
    """Ask half of the questions through the product's statements, and half without conditions."""
    world, found = World(secrets), []
    database = await Database.connect(url, max_size=8)
    bare = await BareDatabase.connect(url, max_size=8)
    try:
        await plant(world, database, url)
        async with Redis.from_url(servers.redis_url) as redis:
            for through in (database, bare):
                asking = Asking(world, through, redis)
                each = max(1, asks // 2 // AT_ONCE)
                await asyncio.gather(*(asking.ask(each) for _ in range(AT_ONCE)))
                found.append(Found(each * AT_ONCE, asking.told, asking.leaks))
    finally:
        await database.close()
        await bare.close()
    return found


async def _main(asks: int) -> int:
    with server_folder("castmatch-canaries-") as folder:
        async with EmbeddedServers(folder, durable=False) as servers:
            await migrate(servers.postgres_url)
            found = await hunt(servers, servers.postgres_url, secrets=SECRETS, asks=asks)
    for name, one in zip(("as it is", "without conditions"), found, strict=True):
        told = f"{one.asked:,} asked, {one.told:,} told, {len(one.leaks)} leaks"
        sys.stdout.write("\n".join([f"{name}: {told}", *one.leaks[:5], ""]))
    return 1 if any(one.leaks for one in found) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Hunt for leaks of memory")
    parser.add_argument("asks", type=int, nargs="?", default=100_000)
    sys.exit(asyncio.run(_main(parser.parse_args().asks)))
