"""A turn's way from message to reply, in one process."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation import Outcome, TurnStatus
from bot.ports import LostTurnError
from bot.talent import Filters, TalentQuery
from tests.turns.conftest import Node, claim, message


async def test_a_message_becomes_a_turn_and_its_reply_is_kept(node: Node) -> None:
    asked = message("Dancers in Pune")
    turn_id = await node.turns.accept(asked)
    turn = await node.turns.claim(["web"])
    assert turn is not None
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
    assert await node.turns.claim(["web"]) is None


async def test_a_repeat_is_dropped_also_when_it_comes_at_the_same_time(node: Node) -> None:
    ids = await asyncio.gather(*(node.turns.accept(message(message_id="same")) for _ in range(8)))
    assert len([one for one in ids if one]) == 1
    turn = await node.turns.claim(["web"])
    assert turn is not None
    await node.turns.finish(turn, Outcome("done"))
    assert await node.turns.accept(message(message_id="same")) is None
    assert await node.turns.accept(message(message_id="same", workspace="W2")) is not None


async def test_what_cannot_be_stored_in_text_is_left_out(node: Node) -> None:
    await node.turns.accept(message("a\x00b \ud800c"))
    turn = await node.turns.claim(["web"])
    assert turn is not None
    assert turn.message.text == "ab ?c"
    await node.turns.finish(turn, Outcome("x\x00y"))


async def test_only_the_platforms_asked_for_are_claimed(node: Node) -> None:
    await node.turns.accept(message(platform="console"))
    assert await node.turns.claim(["web"]) is None
    assert await node.turns.claim(["web", "console"]) is not None


async def test_a_finished_turn_takes_no_more_writes(node: Node) -> None:
    await node.turns.accept(message())
    turn = await node.turns.claim(["web"])
    assert turn is not None
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
        turn = await node.turns.claim(["web"])
        assert turn is not None
        assert turn.id == other
        assert await node.turns.claim(["web"]) is None
    turn = await node.turns.claim(["web"])
    assert turn is not None
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
    assert await node.turns.claim(["web"]) is None
    await node.turns.finish(running, Outcome("done"))
    assert (await claim(node)).message.text == "late"
