"""What others said comes back beside the turns: bounded, in its place, at one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Outcome, Overheard, PastTurn, Place, Recollection, Turn
from db.pool import Database
from db.turn_history import TurnHistory
from memory import keys, working
from memory.working import WorkingMemory
from tests.turns.conftest import Node, claim, node, start_node
from tests.turns.test_overheard import ASHA, BEN, says

__all__ = ["node", "start_node"]  # fixtures of the turns' tests


@pytest.fixture
def memory(redis: Redis, database: Database) -> WorkingMemory:
    return WorkingMemory(redis, TurnHistory(database))


async def ask(node: Node, memory: WorkingMemory, text: str) -> tuple[Turn, Recollection]:
    """A whole turn, and what was recalled for it."""
    await node.turns.accept(says(ASHA, text))
    turn = await claim(node)
    recollection = await memory.recall(turn)
    outcome = Outcome(f"Reply to {text}")
    await node.turns.finish(turn, outcome)
    await memory.remember(turn, outcome)
    return turn, recollection


def heard(recollection: Recollection) -> list[str]:
    return [one.text for one in recollection.overheard]


async def test_the_same_from_redis_as_from_postgres(
    node: Node, memory: WorkingMemory, redis: Redis
) -> None:
    await node.turns.overhear([says(BEN, "before it all")])
    first, recollection = await ask(node, memory, "Dancers?")
    assert heard(recollection) == ["before it all"]
    await node.turns.overhear([says(BEN, "between")])
    await node.turns.accept(says(ASHA, "Singers?"))
    turn = await claim(node)
    from_redis = await memory.recall(turn)
    await redis.flushall()
    assert await memory.recall(turn) == from_redis
    assert [(one.text, one.before) for one in from_redis.overheard] == [
        ("before it all", first.id),
        ("between", None),
    ]


async def test_what_stands_before_a_past_turn_never_changes(
    node: Node, memory: WorkingMemory
) -> None:
    """However many words come later, so that a cached prefix stays what it is."""
    before: dict[int, Sequence[str]] = {}
    turns: list[Turn] = []
    for number in range(6):
        await node.turns.overhear([says(BEN, f"{number}.{one}") for one in range(30)])
        turn, recollection = await ask(node, memory, f"Question {number}")
        turns.append(turn)
        before[number] = [one.text for one in recollection.overheard if one.before is None]
        assert before[number] == [f"{number}.{one}" for one in range(10, 30)]
        for earlier in range(number):
            stands = [one for one in recollection.overheard if one.before == turns[earlier].id]
            assert [one.text for one in stands] == before[earlier]


async def test_only_so_much_is_heard_before_a_turn(node: Node, memory: WorkingMemory) -> None:
    await node.turns.overhear([says(BEN, f"{one}" * 3_000) for one in range(4)])
    _, recollection = await ask(node, memory, "Dancers?")
    assert heard(recollection) == ["2" * 3_000, "3" * 3_000]
    assert working.OVERHEARD_TOKENS == 1_500


async def test_words_count_as_the_turn_that_they_stand_before(
    node: Node, memory: WorkingMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MAX_TOKENS", 40)
    await node.turns.overhear([says(BEN, "x" * 100)])
    await ask(node, memory, "one")
    await node.turns.overhear([says(BEN, "y" * 100)])
    await ask(node, memory, "two")
    await node.turns.overhear([says(BEN, "z" * 100)])
    _, recollection = await ask(node, memory, "three")
    assert [past.said for past in recollection.history] == ["two"]
    assert heard(recollection) == ["y" * 100, "z" * 100]


async def test_what_it_costs(
    node: Node, memory: WorkingMemory, redis: Redis, database: Database
) -> None:
    class Counting(TurnHistory):
        queries = 0

        async def before(self, turn: Turn, *, limit: int) -> Sequence[PastTurn]:
            self.queries += 1
            return await super().before(turn, limit=limit)

        async def overheard(self, turn: Turn) -> Sequence[Overheard]:
            self.queries += 1
            return await super().overheard(turn)

    history = Counting(database)
    memory = WorkingMemory(redis, history)
    await ask(node, memory, "Dancers?")
    history.queries = 0
    turn, _ = await ask(node, memory, "Singers?")
    assert history.queries == 1, "warm"
    await redis.flushall()
    await memory.recall(turn)
    assert history.queries == 3, "cold: two"
    alone = replace(turn, message=replace(turn.message, place=Place.DM), previous=None)
    await memory.recall(alone)
    assert history.queries == 3, "in a direct conversation there is nobody to overhear"


async def test_forgetting_a_conversation_leaves_others_and_postgres(
    node: Node, memory: WorkingMemory, redis: Redis
) -> None:
    turn, _ = await ask(node, memory, "Dancers?")
    community = replace(turn, audience=replace(turn.audience, access=Access.COMMUNITY))
    elsewhere = replace(turn, message=says(ASHA, "Else", conversation="C2"))
    for one in (community, elsewhere):
        await memory.remember(one, Outcome("Reply"))
    assert len(await redis.keys()) == 3
    await memory.forget(turn)
    key = keys.history(elsewhere.audience, elsewhere.message.conversation)
    assert await redis.keys("*:history:*") == [key.encode()]
    _, recollection = await ask(node, memory, "Singers?")
    assert [past.said for past in recollection.history] == ["Dancers?"]


async def test_what_was_said_at_once_keeps_its_order(node: Node, memory: WorkingMemory) -> None:
    first = says(BEN, "one", message_id="z")
    second = replace(first, id="a", text="two")
    third = replace(first, id="m", text="three")
    await node.turns.overhear([first, second, third])
    _, recollection = await ask(node, memory, "Dancers?")
    assert heard(recollection) == ["one", "two", "three"]
