"""What is known of a person is shown to them, and goes when they say so: all of theirs, and nothing
of anybody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit
from uuid import UUID

import pytest
from redis.asyncio import Redis

from bot.conversation import Audience, Author, Message, Outcome, PastTurn, Turn, TurnStatus
from bot.metrics import Metrics
from bot.ports import ChangedTurnError
from bot.stores import Forgotten
from bot.talent import Talent, TalentQuery
from db.forgetting import FORGET_PERSON
from db.organisations import DEFAULT_ORG_ID
from db.people import PeopleRows
from db.pool import Database
from db.ratings import Ratings
from db.saved_searches import SavedSearches
from db.shortlists import Shortlists
from db.turn_history import TurnHistory
from db.users import seen_user
from memory.people import People
from memory.working import WorkingMemory
from tests.conftest import ExpectedLogs
from tests.db.sql import execute, fetch
from tests.proxy import Proxy
from tests.stores.conftest import BEN, CHANNEL
from tests.traces import traces
from tests.turns.conftest import Node, message, status_of
from tests.waiting import wait_until

CANARY = Author("U-canary", "Kit Canary")
NAMED = ("web", "W1", CANARY.external_id)


@dataclass(frozen=True)
class House:
    """What one process has that remembers people."""

    node: Node
    memory: WorkingMemory
    people: People

    async def claim(self, text: str, by: Author = CANARY, channel: str = "C1") -> Turn:
        await self.node.turns.accept(said(text, by, channel))
        (turn,) = await self.node.turns.claim(["web"], at_most=1)
        assert turn.message.text == text
        return turn

    async def end(self, turn: Turn, outcome: Outcome) -> None:
        await self.node.turns.finish(turn, outcome)
        await self.memory.remember(turn, outcome)

    async def say(self, text: str, by: Author = CANARY, channel: str = "C1") -> Turn:
        turn = await self.claim(text, by, channel)
        query = TalentQuery(text=text)
        await self.end(turn, Outcome(f"Reply to {text}", query=query, talent_ids=(text,)))
        return turn

    async def recalled(self) -> list[str]:
        turn = await self.claim("now", BEN)
        history = (await self.memory.recall(turn)).history
        await self.node.turns.finish(turn, Outcome("", TurnStatus.FAILED))
        return [past.said for past in history]


def said(text: str, by: Author = CANARY, channel: str = "C1") -> Message:
    return replace(message(text, conversation=channel), author=by)


@pytest.fixture
def house(node: Node, redis: Redis, database: Database) -> House:
    memory = WorkingMemory(redis, TurnHistory(database))
    return House(node, memory, People(PeopleRows(database), memory))


@pytest.fixture
async def past(
    house: House, team: Audience, roster: list[Talent], database: Database
) -> Sequence[UUID]:
    """The canary's traces wherever we keep anything; Ben's beside them. Ids of the turns."""
    turns = [
        await house.say("canary asks"),
        await house.say("canary in a dm", channel="D1"),
        await house.say("ben asks", BEN),
    ]
    failed = await house.claim("canary fails")
    await house.end(failed, Outcome("canary so far", TurnStatus.FAILED, error="canary's error"))
    await house.node.turns.overhear([said("canary talks"), said("ben talks", BEN)])
    ratings, searches = Ratings(database, Metrics()), SavedSearches(database)
    for who in (CANARY, BEN):
        await ratings.rate(turns[0].id, who, helpful=True)
        await searches.save(team, CHANNEL, TalentQuery(text=f"for {who.name}"), who)
    await Shortlists(database).add(team, CHANNEL, roster[0].id, CANARY, turn_id=turns[0].id)
    return [turn.id for turn in (*turns, failed)]


@pytest.mark.usefixtures("past")
async def test_a_person_learns_what_is_known_of_them(house: House) -> None:
    known = await house.people.known(*NAMED)
    assert known is not None
    assert known.name == "Kit Canary"
    assert known.questions == ("canary fails", "canary in a dm", "canary asks")
    assert (known.turns, known.overheard, known.ratings, known.searches) == (3, 1, 1, 1)
    assert known.first_seen < known.last_seen
    assert await house.people.known("web", "W2", CANARY.external_id) is None
    assert await house.people.known("slack", "W1", CANARY.external_id) is None


async def test_of_a_person_only_overheard_that_much_is_known(house: House) -> None:
    await house.say("ben asks", BEN)
    await house.node.turns.overhear([said("canary talks")])
    known = await house.people.known(*NAMED)
    assert known is not None
    assert (known.name, known.turns, known.overheard) == ("Kit Canary", 0, 1)
    assert (await house.people.forget(*NAMED)).overheard == 1
    assert await house.people.known(*NAMED) is None


async def test_forgetting_leaves_no_trace_and_takes_nothing_of_others(  # noqa: PLR0917 - fixtures
    house: House,
    past: Sequence[UUID],
    team: Audience,
    redis: Redis,
    database: Database,
    database_url: str,
) -> None:
    assert {line.split(":")[0] for line in await traces(database_url, redis)} >= {
        *("users", "turns", "overheard", "saved_searches", "castmatch")
    }
    assert await house.people.forget(*NAMED) == Forgotten(
        turns=3, overheard=1, ratings=1, searches=1
    )
    assert await traces(database_url, redis) == []
    assert await house.people.known(*NAMED) is None

    ben = await house.people.known("web", "W1", BEN.external_id)
    assert ben is not None
    assert (ben.turns, ben.overheard, ben.ratings, ben.searches) == (1, 1, 1, 1)
    assert await house.recalled() == ["ben asks"], "and no hole where the others were"
    (listed,) = await Shortlists(database).listed(team, CHANNEL)
    assert (listed.talent.name, listed.by) == ("Meera Invented", Author("", ""))
    (noted,) = await fetch(database_url, "SELECT turn_id FROM decisions")
    assert noted["turn_id"] == past[0]

    assert await house.people.forget(*NAMED) == Forgotten(0, 0, 0, 0)
    assert await house.node.turns.retry(past[-1]) is None, "there is nothing to try again"


async def test_what_comes_again_after_forgetting_is_still_known_as_a_repeat(house: House) -> None:
    asked, talked = said("canary asks"), said("canary talks")
    await house.node.turns.accept(asked)
    await house.node.turns.overhear([talked])
    await house.people.forget(*NAMED)
    assert await house.node.turns.accept(asked) is None
    await house.node.turns.overhear([talked])
    assert (await house.people.forget(*NAMED)).overheard == 0


async def test_whoever_writes_again_begins_anew(house: House) -> None:
    await house.say("canary asks")
    await house.people.forget(*NAMED)
    await house.say("hello again")
    known = await house.people.known(*NAMED)
    assert known is not None
    assert known.questions == ("hello again",)


async def test_open_turns_end_and_keep_nothing(
    house: House, redis: Redis, database_url: str
) -> None:
    running = await house.claim("canary waits for this")
    await house.node.turns.progress(running, ["p1"], "canary so far")
    queued = await house.node.turns.accept(said("canary waits"))
    other = await house.node.turns.accept(said("ben waits", BEN))
    async with house.node.turns.lease(running) as lease:
        ended = asyncio.create_task(lease.ended())
        assert (await house.people.forget(*NAMED)).turns == 2
        assert await ended == "withdrawn"
        with pytest.raises(ChangedTurnError):
            await house.node.turns.finish(running, Outcome("the canary's answer"))
        await house.node.turns.finish(running, Outcome("", TurnStatus.WITHDRAWN))
    assert await status_of(house.node, queued) == TurnStatus.WITHDRAWN
    assert await traces(database_url, redis) == []
    (next_turn,) = await house.node.turns.claim(["web"], at_most=9)
    assert next_turn.id == other


async def test_what_a_reader_held_on_to_does_not_come_back(
    house: House, redis: Redis, database: Database, database_url: str
) -> None:
    """Between reading the rows and keeping them in Redis a process may be slow."""
    read, go_on = asyncio.Event(), asyncio.Event()

    class Slow(TurnHistory):
        async def before(self, turn: Turn, *, limit: int) -> Sequence[PastTurn]:
            past = await super().before(turn, limit=limit)
            read.set()
            await go_on.wait()
            return past

    await house.say("canary asks")
    await house.say("ben asks", BEN)
    await redis.flushall()
    turn = await house.claim("and now?", BEN)
    slow = asyncio.create_task(WorkingMemory(redis, Slow(database)).recall(turn))
    await read.wait()
    last = await house.claim("canary ends", channel="C2")
    await house.node.turns.finish(last, Outcome("to the canary"))
    await house.people.forget(*NAMED)
    go_on.set()
    await slow
    await house.memory.remember(last, Outcome("to the canary"))
    assert await traces(database_url, redis) == []


_ANOTHER_TURN = """
    INSERT INTO turns (org_id, platform, workspace, channel, thread, conversation, place, access,
        user_id, author_external_id, author_name, message_id, text, sent_at, retry_of)
    SELECT org_id, platform, workspace, channel, thread, conversation, place, access, user_id,
        'U-canary', 'Kit Canary', message_id, 'canary again', sent_at, id FROM turns"""


async def job(house: House, database_url: str) -> None:
    """Run the job that makes sure, before its time."""
    await execute(database_url, "UPDATE jobs SET run_at = now()")
    (job,) = [await house.node.jobs.claim([FORGET_PERSON])]
    assert job is not None
    await house.people.forget_again(job.org_id, job.payload)
    await house.node.jobs.done(job)


async def test_a_retry_that_raced_with_it_is_emptied_by_the_job(
    house: House, redis: Redis, database_url: str
) -> None:
    failed = await house.claim("canary fails")
    await house.end(failed, Outcome("", TurnStatus.FAILED, error="It broke."))
    await house.people.forget(*NAMED)
    await execute(database_url, _ANOTHER_TURN)  # by a transaction that had read the failed one
    await job(house, database_url)
    assert await traces(database_url, redis) == []


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(unquote(urlsplit(redis_url).path)) as proxy:
        yield proxy


async def test_with_redis_away_the_rows_go_at_once_and_the_copies_by_the_job(  # noqa: PLR0917
    house: House,
    proxy: Proxy,
    redis: Redis,
    database: Database,
    database_url: str,
    expected_logs: ExpectedLogs,
) -> None:
    await house.say("canary asks")
    async with Redis(host="127.0.0.1", port=proxy.port) as far:
        proxy.become("hang")
        expected_logs.expect("redis_away")
        memory = WorkingMemory(far, TurnHistory(database))
        await People(PeopleRows(database), memory).forget(*NAMED)
        proxy.become("open")
    (left,) = await traces(database_url, redis)
    assert left.startswith("castmatch:")
    await job(house, database_url)
    assert await traces(database_url, redis) == []


async def test_a_message_that_comes_beside_it_goes_too(
    house: House, redis: Redis, database: Database, database_url: str
) -> None:
    await house.say("canary asks")
    async with database.queue() as connection:
        await seen_user(connection, DEFAULT_ORG_ID, *NAMED[:2], CANARY)  # as `accept` begins
        forgetting = asyncio.create_task(house.people.forget(*NAMED))
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
        await wait_until(lambda: connection.fetchrow(waiting))
        await connection.execute(_ANOTHER_TURN)
    await forgetting
    assert await traces(database_url, redis) == []
