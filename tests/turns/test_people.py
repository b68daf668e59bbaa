"""What a person can do to a turn: stop it, ask for it again, read what was said."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from uuid import UUID

from bot.conversation import Access, Outcome, Place, TurnStatus
from db.workspaces import link_workspace
from tests.turns.conftest import Node, StartNode, claim, message, status_of


async def test_stopping_a_queued_turn_drops_it_at_once(node: Node) -> None:
    first = await node.turns.accept(message("first"))
    second = await node.turns.accept(message("second"))
    assert first is not None
    await node.turns.stop(first)
    assert await status_of(node, first) == TurnStatus.STOPPED
    assert (await claim(node)).id == second


async def test_stopping_a_running_turn_reaches_its_worker_in_another_process(
    start_node: StartNode,
) -> None:
    working, asking = await start_node(), await start_node()
    await asking.turns.accept(message())
    turn = await claim(working)
    async with working.turns.lease(turn) as lease:
        ended = asyncio.create_task(lease.ended())
        started = time.monotonic()
        await asking.turns.stop(turn.id)
        assert await ended == "stopped"
        assert time.monotonic() - started < 0.4, "well before the next heartbeat"
        await working.turns.finish(turn, Outcome("So far", TurnStatus.STOPPED))
    await asking.turns.stop(turn.id)
    assert await status_of(working, turn.id) == TurnStatus.STOPPED


async def test_a_stop_that_comes_between_two_workers_is_honoured(node: Node) -> None:
    turn_id = await node.turns.accept(message())
    turn = await claim(node)
    await node.turns.progress(turn, ["p1"], "So far")
    await node.turns.stop(turn.id)
    await node.turns.release(turn)
    assert await status_of(node, turn_id) == TurnStatus.STOPPED
    found = await node.turns.transcript(turn.message.conversation)
    assert found is not None
    assert found[1][0].outcome == Outcome("So far", TurnStatus.STOPPED)


async def test_a_retry_is_a_new_turn_with_the_same_message_once(node: Node) -> None:
    asked = message("again")
    first = await node.turns.accept(asked)
    assert first is not None
    assert await node.turns.retry(first) is None, "a turn that is open needs no retry"
    turn = await claim(node)
    await node.turns.finish(turn, Outcome("half", TurnStatus.FAILED, error="It broke."))

    ids = await asyncio.gather(*(node.turns.retry(first) for _ in range(4)))
    (second,) = [one for one in ids if one]
    again = await claim(node)
    assert (again.id, again.message, again.shown) == (second, asked, "")
    await node.turns.finish(again, Outcome("whole"))
    assert await node.turns.retry(again.id) is None, "a turn that is done is not done again"
    assert await node.turns.accept(asked) is None, "the message is still known"


async def test_a_retry_sees_no_more_than_the_first_try_and_than_may_be_seen_now(node: Node) -> None:
    async def failed(place: Place, at_least: Access | None = None) -> UUID:
        asked = replace(message(), place=place, access_at_least=at_least)
        assert await node.turns.accept(asked)
        turn = await claim(node)
        await node.turns.finish(turn, Outcome("half", TurnStatus.FAILED, error="It broke."))
        return turn.id

    async def again(
        turn_id: UUID, at_least: Access | None = None, *, at_most: Access | None = None
    ) -> Access:
        assert await node.turns.retry(turn_id, access_at_most=at_most, access_at_least=at_least)
        turn = await claim(node)
        await node.turns.finish(turn, Outcome("whole"))
        return turn.audience.access

    async def links(access: Access, trusted: Access) -> None:
        async with node.process.database.queue() as connection:
            await link_workspace(connection, "web", "W1", access, trusted)

    await links(Access.TEAM, Access.TEAM)
    assert await again(await failed(Place.PUBLIC)) is Access.TEAM
    of_all = await failed(Place.PUBLIC)
    assert await again(of_all, at_most=Access.COMMUNITY) is Access.COMMUNITY, "others read it now"
    of_team, claimed = await failed(Place.PUBLIC), await failed(Place.DM)
    await links(Access.COMMUNITY, Access.TEAM)
    assert await again(of_team, Access.TEAM) is Access.COMMUNITY, "everybody reads it"
    assert await again(claimed, Access.TEAM) is Access.TEAM
    assert await again(await failed(Place.DM, Access.TEAM)) is Access.COMMUNITY, "trusted no more"
    assert await again(await failed(Place.DM), Access.TEAM) is Access.COMMUNITY, "not so at first"
    trusted = await failed(Place.PRIVATE, Access.TEAM)
    await links(Access.COMMUNITY, Access.COMMUNITY)
    assert await again(trusted, Access.TEAM) is Access.COMMUNITY, "its admins' trust counts no more"


async def test_a_transcript_shows_open_turns_and_the_newest_that_fit(node: Node) -> None:
    assert await node.turns.transcript(message().conversation) is None
    for number in range(4):
        await node.turns.accept(message(str(number)))
    await node.turns.finish(await claim(node), Outcome("zero"))
    running = await claim(node)
    await node.turns.progress(running, ["p1"], "on")
    found = await node.turns.transcript(message().conversation, limit=3)
    assert found is not None
    entries = found[1]
    assert [entry.message.text for entry in entries] == ["1", "2", "3"]
    assert [entry.status for entry in entries] == [
        TurnStatus.RUNNING,
        TurnStatus.QUEUED,
        TurnStatus.QUEUED,
    ]
    assert (entries[0].shown, entries[0].outcome) == ("on", None)


async def test_keys_with_slashes_are_not_taken_for_one_another(node: Node) -> None:
    await node.turns.accept(message("mine", conversation="a/b"))
    assert await node.turns.transcript(message(conversation="a").conversation) is None
    assert await node.turns.transcript(message(conversation="a/b").conversation) is not None


async def test_an_audience_reads_only_its_own_turns(node: Node, start_node: StartNode) -> None:
    await node.turns.accept(message("for the team"))
    turn = await claim(node)
    await node.turns.finish(turn, Outcome("their contact is …"))
    org_id = turn.audience.org_id
    database = node.process.database
    count = "SELECT count(*) FROM turns"
    here = str(turn.message.conversation)
    for whose, access, where, seen in (
        (org_id, Access.TEAM, here, 1),
        (org_id, Access.COMMUNITY, here, 0),
        (org_id, Access.TEAM, f"{here}'", 0),
        (org_id, Access.TEAM, "", 0),
        (turn.id, Access.TEAM, here, 0),
    ):
        async with database.session(whose, access, conversation=where) as connection:
            assert await connection.fetchval(count) == seen
