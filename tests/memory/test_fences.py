"""What is forgotten stays forgotten, whatever is under way meanwhile: replies, jobs, other people's
answers, edits and deletions on the platform, a Redis that is away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from redis.asyncio import Redis

from bot.conversation import (
    Author,
    Message,
    Outcome,
    PastTurn,
    Place,
    Recollection,
    TurnStatus,
)
from bot.ports import ChangedTurnError
from bot.provenance import drawn_on
from bot.talent import TalentQuery
from db.forgetting import FORGET_PERSON, fence_of
from db.pool import Database
from db.taken_back import ANSWERED_BEFORE
from memory.breaker import RedisAwayError
from tests.db.sql import execute, fetch
from tests.memory.conftest import ASHA, BEN, private, says
from tests.memory.whole_house import House, house
from tests.traces import traces
from tests.turns.conftest import claim, start_node

__all__ = ["house", "start_node"]  # fixtures

TOLD = "Our budget for Canary Letters is 40k a day."


async def test_a_reply_that_drew_on_what_was_forgotten_meanwhile_is_not_stored(
    house: House, redis: Redis, database_url: str
) -> None:
    said = await house.say(private(ASHA, TOLD))
    await house.node.turns.accept(private(BEN, "What is our budget?", "C2"))
    turn = await claim(house.node)
    await house.do("forget about canary letters")
    outcome = Outcome("40k for Canary Letters", drew_on=(said.id,))
    async with house.node.turns.lease(turn) as lease:
        with pytest.raises(ChangedTurnError):
            await house.node.turns.finish(turn, outcome)
        assert lease.over == "amended"
        await house.node.turns.release(turn)
    assert await traces(database_url, redis) == []
    again = await claim(house.node)
    assert again.id == turn.id, "it is answered anew"
    await house.node.turns.finish(again, Outcome("I know of none."))


async def test_a_reply_under_way_that_was_given_it_is_begun_anew_at_once(
    house: House, redis: Redis, database_url: str
) -> None:
    said = await house.say(private(ASHA, TOLD))
    await house.node.turns.accept(private(BEN, "What is our budget?", "C2"))
    turn = await claim(house.node)
    await house.node.turns.progress(turn, ["p1"], "40k for Canary Le", given=[said.id])
    async with house.node.turns.lease(turn) as lease:
        await house.do("forget about canary letters")
        assert await lease.ended() == "amended"
        assert await traces(database_url, redis) == []
        await house.node.turns.progress(turn, ["p1"], "40k for Canary Letters", given=[said.id])
        assert await traces(database_url, redis) == [], "nor is a late note kept"
        await house.node.turns.release(turn)
    again = await claim(house.node)
    assert (again.message_ids, again.shown) == (("p1",), "")


async def test_a_reply_under_way_in_the_same_conversation_is_begun_anew(house: House) -> None:
    await house.say(private(ASHA, TOLD))
    await house.node.turns.accept(private(BEN, "And who dances?"))
    turn = await claim(house.node)
    async with house.node.turns.lease(turn) as lease:
        await house.do("forget really all")
        assert await lease.ended() == "amended"


@pytest.mark.parametrize("way", ["stopped", "dead"])
async def test_what_was_shown_of_a_reply_that_nobody_ended_is_found(
    house: House, redis: Redis, database_url: str, way: str
) -> None:
    said = await house.say(private(ASHA, TOLD))
    await house.node.turns.accept(private(BEN, "What is our budget?", "C2"))
    turn = await claim(house.node)
    await house.node.turns.progress(turn, ["p1"], "40k for Canary Letters", given=[said.id])
    if way == "stopped":
        await house.node.turns.stop(turn.id)
        await house.node.turns.release(turn)
    else:
        given_up = Outcome("40k for Canary Letters", TurnStatus.DEAD)
        await house.node.turns.finish(turn, given_up)
    ((reply,),) = await fetch(database_url, f"SELECT reply FROM turns WHERE id = '{turn.id}'")
    assert reply == "40k for Canary Letters"
    told = await house.do("forget about canary letters")
    assert "1 reply that drew on it" in told.text
    assert await traces(database_url, redis) == []


async def test_replies_that_end_while_it_is_forgotten_leave_no_trace(
    house: House, redis: Redis, database_url: str
) -> None:
    for nth in range(25):
        said = await house.say(private(ASHA, TOLD, f"A{nth}"))
        await house.node.turns.accept(private(BEN, "What is our budget?", f"B{nth}"))
        turn = await claim(house.node)
        outcome = Outcome("40k for Canary Letters", drew_on=(said.id,))

        async def finish(turn: object = turn, outcome: Outcome = outcome) -> None:
            try:
                await house.node.turns.finish(turn, outcome)  # type: ignore[arg-type] # a turn
            except ChangedTurnError:
                return
            await house.working.remember(turn, outcome)  # type: ignore[arg-type] # as above

        forgetting = house.do("forget about canary letters")
        first, second = (finish(), forgetting) if nth % 2 else (forgetting, finish())
        await asyncio.gather(first, second)
        assert await traces(database_url, redis) == []
        await execute(database_url, "UPDATE turns SET status = 'done' WHERE status = 'running'")


async def test_a_forgetting_holds_up_only_replies_that_tell_of_memory(
    house: House, database: Database
) -> None:
    said = await house.say(private(ASHA, TOLD))
    await house.node.turns.accept(private(BEN, "What is our budget?", "C2"))
    await house.node.turns.accept(private(BEN, "Who dances?", "C3"))
    telling, other = await claim(house.node), await claim(house.node)
    async with database.queue(alone_on=[fence_of(str(telling.message.conversation))]):
        tells = Outcome("40k.", drew_on=(said.id,))
        waits = asyncio.create_task(house.node.turns.finish(telling, tells))
        await house.node.turns.finish(other, Outcome("Two dancers."))
        assert not waits.done()
    await waits


async def test_two_forgettings_at_once_wait_for_each_other(
    house: House, redis: Redis, database_url: str
) -> None:
    canaries = [Author(f"U-canary-{nth}", f"Kit Canary {nth}") for nth in range(4)]
    turns = [await house.say(private(one, f"Canary {one.name}")) for one in canaries]
    each = ", ".join(f"'{turn.id}'" for turn in turns)
    await execute(database_url, f"UPDATE turns SET drew_on = ARRAY[{each}]::uuid[]")
    await asyncio.gather(*(house.do("forget really all", one) for one in canaries))
    await house.run_jobs()
    assert await traces(database_url, redis) == []


async def test_words_that_only_the_search_has_are_found(
    house: House, redis: Redis, database_url: str
) -> None:
    query = TalentQuery(text="dancers for canary letters")
    await house.say(private(ASHA, "And older ones?"), "Three found.", query=query)
    await house.do("forget about canary letters")
    assert await traces(database_url, redis) == []


async def test_words_overheard_are_found_after_their_rows_have_gone(
    house: House, redis: Redis, database_url: str
) -> None:
    await house.say(says(ASHA, "Hello"))
    await house.node.turns.overhear([says(ASHA, "Ben, canary letters is on")])
    await house.say(says(BEN, "Hello too"))
    await house.node.turns.overhear([says(BEN, f"Aside {nth}") for nth in range(210)])
    assert await fetch(database_url, "SELECT FROM overheard WHERE text LIKE '%canary%'") == []
    assert await traces(database_url, redis)
    told = await house.do("forget about canary letters")
    assert "1 message to others" in told.text
    assert await traces(database_url, redis) == []


async def test_what_was_told_of_words_overheard_goes_with_them(
    house: House, redis: Redis, database_url: str
) -> None:
    await house.say(says(BEN, "Hello"))
    await house.node.turns.overhear([says(ASHA, "Ben, canary letters is on")])
    ((heard,),) = await fetch(database_url, "SELECT id FROM overheard")
    await house.node.turns.accept(says(BEN, "What is on?", channel="C2"))
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("Canary Letters is on.", drew_on=(heard,)))
    await house.run_jobs()
    told = await house.do("forget about canary letters")
    assert "1 reply that drew on it" in told.text
    assert await traces(database_url, redis) == []


async def test_a_correction_by_another_goes_with_what_it_corrects(
    house: House, redis: Redis, database_url: str
) -> None:
    await house.say(private(ASHA, TOLD))
    await house.say(private(BEN, "Not 40k a day but 50k a day."))
    facts = await fetch(database_url, "SELECT statement, author_external_id FROM facts")
    assert ("U2", True) in [(who, "Canary" in statement) for statement, who in facts]
    await house.do("forget really all")
    await house.run_jobs()
    assert await traces(database_url, redis) == []


# --- on the platform -----------------------------------------------------------------------


async def test_a_message_deleted_after_its_answer_leaves_memory(
    house: House, redis: Redis, database_url: str
) -> None:
    asked = private(ASHA, TOLD)
    said = await house.say(asked, "Noted: Canary Letters.")
    await house.node.turns.accept(private(BEN, "What is our budget?", "C2"))
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("40k for Canary Letters", drew_on=(said.id,)))
    await house.run_jobs()
    assert await house.node.turns.withdraw("web", "W1", asked.id)
    await house.run_jobs()
    assert await traces(database_url, redis) == []
    assert not await house.node.turns.withdraw("web", "W1", asked.id)


async def test_a_message_edited_after_its_answer_is_remembered_as_it_is_now(
    house: House, redis: Redis, database_url: str
) -> None:
    asked = private(ASHA, TOLD)
    await house.say(asked, "Noted: Canary Letters.", query=TalentQuery(text="canary"))
    edited = replace(asked, text="Our budget for Sparrow Letters is 50k a day.")
    assert not await house.node.turns.amend(edited), "no open turn changed"
    await house.run_jobs()
    assert await traces(database_url, redis) == []
    ((text, reply),) = await fetch(database_url, "SELECT text, reply FROM turns")
    assert (text, reply) == (edited.text, ANSWERED_BEFORE)
    said = await fetch(database_url, "SELECT text FROM episodes WHERE speaker = 'person'")
    assert [row["text"] for row in said] == [edited.text]
    assert [fact.value for fact in (await house.do("show")).facts] == ["50k a day"]


async def test_an_edit_that_takes_nothing_back_keeps_the_reply(
    house: House, database_url: str
) -> None:
    asked = private(ASHA, "Dancrs in Pune")
    await house.say(asked, "Three in Pune.")
    await house.node.turns.amend(replace(asked, text="Dancers in Pune"))
    ((text, reply),) = await fetch(database_url, "SELECT text, reply FROM turns")
    assert (text, reply) == ("Dancers in Pune", "Three in Pune.")


@pytest.mark.parametrize("way", ["edited", "deleted"])
async def test_words_overheard_that_are_taken_back_take_what_was_told_of_them(
    house: House, redis: Redis, database_url: str, way: str
) -> None:
    aside = says(ASHA, "Ben, canary letters is on")
    await house.say(says(BEN, "Hello"))
    await house.node.turns.overhear([aside])
    ((heard,),) = await fetch(database_url, "SELECT id FROM overheard")
    await house.say(says(BEN, "Go on"))
    await house.node.turns.accept(says(BEN, "What is on?", channel="C2"))
    turn = await claim(house.node)
    await house.node.turns.finish(turn, Outcome("Canary Letters is on.", drew_on=(heard,)))
    await house.run_jobs()
    if way == "edited":
        await house.node.turns.amend(replace(aside, text="Ben, it is on"))
    else:
        await house.node.turns.withdraw("web", "W1", aside.id)
    await house.run_jobs()
    assert await traces(database_url, redis) == []


# --- Redis ---------------------------------------------------------------------------------


async def test_while_redis_is_away_the_job_waits_for_it_and_never_dies(
    house: House, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    await house.say(private(ASHA, TOLD))

    async def away(*_: object) -> None:
        raise RedisAwayError

    monkeypatch.setattr(house.working, "forget_all", away)
    await house.do("forget really all")
    await execute(database_url, "UPDATE jobs SET run_at = now()")
    for _ in range(10):
        await house.run_jobs()
        rows = await fetch(database_url, "SELECT kind, status FROM jobs")
        assert {(FORGET_PERSON, "queued")} == {tuple(row) for row in rows}
        await execute(database_url, "UPDATE jobs SET run_at = now()")


# --- what counts as told -------------------------------------------------------------------


def past(said: Message, turn_id: UUID) -> PastTurn:
    return PastTurn(turn_id, said.author, said.text, said.sent_at, Outcome("Noted."))


def test_what_was_said_further_up_is_drawn_on_too() -> None:
    told = says(ASHA, TOLD, place=Place.PRIVATE)
    given = Recollection(history=(past(told, UUID(int=1)),))
    assert drawn_on(given, "You have 40,000 a day.", asked="What is our budget?") == (UUID(int=1),)
    assert drawn_on(given, "The budget is unknown.", asked="What is our budget?") == ()
    assert drawn_on(given, "Yes, 40k.", asked="Is it 40k?") == (), "that is the asker's own"


def test_plain_words_in_common_tell_nothing() -> None:
    told = says(ASHA, "We need dancers with some experience for next week")
    given = Recollection(history=(past(told, UUID(int=1)),))
    reply = "Here are dancers available with reels, the strongest of whom trained in Chennai."
    assert drawn_on(given, reply) == ()
