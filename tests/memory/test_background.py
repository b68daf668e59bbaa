"""Memory's jobs under attack: killed at work, with much to do, and with what always fails."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Message, Place
from bot.distilling import Rules
from bot.facts import Draft
from bot.jobs import JobRunner
from db.episode_writes import REMEMBER_TURNS, EpisodeWrites
from db.facts import LEARN_FACTS, MOST_TRIES, FactRows
from db.forgetting import FORGET_PERSON
from db.memory_tending import TendingRows
from db.organisations import DEFAULT_ORG_ID
from db.people import PeopleRows
from db.pool import Database
from db.remembered import RememberedRows
from db.turn_history import TurnHistory
from memory import facts, remembering
from memory.breaker import Breaker
from memory.facts import Learning
from memory.people import People
from memory.remembering import Remembering
from memory.tending import Tending
from memory.working import WorkingMemory
from tests.conftest import ExpectedLogs
from tests.db.sql import execute, fetch
from tests.memory.canaries.planting import Hashed, HashedTokens
from tests.memory.conftest import ASHA, BEN, House, says
from tests.memory.jobs_at_work import runner
from tests.proxy import Proxy
from tests.traces import traces
from tests.turns.conftest import StartNode, start_node
from tests.waiting import wait_until

__all__ = ["start_node"]  # a fixture of the turns' tests


@pytest.fixture
async def house(start_node: StartNode, database: Database) -> House:
    node = await start_node(jobs_after=[REMEMBER_TURNS, LEARN_FACTS])
    return House(node, EpisodeWrites(database), HashedTokens())


async def texts(url: str, table: str, column: str) -> list[str]:
    return [row[0] for row in await fetch(url, f"SELECT {column} FROM {table} ORDER BY 1")]


class Poisoned(Rules):
    """Finds facts, but for one message over which it fails or never ends."""

    def __init__(self, how: Literal["fails", "hangs"]) -> None:
        self._how = how
        self.read: list[str] = []

    async def distil(self, message: Message, *, said_before: Sequence[str] = ()) -> Sequence[Draft]:
        self.read.append(message.text)
        if "poison" in message.text:
            if self._how == "hangs":
                await asyncio.Event().wait()
            raise ValueError("poison")
        return await super().distil(message, said_before=said_before)


async def test_a_message_that_always_fails_is_passed_over(
    house: House, database: Database, database_url: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    await house.turn(says(ASHA, "This channel casts in poison.", place=Place.PRIVATE))
    await house.turn(says(ASHA, "This channel casts in Pune.", place=Place.PRIVATE))
    await house.turn(says(BEN, "This channel casts in Goa.", channel="C2", place=Place.PRIVATE))
    distiller = Poisoned("fails")
    learning = Learning(FactRows(database), distiller, Hashed())
    running = asyncio.create_task(JobRunner(house.node.jobs, {LEARN_FACTS: learning.job}, 1).run())

    async def others_are_learned() -> bool:
        await house.turn(says(ASHA, "Well?", place=Place.PRIVATE))  # a job again, if one is dead
        return await texts(database_url, "facts", "value") == ["Goa", "Pune"]

    try:
        await wait_until(others_are_learned, seconds=20)
    finally:
        running.cancel()
        await asyncio.wait({running})
    assert distiller.read.count("This channel casts in poison.") == MOST_TRIES


async def test_a_message_that_ends_its_process_is_passed_over(
    house: House, database: Database, database_url: str
) -> None:
    turn = await house.turn(says(ASHA, "This channel casts in poison.", place=Place.PRIVATE))
    await house.turn(says(ASHA, "This channel casts in Pune.", place=Place.PRIVATE))
    distiller = Poisoned("hangs")
    learning = Learning(FactRows(database), distiller, Hashed())
    conversation = str(turn.message.conversation)
    for tries in range(1, MOST_TRIES + 1):
        dying = asyncio.create_task(learning.learn(DEFAULT_ORG_ID, conversation))

        async def is_read(tries: int = tries) -> bool:
            return len(distiller.read) == tries

        await wait_until(is_read)
        dying.cancel()
        await asyncio.wait({dying})
    await learning.learn(DEFAULT_ORG_ID, conversation)
    assert await texts(database_url, "facts", "value") == ["Pune"]


async def test_what_cannot_be_stored_is_passed_over_and_the_rest_remembered(
    house: House, database_url: str, expected_logs: ExpectedLogs
) -> None:
    await execute(
        database_url,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'poison'; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON episodes FOR EACH ROW"
        " WHEN (NEW.text LIKE '%poison%') EXECUTE FUNCTION refuse()",
    )
    expected_logs.expect("not_remembered")
    await house.node.turns.overhear([says(BEN, "poison aside"), says(BEN, "an aside")])
    for text in ("One?", "poison?", "Three?"):
        await house.turn(says(ASHA, text), "Noted.")
    await house.run_jobs()
    kept = await texts(database_url, "episodes", "text")
    assert kept == ["Noted.", "Noted.", "One?", "Three?", "an aside"]
    waiting = await fetch(database_url, "SELECT FROM jobs WHERE kind = 'remember_turns'")
    assert waiting == []


async def test_a_conversation_with_much_to_do_lets_others_have_their_turn(
    house: House, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "_AT_ONCE", 5)
    monkeypatch.setattr(remembering, "_ROUNDS", 1)
    for number in range(12):
        await house.turn(says(ASHA, f"Who of them rides, case {number}?"))
    await house.turn(says(BEN, "This channel casts in Goa.", channel="C2", place=Place.PRIVATE))
    await house.node.turns.overhear([says(BEN, f"aside {n}") for n in range(150)])
    await house.turn(says(ASHA, "This channel casts in Pune.", place=Place.PRIVATE))
    learning = Learning(FactRows(database), Rules(), Hashed())
    remember = Remembering(house.episodes, house.embedder)
    handlers = {LEARN_FACTS: learning.job, REMEMBER_TURNS: remember.remember}
    order = []
    while job := await house.node.jobs.claim([*handlers]):
        await handlers[job.kind](job.org_id, job.payload)
        await house.node.jobs.done(job)
        order.append((job.kind, str(job.payload["conversation"]).split("/")[2]))
    for kind in (LEARN_FACTS, REMEMBER_TURNS):
        turns = [where for one, where in order if one == kind]
        assert turns[:2] == ["C1", "C2"], "the second was not kept waiting by the first"
        assert turns.count("C1") >= 3
    assert await texts(database_url, "facts", "value") == ["Goa", "Pune"]
    assert len(await texts(database_url, "episodes", "text")) == 2 * 14 + 150


async def test_ten_thousand_turns_that_wait_are_worked_off(
    house: House, database: Database, database_url: str
) -> None:
    first = await house.turn(says(ASHA, "Dancers?"))
    columns = (
        "org_id, platform, workspace, channel, thread, conversation, place, access, user_id,"
        " author_external_id, author_name, sent_at, status, reply"
    )
    await execute(
        database_url,
        f"INSERT INTO turns ({columns}, message_id, text) SELECT {columns}, 'many' || n,"
        " 'Who rides, case ' || n FROM turns, generate_series(1, 10000) n",
    )
    handler = Remembering(house.episodes, house.embedder)
    conversation = str(first.message.conversation)
    started = asyncio.get_running_loop().time()
    jobs = 0
    while job := await house.node.jobs.claim([REMEMBER_TURNS]):
        await handler.remember(job.org_id, job.payload)
        await house.node.jobs.done(job)
        jobs += 1
    assert jobs >= 10_000 / (20 * 100)
    assert asyncio.get_running_loop().time() - started < 120
    (row,) = await fetch(
        database_url,
        f"SELECT count(*), count(DISTINCT seq) FROM episodes WHERE conversation = '{conversation}'",
    )
    assert tuple(row) == (2 * 10_001, 10_001)


async def test_another_models_vectors_are_made_anew_without_a_new_message(
    house: House, database: Database, database_url: str
) -> None:
    await house.turn(says(ASHA, "This channel casts in Pune.", place=Place.PRIVATE))
    learning = Learning(FactRows(database), Rules(), Hashed())
    await learning.learn(DEFAULT_ORG_ID, "web/W1/C1/")
    await house.run_jobs()

    class Other(HashedTokens):
        name = "another"

    class OtherWords(Hashed):
        name = "another still"

    house.embedder = Other()
    await Remembering(house.episodes, house.embedder).begin()
    await house.run_jobs()
    await Learning(FactRows(database), Rules(), OtherWords()).embed(DEFAULT_ORG_ID)
    rows = await fetch(
        database_url, "SELECT embedder FROM episodes UNION ALL SELECT embedder FROM facts"
    )
    assert [row["embedder"] for row in rows] == ["another", "another", "another still"]


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(unquote(urlsplit(redis_url).path)) as proxy:
        yield proxy


async def test_what_a_channel_keeps_no_longer_leaves_a_redis_that_was_away(  # noqa: PLR0917 - fixtures
    house: House,
    database: Database,
    database_url: str,
    redis: Redis,
    proxy: Proxy,
    expected_logs: ExpectedLogs,
) -> None:
    now = [0.0]
    async with Redis(host="127.0.0.1", port=proxy.port) as far:
        breaker = Breaker(timeout=0.5, clock=lambda: now[0])
        working = WorkingMemory(far, TurnHistory(database), breaker)
        asked = says(ASHA, "Dancers for Canary Letters?", place=Place.PRIVATE)
        turn = await house.turn(asked)
        await house.turn(says(BEN, "Singers?", place=Place.PRIVATE))
        await house.node.turns.accept(says(BEN, "Mimes?", place=Place.PRIVATE))
        (open_turn,) = await house.node.turns.claim(["web"], at_most=1)
        assert len((await working.recall(open_turn)).history) == 2
        await RememberedRows(database).keep_channel(
            asked.conversation, 30, default_access=Access.TEAM
        )
        await execute(
            database_url,
            f"UPDATE turns SET sent_at = now() - interval '31 days' WHERE id = '{turn.id}'",
        )
        proxy.become("cut")
        expected_logs.expect("redis_away")
        await Tending(TendingRows(database), working).job(DEFAULT_ORG_ID, {})
        assert await traces(database_url, redis) != [], "Redis still has it"
        proxy.become("open")
        now[0] += 60
        people = People(PeopleRows(database), working)
        await execute(database_url, "UPDATE jobs SET run_at = now() WHERE kind = 'forget_person'")
        while job := await house.node.jobs.claim([FORGET_PERSON]):
            await people.forget_again(job.org_id, job.payload)
            await house.node.jobs.done(job)
    assert await traces(database_url, redis) == []


@pytest.mark.no_cover
async def test_killed_at_work_nothing_is_lost_or_done_twice(
    house: House, database_url: str
) -> None:
    pick = random.Random(7)
    channels = [f"C{n}" for n in range(12)]
    for number in range(96):
        channel = channels[number % 12]
        text = f"The budget for Project {chr(65 + number % 26)}{number} is {number + 10}k a day."
        await house.turn(says(ASHA, text, channel=channel, place=Place.PRIVATE), f"Noted {number}.")
    for _ in range(5):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.memory.jobs_at_work",
            database_url,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"at work\n"
        asyncio.get_running_loop().call_later(pick.uniform(0.02, 0.4), process.kill)
        await process.wait()
    running = asyncio.create_task(runner(house.node.jobs, house.node.process.database).run())

    async def all_is_done() -> bool:
        waiting = await fetch(database_url, "SELECT FROM jobs WHERE status <> 'dead'")
        return not waiting

    try:
        await wait_until(all_is_done, seconds=60)
    finally:
        running.cancel()
        await asyncio.wait({running})
    spoken = await texts(database_url, "episodes", "speaker")
    assert (spoken.count("person"), spoken.count("bot")) == (96, 96)
    assert len(await texts(database_url, "facts", "statement")) == 96
    missing = "SELECT FROM episodes WHERE embedding IS NULL"
    assert await fetch(database_url, missing) == []
    assert await fetch(database_url, "SELECT FROM jobs") == [], "none is dead"
