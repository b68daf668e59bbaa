"""A turn's way from message to reply, in one process."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from bot.conversation import Outcome, TurnStatus
from bot.ports import LostTurnError
from bot.talent import Filters, TalentQuery
from tests.turns.conftest import Node, claim, message


async def test_a_message_becomes_a_turn_and_its_reply_is_kept(node: Node) -> None:
    asked = message("Dancers in Pune")
    turn_id = await node.turns.accept(asked)
    turn = await claim(node)
    assert turn.id == turn_id
    assert (turn.message, turn.attempt, turn.previous) == (asked, 1, None)
    query = TalentQuery(filters=Filters(cities=("Pune",)), text="dancers")
    outcome = Outcome("Two dancers.", query=query, talent_ids=("a", "b"))
    await node.turns.progress(turn, ["p1"], "Two")
    await node.turns.finish(turn, outcome)

    found = await node.turns.transcript(asked.conversation)
    assert found is not None
    audience, (entry,) = found
    assert audience == turn.audience
    assert entry.status == TurnStatus.DONE
    assert entry.message_ids == ("p1",)
    assert entry.outcome == outcome
    assert await node.turns.claim(["web"], at_most=9) == []


async def test_a_turn_is_located_until_it_is_withdrawn(node: Node) -> None:
    asked = message("Dancers in Pune")
    turn_id = await node.turns.accept(asked)
    assert turn_id is not None
    turn = await claim(node)
    assert await node.turns.locate(turn_id) == (turn.audience, asked.conversation)
    key = asked.conversation
    await node.turns.withdraw(key.platform, key.workspace, asked.id)
    assert await node.turns.locate(turn_id) is None
    assert await node.turns.locate(uuid4()) is None


async def test_a_repeat_is_dropped_also_when_it_comes_at_the_same_time(node: Node) -> None:
    ids = await asyncio.gather(*(node.turns.accept(message(message_id="same")) for _ in range(8)))
    assert len([one for one in ids if one]) == 1
    turn = await claim(node)
    await node.turns.finish(turn, Outcome("done"))
    assert await node.turns.accept(message(message_id="same")) is None
    assert await node.turns.accept(message(message_id="same", workspace="W2")) is not None


async def test_what_cannot_be_stored_in_text_is_left_out(node: Node) -> None:
    await node.turns.accept(message("a\x00b \ud800c"))
    turn = await claim(node)
    assert turn.message.text == "ab ?c"
    query = TalentQuery(filters=Filters(cities=("Pu\x00ne",)), text="a\x00b \ud800c")
    await node.turns.progress(turn, ["p\x001"], "x\x00y")
    await node.turns.finish(turn, Outcome("x\x00y", query=query, talent_ids=("t\x001",)))
    found = await node.turns.transcript(turn.message.conversation)
    assert found is not None
    assert found[1][0].message_ids == ("p1",)
    assert found[1][0].outcome == Outcome(
        "xy",
        query=TalentQuery(filters=Filters(cities=("Pune",)), text="ab ?c"),
        talent_ids=("t1",),
    )


async def test_several_are_claimed_at_once_and_never_two_of_a_conversation(node: Node) -> None:
    for text in ("a1", "a2", "b1", "c1", "b2", "d1"):
        await node.turns.accept(message(text, conversation=text[0]))
    claimed = await node.turns.claim(["web"], at_most=3)
    assert [turn.message.text for turn in claimed] == ["a1", "b1", "c1"]
    await node.turns.finish(claimed[1], Outcome("done"))
    claimed = await node.turns.claim(["web"], at_most=9)
    assert [turn.message.text for turn in claimed] == ["b2", "d1"]


async def test_only_the_platforms_asked_for_are_claimed(node: Node) -> None:
    await node.turns.accept(message(platform="console"))
    assert await node.turns.claim(["web"], at_most=9) == []
    assert len(await node.turns.claim(["web", "console"], at_most=9)) == 1


async def test_a_finished_turn_takes_no_more_writes(node: Node) -> None:
    await node.turns.accept(message())
    turn = await claim(node)
    await node.turns.finish(turn, Outcome("once"))
    with pytest.raises(LostTurnError):
        await node.turns.finish(turn, Outcome("twice", TurnStatus.FAILED))
    with pytest.raises(LostTurnError):
        await node.turns.progress(turn, [], "more")


async def test_a_turn_waits_also_for_one_that_is_just_being_taken(node: Node) -> None:
    older = await node.turns.accept(message("older"))
    await node.turns.accept(message("newer"))
    other = await node.turns.accept(message("elsewhere", conversation="C2"))
    async with node.process.contact() as connection:
        await connection.execute("SELECT FROM turns WHERE id = $1 FOR UPDATE", older)
        turn = await claim(node)
        assert turn.id == other
        assert await node.turns.claim(["web"], at_most=9) == []
    turn = await claim(node)
    assert turn.id == older


async def test_one_that_came_late_into_an_older_place_waits_for_the_one_that_runs(
    node: Node,
) -> None:
    database = node.process.database
    await node.turns.accept(message("makes workspace and user"))
    await node.turns.finish(await claim(node), Outcome("done"))
    async with database.queue() as connection:  # an accept that has not committed yet
        await connection.execute(
            "INSERT INTO turns (org_id, platform, workspace, channel, thread, conversation, place,"
            " access, user_id, author_external_id, author_name, message_id, text, sent_at)"
            " SELECT org_id, platform, workspace, channel, thread, conversation, place, access,"
            " user_id, author_external_id, author_name, 'late', 'late', sent_at FROM turns"
        )
        await node.turns.accept(message("running"))
        running = await claim(node)
    assert await node.turns.claim(["web"], at_most=9) == []
    await node.turns.finish(running, Outcome("done"))
    assert (await claim(node)).message.text == "late"
