"""Somebody is forgotten while everything runs: replies that tell all they are given, and jobs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import JsonValue
from redis.asyncio import Redis

from bot.casting import Casting
from bot.conversation import Access, Author, ConversationKey, Message, Place, Recollection, Turn
from bot.distilling import Rules
from bot.jobs import JobRunner
from bot.memory_acts import Asker, MemoryActs
from bot.metrics import Metrics
from bot.ports import Doing, TextDelta
from bot.running import beside
from bot.tools import Toolbox
from bot.worker import Worker
from db.episode_search import EpisodeSearch
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import FactRows
from db.forgetting import FORGET_PERSON
from db.jobs import Jobs
from db.memory_export import Exports
from db.people import PeopleRows
from db.pool import Database
from db.process import Process
from db.remembered import RememberedRows
from db.talent_search import Talents
from db.turn_history import TurnHistory
from db.turns import Turns
from memory.breaker import Breaker
from memory.context import Context
from memory.facts import Facts, Learning
from memory.people import People
from memory.recall import Recall
from memory.remembered import Memories
from memory.remembering import Remembering
from memory.working import WorkingMemory
from tests.db.sql import execute, fetch
from tests.memory.canaries.planting import Hashed, HashedTokens
from tests.memory.drill import Quiet
from tests.traces import traces
from tests.turns.conftest import Node
from tests.waiting import wait_until

SINGER = Author("U9", "Kit")
OTHERS = [Author(f"U{n}", name) for n, name in enumerate(("Asha", "Ben", "Meera"))]
SAID = (
    "Our budget for Canary Letters is 40k a day.",
    "We never cast canary breeders.",
    "Call me Canary",
    "Who can whistle like a canary?",
)
ASKED = ("What do you remember?", "What is our budget?", "Who said what before?", "And who else?")


class Telltale:
    """A responder that tells everything it was given, slowly."""

    name = "telltale"

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        for text in (
            *(
                f"{past.author.name}: {past.said} {past.outcome.text}"
                for past in recollection.history
            ),
            *(f"{heard.author.name}: {heard.text}" for heard in recollection.overheard),
            *(fact.statement for fact in recollection.facts),
            *(f"{one.author.name}: {one.text}" for one in recollection.episodes),
            recollection.summary,
        ):
            yield TextDelta(f"{text[-300:]}\n")
            await asyncio.sleep(0.005)  # the reply is under way for a while
        yield TextDelta("That is all.")


@pytest.mark.parametrize(
    "case", [f"{way} {seed}" for way in ("all", "about", "deleted", "edited") for seed in (1, 2)]
)
async def test_nothing_is_left_whatever_was_under_way(
    database: Database, database_url: str, redis: Redis, case: str
) -> None:
    way, seed = case.split()
    chance = random.Random(seed)
    process = Process(database, lease_seconds=30)
    node = Node(process, Turns(process, jobs_after=[REMEMBER_TURNS]), Jobs(process))
    metrics, embedder = Metrics(), Hashed()
    working = WorkingMemory(redis, TurnHistory(database), Breaker(timeout=10))
    rows = FactRows(database)
    memory = Context(
        working, Facts(rows, embedder), Recall(EpisodeSearch(database), HashedTokens()), metrics
    )
    casting = Casting(Telltale(), Talents(database, embedder), memory, node.turns, metrics)
    people = People(PeopleRows(database), working)
    acts = MemoryActs(Memories(RememberedRows(database), Exports(database), working), people)
    remembering = Remembering(EpisodeWrites(database), HashedTokens())
    learning = Learning(rows, Rules(), embedder)

    async def remember(org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        await remembering.remember(org_id, payload)
        await learning.job(org_id, payload)

    jobs = JobRunner(
        node.jobs,
        {
            REMEMBER_TURNS: remember,
            EMBED_EPISODES: remembering.embed,
            FORGET_PERSON: people.forget_again,
        },
        2,
    )
    worker = Worker(node.turns, casting, [Quiet()], 8)
    numbers, sung = iter(range(10_000)), list[Message]()

    def message(author: Author, text: str) -> Message:
        place = chance.choice([Place.PUBLIC, Place.PUBLIC, Place.PRIVATE])
        channel = f"{place}{chance.randrange(2)}"
        key = ConversationKey("drill", "W1", channel)
        said = Message(f"m{next(numbers)}", key, place, author, text, datetime.now(UTC))
        if author is SINGER:
            sung.append(said)
        return said

    async def talk(author: Author, texts: tuple[str, ...], times: int) -> None:
        for _ in range(times):
            said = message(author, chance.choice(texts))
            if chance.random() < 0.3:
                await node.turns.overhear([said])
            else:
                await node.turns.accept(said)
            await asyncio.sleep(chance.random() * 0.04)  # somebody types

    async def is_told() -> bool:
        told = "reply ILIKE '%canary%' AND author_external_id <> 'U9'"
        return bool(await fetch(database_url, f"SELECT FROM turns WHERE {told}"))

    async def none_open() -> bool:
        return not await fetch(
            database_url, "SELECT FROM turns WHERE status IN ('queued', 'running')"
        )

    async def no_jobs() -> bool:
        await execute(database_url, "UPDATE jobs SET run_at = now() WHERE status = 'queued'")
        return not await fetch(database_url, "SELECT FROM jobs")

    here = ConversationKey("drill", "W1", "public0")
    asker = Asker(SINGER, here, Place.PUBLIC, Access.TEAM)
    async with process, beside(worker.run()), beside(jobs.run()):
        talking = [asyncio.create_task(talk(one, ASKED, 14)) for one in OTHERS]
        await talk(SINGER, SAID, 10)
        await wait_until(is_told)
        if way in ("all", "about"):
            words = "all" if way == "all" else "about canary"
            told = await acts.do(asker, f"forget really {words}")
            assert told.text.startswith("Forgotten")
        for said in sung if way in ("deleted", "edited") else ():
            if way == "deleted":
                await node.turns.withdraw("drill", "W1", said.id)
            else:
                await node.turns.amend(replace(said, text="Never mind"))
        await asyncio.gather(*talking)
        await wait_until(none_open, seconds=60)
        await wait_until(no_jobs, seconds=60)
    assert [one[:400] for one in await traces(database_url, redis)] == []
    assert len(await fetch(database_url, "SELECT FROM turns WHERE text <> ''")) > 20, "of others"
