"""What time takes: facts that fade, and what a channel keeps for some days only."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from db.memory_tending import TEND_MEMORY, TendingRows
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from memory.tending import Tending
from tests.db.sql import execute, fetch
from tests.memory.conftest import ASHA, private
from tests.memory.whole_house import House, house
from tests.traces import traces
from tests.turns.conftest import start_node

__all__ = ["house", "start_node"]  # fixtures


@pytest.fixture
def tending(house: House, database: Database) -> Tending:
    return Tending(TendingRows(database), house.working)


async def run(tending: Tending) -> None:
    await tending.job(DEFAULT_ORG_ID, {})


async def test_a_fact_that_nobody_says_any_more_fades_and_goes(
    house: House, tending: Tending, database_url: str
) -> None:
    await house.say(private(ASHA, "This channel casts in Pune."))
    (fresh,) = await house.recalled(private(ASHA, "Dancers?"))
    await execute(database_url, "UPDATE facts SET last_said_at = now() - interval '180 days'")
    (faded,) = await house.recalled(private(ASHA, "Singers?"))
    assert faded.confidence == pytest.approx(fresh.confidence / 2, rel=0.01)
    await run(tending)
    assert len((await house.do("show")).facts) == 1
    await execute(database_url, "UPDATE facts SET last_said_at = now() - interval '3 years'")
    await run(tending)
    assert (await house.do("show")).facts == ()


async def test_what_was_said_again_fades_later(house: House, database_url: str) -> None:
    for _ in range(3):
        await house.say(private(ASHA, "This channel casts in Pune."))
    before = (await house.do("show")).facts[0].confidence
    await execute(database_url, "UPDATE facts SET last_said_at = now() - interval '180 days'")
    after = (await house.do("show")).facts[0].confidence
    assert after == pytest.approx(before * 0.5 ** (1 / 3), rel=0.01)


async def test_a_channel_keeps_what_it_keeps_and_no_longer(
    house: House, tending: Tending, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await house.node.turns.overhear([private(ASHA, "canary talk")])
    await house.say(private(ASHA, "Our budget for Night Bus is 30k a day.", "C2"))
    old = "sent_at = now() - interval '31 days'"
    await execute(database_url, f"UPDATE turns SET {old}; UPDATE overheard SET {old}")
    await house.say(private(ASHA, "This channel casts in Pune."))
    await house.do("keep 30 days", is_admin=True)
    await run(tending)
    assert await traces(database_url, redis) == []
    kept = await fetch(database_url, "SELECT text FROM turns WHERE text <> '' ORDER BY seq")
    assert [row["text"] for row in kept] == [
        "Our budget for Night Bus is 30k a day.",
        "This channel casts in Pune.",
    ]
    facts = {fact.value for fact in (await house.do("show")).facts}
    assert facts == {"30k a day", "Pune"}


async def test_the_job_leaves_the_next_one(tending: Tending, database_url: str) -> None:
    await run(tending)
    await tending.begin()
    jobs = await fetch(database_url, "SELECT kind, run_at > now() AS later FROM jobs")
    assert [(row["kind"], row["later"]) for row in jobs] == [(TEND_MEMORY, True)]


async def test_how_long_a_channel_keeps_holds_at_once(
    house: House, tending: Tending, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, "Our budget for Canary Letters is 40k a day."))
    await execute(database_url, "UPDATE turns SET sent_at = now() - interval '3 days'")
    await tending.job(DEFAULT_ORG_ID, {})  # and again in an hour
    await house.do("keep 2 days", is_admin=True)
    job = await house.node.jobs.claim([TEND_MEMORY])
    assert job is not None
    await tending.job(job.org_id, job.payload)
    assert await traces(database_url, redis) == []


async def test_words_overheard_are_no_longer_kept_after_their_rows_have_gone(
    house: House, tending: Tending, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, "Hello"))
    await house.node.turns.overhear([private(ASHA, "Canary letters is on")])
    await house.say(private(ASHA, "Go on"))
    await execute(database_url, "DELETE FROM overheard")
    await execute(database_url, "UPDATE episodes SET said_at = now() - interval '3 days'")
    assert await traces(database_url, redis)
    await house.do("keep 2 days", is_admin=True)
    await run(tending)
    assert await traces(database_url, redis) == []
