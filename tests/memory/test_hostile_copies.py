"""Whatever stands in Redis, a reply is given the turns that Postgres has."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bot.conversation import Outcome
from db.pool import Database
from db.turn_history import TurnHistory
from memory import keys
from memory.working import WorkingMemory
from tests.turns.conftest import Node, claim, message, node, start_node

__all__ = ["node", "start_node"]  # fixtures

HOSTILE = {
    "no JSON": b"%(id)s{",
    "JSON of another kind": b"%(id)s[1, 2]",
    "another version's fields": b'%(id)s{"v": 9}',
    "no text": b"%(id)s\xff\xfe\x00",
    "too short": b"%(short)s",
    "huge": b"%(id)s" + b'{"said": "' + b"x" * 2_000_000 + b'"}',
    "deeply nested": b"%(id)s" + b"[" * 100_000,
}


@pytest.fixture
def memory(redis: Redis, database: Database) -> WorkingMemory:
    return WorkingMemory(redis, TurnHistory(database))


@pytest.mark.parametrize("entry", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("where", ["history", "summary"])
async def test_a_hostile_value_is_passed_over(
    node: Node, memory: WorkingMemory, redis: Redis, entry: bytes, where: str
) -> None:
    await node.turns.accept(message("Dancers?"))
    first = await claim(node)
    await node.turns.finish(first, Outcome("Two."))
    await node.turns.accept(message("Singers?"))
    turn = await claim(node)
    value = entry % {b"id": str(first.id).encode(), b"short": b"x"}
    audience, conversation = turn.audience, turn.message.conversation
    if where == "history":
        await redis.rpush(keys.history(audience, conversation), value)
        await redis.expire(keys.history(audience, conversation), 60)
    else:
        await redis.set(
            keys.summary(audience.org_id, str(conversation), audience.access), value, ex=60
        )
    recollection = await memory.recall(turn)
    assert [past.said for past in recollection.history] == ["Dancers?"]


@pytest.mark.parametrize("where", ["history", "summary"])
async def test_a_value_of_another_type_is_passed_over(
    node: Node, memory: WorkingMemory, redis: Redis, where: str
) -> None:
    await node.turns.accept(message("Dancers?"))
    first = await claim(node)
    await node.turns.finish(first, Outcome("Two."))
    await node.turns.accept(message("Singers?"))
    turn = await claim(node)
    audience, conversation = turn.audience, turn.message.conversation
    if where == "history":
        await redis.set(keys.history(audience, conversation), "text", ex=60)
    else:
        await redis.rpush(keys.summary(audience.org_id, str(conversation), audience.access), "list")
        await redis.expire(keys.summary(audience.org_id, str(conversation), audience.access), 60)
    recollection = await memory.recall(turn)
    assert [past.said for past in recollection.history] == ["Dancers?"]
    await memory.remember(turn, Outcome("Three."))
    await node.turns.finish(turn, Outcome("Three."))
    await node.turns.accept(message("Jugglers?"))
    again = await memory.recall(await claim(node))
    assert [past.said for past in again.history] == ["Dancers?", "Singers?"]
