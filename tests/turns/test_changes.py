"""A person edits or deletes a message: what that means for its turn, wherever it stands."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

import pytest

from bot.conversation import Message, Outcome, Turn, TurnStatus
from bot.ports import ChangedTurnError
from bot.talent import TalentQuery
from db.leases import Leases
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.turns.conftest import Node, StartNode, claim, message, status_of, taken_over
from tests.waiting import wait_until

SECRET = "zyxwv"
"""Stands in every text of a message that is deleted."""


def edited(asked: Message, text: str) -> Message:
    return replace(asked, text=text)


async def withdraw(node: Node, asked: Message) -> bool:
    key = asked.conversation
    return await node.turns.withdraw(key.platform, key.workspace, asked.id)


async def assert_nothing_is_kept(database: Database) -> None:
    async with database.queue() as connection:
        for table in ("turns", "overheard", "jobs"):
            rows = await connection.fetch(f"SELECT row_to_json(r)::text FROM {table} r")
            assert not [row for (row,) in rows if SECRET in row]


async def begun(node: Node, text: str = "Dancers in Pune") -> tuple[Message, Turn]:
    """A turn whose reply is under way."""
    asked = message(text)
    await node.turns.accept(asked)
    turn = await claim(node)
    await node.turns.progress(turn, ["p1", "p2"], f"Two {text}")
    return asked, turn


# --- edits -----------------------------------------------------------------------------------


async def test_the_text_of_a_queued_turn_is_replaced(node: Node) -> None:
    asked = message("Dancers in Pune")
    await node.turns.accept(asked)
    assert await node.turns.amend(edited(asked, "Singers\x00 in Pune"))
    assert not await node.turns.amend(edited(asked, "Singers in Pune")), "the same text again"
    assert (await claim(node)).message == edited(asked, "Singers in Pune")


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_running_turn_begins_anew_in_the_same_messages(
    start_node: StartNode, elsewhere: bool
) -> None:
    node = await start_node()
    other = await start_node() if elsewhere else node
    asked, turn = await begun(node)
    await other.turns.accept(message("next"))
    async with node.turns.lease(turn) as lease:
        started = time.monotonic()
        assert await other.turns.amend(edited(asked, "Singers"))
        assert await lease.ended() == lease.over == "amended"
        assert time.monotonic() - started < 0.4, "well before the next heartbeat"
        await node.turns.progress(turn, ["p1"], "of the old question")
        with pytest.raises(ChangedTurnError):
            await node.turns.finish(turn, Outcome("Two dancers."))
        await node.turns.release(turn)
    again = await claim(other)
    assert (again.id, again.message.text, again.attempt) == (turn.id, "Singers", 2)
    assert (again.message_ids, again.shown) == (("p1",), "")
    await other.turns.finish(again, Outcome("Two singers."))
    assert (await claim(node)).message.text == "next"


async def test_an_edit_that_comes_twice_is_answered_with_the_last(node: Node) -> None:
    asked, turn = await begun(node)
    async with node.turns.lease(turn):
        assert await node.turns.amend(edited(asked, "Singers"))
        assert await node.turns.amend(edited(asked, "Jugglers"))
        await node.turns.release(turn)
    again = await claim(node)
    async with node.turns.lease(again) as lease:
        assert again.message.text == "Jugglers"
        assert lease.over is None
        assert await node.turns.amend(edited(asked, "Singers"))
        assert await lease.ended() == "amended"
        await node.turns.release(again)
    assert (await claim(node)).message.text == "Singers"


async def test_news_of_an_edit_that_was_seen_already_restarts_nothing(
    node: Node, database_url: str
) -> None:
    asked, turn = await begun(node)
    async with node.turns.lease(turn):
        await node.turns.amend(edited(asked, "Singers"))
        await node.turns.release(turn)
    again = await claim(node)
    async with node.turns.lease(again) as lease:
        async with node.process.contact() as connection:
            late = f"amended {turn.id} {turn.attempt}"
            await connection.execute("SELECT pg_notify('castmatch_turn_changed', $1)", late)
        await node.turns.stop(again.id)
        assert await lease.ended() == "stopped"


async def test_news_that_comes_before_the_answer_to_the_claim_is_not_lost() -> None:
    leases, org_id, turn_id = Leases("turns", uuid4(), 1.0), uuid4(), uuid4()
    leases.end("amended", turn_id, 2)
    assert leases.hold(org_id, turn_id, 1).over is None
    assert leases.hold(org_id, turn_id, 2).over == "amended"
    assert leases.hold(org_id, uuid4(), 2).over is None


@pytest.mark.parametrize("changed", ["amended", "withdrawn"])
async def test_a_change_of_which_no_news_came_is_seen_by_the_heartbeat(
    node: Node, changed: str
) -> None:
    _, turn = await begun(node)
    async with node.turns.lease(turn) as lease:
        async with node.process.contact() as connection:
            await connection.execute("UPDATE turns SET changed = $1", changed)
        assert await asyncio.wait_for(lease.ended(), 5) == changed


@pytest.mark.parametrize("status", [TurnStatus.DONE, TurnStatus.STOPPED, TurnStatus.FAILED])
async def test_an_edit_after_the_end_is_answered_no_more(node: Node, status: TurnStatus) -> None:
    asked, turn = await begun(node)
    await node.turns.finish(turn, Outcome("Two.", status))
    assert not await node.turns.amend(edited(asked, "Singers"))
    found = await node.turns.transcript(asked.conversation)
    assert found is not None
    assert (found[1][0].message.text, found[1][0].shown) == ("Singers", "Two.")
    assert await node.turns.claim(["web"], at_most=9) == []


async def test_an_edit_of_a_message_that_nobody_knows_changes_nothing(node: Node) -> None:
    assert not await node.turns.amend(message())
    await node.turns.accept(message(message_id="m", workspace="W1"))
    assert not await node.turns.amend(message("x", message_id="m", workspace="W2"))


async def test_an_edit_whose_worker_died_is_answered_by_the_next(start_node: StartNode) -> None:
    dying, heir = await start_node(), await start_node()
    asked, _ = await begun(dying)
    await dying.process.__aexit__(None, None, None)
    assert await heir.turns.amend(edited(asked, "Singers"))
    again = await taken_over(heir)
    assert (again.message.text, again.message_ids, again.shown) == ("Singers", ("p1", "p2"), "")
    async with heir.turns.lease(again) as lease:
        assert lease.over is None
        await heir.turns.finish(again, Outcome("Two singers."))


async def test_whoever_stops_an_edited_turn_wants_no_answer(node: Node) -> None:
    asked, turn = await begun(node)
    async with node.turns.lease(turn):
        await node.turns.amend(edited(asked, "Singers"))
        await node.turns.stop(turn.id)
        await node.turns.release(turn)
    again = await claim(node)
    async with node.turns.lease(again) as lease:
        assert lease.over == "stopped"
        assert not await node.turns.amend(edited(asked, "Jugglers")), "it is about to end"
        await node.turns.finish(again, Outcome("", TurnStatus.STOPPED))


async def test_an_edit_reaches_the_retry_of_its_message(node: Node) -> None:
    asked, turn = await begun(node)
    await node.turns.finish(turn, Outcome("Half", TurnStatus.FAILED, error="It broke."))
    assert await node.turns.retry(turn.id)
    assert await node.turns.amend(edited(asked, "Singers"))
    assert (await claim(node)).message.text == "Singers"


# --- deletions -------------------------------------------------------------------------------


async def test_a_queued_turn_is_withdrawn_at_once(node: Node, database: Database) -> None:
    asked = message(f"Dancers {SECRET}")
    turn_id = await node.turns.accept(asked)
    following = await node.turns.accept(message("next"))
    assert await withdraw(node, asked)
    assert not await withdraw(node, asked)
    assert await status_of(node, turn_id) == TurnStatus.WITHDRAWN
    assert (await claim(node)).id == following
    assert await node.turns.accept(asked) is None, "delivered late, it is still known"
    await assert_nothing_is_kept(database)


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_running_turn_is_withdrawn_by_its_worker(
    start_node: StartNode, database: Database, elsewhere: bool
) -> None:
    node = await start_node(jobs_after=["study"])
    other = await start_node() if elsewhere else node
    asked, turn = await begun(node, SECRET)
    async with node.turns.lease(turn) as lease:
        started = time.monotonic()
        assert await withdraw(other, asked)
        assert await lease.ended() == lease.over == "withdrawn"
        assert time.monotonic() - started < 0.4, "well before the next heartbeat"
        await assert_nothing_is_kept(database)
        await node.turns.progress(turn, ["p1"], f"More of {SECRET}")
        query = TalentQuery(text=SECRET)
        with pytest.raises(ChangedTurnError):
            await node.turns.finish(turn, Outcome(SECRET, query=query, talent_ids=(SECRET,)))
        assert not await node.turns.amend(edited(asked, SECRET)), "nor can it come back"
        await node.turns.finish(turn, Outcome("", TurnStatus.WITHDRAWN))
    assert await status_of(node, turn.id) == TurnStatus.WITHDRAWN
    assert await node.turns.transcript(asked.conversation) is None
    assert await node.turns.retry(turn.id) is None
    await assert_nothing_is_kept(database)


@pytest.mark.parametrize("status", [TurnStatus.DONE, TurnStatus.STOPPED, TurnStatus.FAILED])
async def test_a_turn_that_has_ended_goes_with_its_message(
    node: Node, database: Database, status: TurnStatus
) -> None:
    asked, turn = await begun(node, SECRET)
    await node.turns.finish(turn, Outcome(f"Two {SECRET}.", status))
    assert await withdraw(node, asked)
    assert not await withdraw(node, asked)
    assert await status_of(node, turn.id) == TurnStatus.WITHDRAWN
    await assert_nothing_is_kept(database)
    following = message("and singers?")
    await node.turns.accept(following)
    assert (await claim(node)).previous is None


async def test_a_withdrawn_turn_is_no_part_of_the_history(node: Node) -> None:
    asked, turn = await begun(node)
    await withdraw(node, asked)
    await node.turns.finish(turn, Outcome("", TurnStatus.WITHDRAWN))
    await node.turns.accept(message("another"))
    assert (await claim(node)).previous is None


@pytest.mark.parametrize("given_back", [False, True])
async def test_whoever_comes_after_the_worker_removes_what_it_left(
    start_node: StartNode, database: Database, given_back: bool
) -> None:
    leaving, heir = await start_node(), await start_node()
    asked, turn = await begun(leaving, SECRET)
    if given_back:
        await leaving.turns.release(turn)
    else:
        await leaving.process.__aexit__(None, None, None)  # as when killed
    assert await withdraw(heir, asked)
    await assert_nothing_is_kept(database)
    again = await taken_over(heir)
    assert (again.id, again.message_ids, again.shown) == (turn.id, ("p1", "p2"), "")
    async with heir.turns.lease(again) as lease:
        assert lease.over == "withdrawn"
        await heir.turns.release(again)  # a shutdown before it was done
    again = await claim(heir)
    async with heir.turns.lease(again) as lease:
        assert lease.over == "withdrawn"
        await heir.turns.finish(again, Outcome("", TurnStatus.WITHDRAWN))
    assert await heir.turns.claim(["web"], at_most=9) == []


async def test_a_withdrawn_turn_that_kills_its_workers_ends_withdrawn(
    start_node: StartNode, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("turn_dead")
    dying, second, heir = [await start_node(max_takeovers=1) for _ in range(3)]
    asked, turn = await begun(dying)
    await dying.process.__aexit__(None, None, None)
    await withdraw(heir, asked)

    async def is_taken_over() -> bool:
        return bool(await second.turns.claim(["web"], at_most=9))

    await wait_until(is_taken_over)
    await second.process.__aexit__(None, None, None)

    async def is_over() -> bool:
        assert await heir.turns.claim(["web"], at_most=9) == []
        return await status_of(heir, turn.id) == TurnStatus.WITHDRAWN

    await wait_until(is_over)


async def test_deletion_weighs_more_than_edit_and_stop(node: Node) -> None:
    asked, turn = await begun(node)
    async with node.turns.lease(turn) as lease:
        await node.turns.stop(turn.id)
        assert await lease.ended() == "stopped"
        assert await withdraw(node, asked)
        with pytest.raises(ChangedTurnError):
            await node.turns.finish(turn, Outcome("Two", TurnStatus.STOPPED))
        assert lease.over == "withdrawn"
        await node.turns.release(turn)
    again = await claim(node)
    async with node.turns.lease(again) as lease:
        assert lease.over == "withdrawn"
        await node.turns.finish(again, Outcome("", TurnStatus.WITHDRAWN))


async def test_nothing_of_an_earlier_try_stays_either(node: Node, database: Database) -> None:
    asked, turn = await begun(node, SECRET)
    failed = Outcome(SECRET, TurnStatus.FAILED, TalentQuery(text=SECRET), (SECRET,), SECRET)
    await node.turns.finish(turn, failed)
    second = await node.turns.retry(turn.id)
    assert await withdraw(node, asked)
    await assert_nothing_is_kept(database)
    assert await status_of(node, turn.id) == TurnStatus.WITHDRAWN
    again = await claim(node)
    async with node.turns.lease(again) as lease:
        assert (again.id, lease.over) == (second, "withdrawn")
        await node.turns.finish(again, Outcome("", TurnStatus.WITHDRAWN))
    assert await node.turns.retry(turn.id) is None


async def test_the_end_and_a_deletion_at_the_same_time(node: Node, database: Database) -> None:
    """Whichever comes first, nothing stays."""

    async def once(number: int) -> None:
        asked = message(f"{SECRET} {number}", conversation=f"C{number}")
        await node.turns.accept(asked)
        turn = await claim(node)

        async def finish() -> None:
            try:
                await node.turns.finish(turn, Outcome(SECRET))
            except ChangedTurnError:
                await node.turns.finish(turn, Outcome("", TurnStatus.WITHDRAWN))

        _, withdrawn = await asyncio.gather(finish(), withdraw(node, asked))
        assert withdrawn
        assert await status_of(node, turn.id) == TurnStatus.WITHDRAWN

    for number in range(10):
        await once(number)
    await assert_nothing_is_kept(database)


async def test_an_edit_and_a_claim_at_the_same_time(node: Node) -> None:
    """Whichever comes first, the new text is answered."""
    for number in range(10):
        asked = message("old", conversation=f"C{number}")
        await node.turns.accept(asked)
        claimed, amended = await asyncio.gather(
            node.turns.claim(["web"], at_most=1), node.turns.amend(edited(asked, "new"))
        )
        assert amended
        turn = claimed[0] if claimed else await claim(node)
        if turn.message.text == "old":
            with pytest.raises(ChangedTurnError):
                await node.turns.finish(turn, Outcome("to the old"))
            await node.turns.release(turn)
            turn = await claim(node)
        assert turn.message.text == "new"
        await node.turns.finish(turn, Outcome("to the new"))
