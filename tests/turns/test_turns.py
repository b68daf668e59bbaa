"""A turn's way from message to reply, in one process."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation import Outcome, TurnStatus
from bot.ports import LostTurnError
from bot.talent import Filters, TalentQuery
from tests.turns.conftest import Node, message


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
