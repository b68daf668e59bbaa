"""Who reads a summary, what it costs, and what it outlives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from bot.conversation import Access
from bot.distilling import Rules
from bot.jobs import JobRunner
from bot.spending import WORKSPACE_LIMIT
from db.episode_writes import EMBED_EPISODES, REMEMBER_TURNS, EpisodeWrites
from db.facts import FactRows
from db.forgetting import FORGET_PERSON
from db.jobs import Jobs
from db.pool import Database
from db.process import Process
from db.spending import Spending
from db.summaries import SUMMARISE_TURNS
from db.workspaces import WorkspaceSettings
from memory import folding, keys, working
from memory.embedder import LocalEmbedder
from memory.facts import Learning
from memory.remembering import Remembering
from memory.token_embedder import TokenEmbedder
from tests.db.sql import execute, fetch
from tests.fakes.claude import ClaudeServer, Reply
from tests.memory.conftest import ASHA
from tests.memory.summaries.conftest import NOTES, House, rows
from tests.turns.conftest import LEASE, work_off
from tests.waiting import wait_until


async def test_it_is_read_by_its_conversation_and_audience_alone(
    house: House, server: ClaudeServer, database: Database
) -> None:
    turn = await house.say_all(5)
    server.reply(NOTES)
    await house.fold()
    org_id, here = turn.audience.org_id, str(turn.message.conversation)
    found = []
    for access, conversation in (
        (Access.TEAM, here),
        (Access.COMMUNITY, here),
        (Access.TEAM, here + "2"),
        (Access.TEAM, ""),
    ):
        async with database.session(org_id, access, conversation=conversation) as connection:
            found.append(len(await connection.fetch("SELECT FROM summaries")))
    assert found == [1, 0, 0, 0]
    async with database.session(turn.id, Access.TEAM, conversation=here) as connection:
        assert await connection.fetch("SELECT FROM summaries") == []


async def test_a_guest_who_may_see_less_is_told_less(
    house: House, server: ClaudeServer, redis: Redis
) -> None:
    team = await house.say_all(5)
    server.reply("3 May, Asha: the day rate is 40k.")
    await house.fold()
    guest = replace(team, audience=replace(team.audience, access=Access.COMMUNITY))
    recalled = await house.working.recall(guest)
    assert (recalled.history, recalled.summary) == ((), "")
    here = str(team.message.conversation)
    key = keys.summary(team.audience.org_id, here, Access.COMMUNITY)
    assert not await redis.exists(key)


async def test_it_counts_in_the_workspaces_day_and_never_passes_it(
    house: House, server: ClaudeServer, database: Database, database_url: str
) -> None:
    turn = await house.say_all(5)
    settings = WorkspaceSettings(database)
    await settings.write("web", "W1", {WORKSPACE_LIMIT: 3}, default_access=Access.TEAM)
    spending = Spending(database)
    asked = [spending.reserve_beside(turn.audience.org_id, "web", "W1", 1) for _ in range(9)]
    assert sorted(await asyncio.gather(*asked)) == [False] * 6 + [True] * 3
    assert await house.fold() == 1
    assert server.requests == []
    assert house.ended("no_budget") == 1
    assert "Question 0 → Name 0" in await house.summary()
    (mine, everybodys) = await spending.today("web", "W1", ASHA.external_id)
    assert (mine.spent, everybodys.spent) == (0, 3)
    await settings.write("web", "W1", {WORKSPACE_LIMIT: 0}, default_access=Access.TEAM)
    assert not await Spending(database).reserve_beside(turn.audience.org_id, "web", "W1", 1)
    await execute(database_url, "UPDATE workspaces SET settings = '{}'")
    assert await spending.reserve_beside(turn.audience.org_id, "web", "W1", 1), "no limit"


async def test_a_worker_that_dies_in_the_middle_leaves_it_to_another(
    house: House, server: ClaudeServer, database: Database, database_url: str
) -> None:
    await house.say_all(5)
    server.reply(NOTES, cut="stall")
    process = Process(database, lease_seconds=LEASE)
    jobs = Jobs(process)
    async with process:
        job = await jobs.claim([SUMMARISE_TURNS])
        assert job is not None
        dying = asyncio.create_task(house.folding.job(job.org_id, job.payload))

        async def is_asked() -> bool:
            return len(server.requests) == 1

        await wait_until(is_asked)
        dying.cancel()
    server.reply(NOTES)
    running = asyncio.create_task(
        JobRunner(house.node.jobs, {SUMMARISE_TURNS: house.folding.job}, 1).run()
    )

    async def is_kept() -> bool:
        return await rows(database_url) == [NOTES]

    try:
        await wait_until(is_kept, seconds=20)
    finally:
        running.cancel()
        await asyncio.wait({running})


async def test_who_dies_between_the_row_and_redis_leaves_that_to_another(
    house: House, server: ClaudeServer, redis: Redis
) -> None:
    turn = await house.say_all(5)
    org_id, here = turn.audience.org_id, str(turn.message.conversation)
    key = keys.summary(org_id, here, Access.TEAM)
    own_words = await redis.get(key)
    assert own_words is not None
    server.reply(NOTES)
    await house.fold()
    await redis.set(key, own_words, ex=60)
    begins = (await house.working.begins_with(org_id, here))[Access.TEAM]
    due = folding.Due(conversation=here, access=Access.TEAM, begins_with=begins)
    await house.folding.job(org_id, due.model_dump(mode="json"))
    assert await house.summary() == NOTES
    assert len(server.requests) == 1


async def test_a_reply_waits_for_no_summary(house: House, server: ClaudeServer) -> None:
    await house.say_all(5)
    server.answer_with(lambda request: Reply(NOTES, cut="stall"))
    writing = asyncio.create_task(house.fold())
    for n in range(3):
        await house.say(f"Question {n}")
    assert "Question 0 → Name 0" in house.told[-1].summary
    assert not writing.done()
    await writing


async def test_what_it_says_is_never_learned(  # noqa: PLR0917 - fixtures
    house: House,
    server: ClaudeServer,
    database: Database,
    database_url: str,
    embedder: LocalEmbedder,
    token_embedder: TokenEmbedder,
) -> None:
    await house.say_all(5)
    server.reply("3 May, Asha: our budget for Canary Letters is 40k a day.")
    await house.fold()
    told = await house.summary()
    await house.say(f"> {told}\nWho is free?", reply=told)
    remembering = Remembering(EpisodeWrites(database), token_embedder)
    learning = Learning(FactRows(database), Rules(), embedder)
    handlers = {
        REMEMBER_TURNS: [remembering.remember, learning.job],
        EMBED_EPISODES: [remembering.embed],
        FORGET_PERSON: [house.people.forget_again],
    }
    await work_off(house.node, handlers)
    assert await fetch(database_url, "SELECT FROM facts") == []


async def test_the_window_moves_seldom_whatever_redis_loses(
    house: House, server: ClaudeServer, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MAX_TURNS", 20)
    server.answer_with(lambda request: Reply(NOTES))
    for n in range(80):
        await house.say(f"Question {n}")
        await house.fold()
        if n % 3 == 0:
            await redis.flushall()
    starts: Sequence[object] = [told.history[0].turn_id for told in house.told if told.history]
    assert sum(one != other for one, other in pairwise(starts)) <= 60 / 5, "of 5 to 10 turns each"
