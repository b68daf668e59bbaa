"""Recent turns come back whole, wherever they are kept and whatever was lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from redis.asyncio import Redis

from bot.conversation import Access, Audience, ConversationKey, Outcome, Turn, TurnStatus
from bot.talent import Filters, TalentQuery
from db.pool import Database
from db.turn_history import TurnHistory
from memory import keys, working
from memory.breaker import Breaker, RedisAwayError
from memory.budget import tokens
from memory.working import WorkingMemory
from tests.conftest import ExpectedLogs
from tests.proxy import Proxy
from tests.turns.conftest import Node, message, node, start_node

__all__ = ["node", "start_node"]  # fixtures of the turns' tests


@pytest.fixture
def memory(redis: Redis, database: Database) -> WorkingMemory:
    return WorkingMemory(redis, TurnHistory(database))


async def claim(node: Node, text: str, *, conversation: str = "C1", **more: str) -> Turn:
    asked = message(text, conversation=conversation, **more)  # type: ignore[arg-type] # only texts
    await node.turns.accept(asked)
    (turn,) = await node.turns.claim(["web"], at_most=1)
    assert turn.message == asked
    return turn


async def say(
    node: Node, memory: WorkingMemory | None, text: str, *, conversation: str = "C1"
) -> Turn:
    """One whole turn; without `memory`, its process died before it could remember it."""
    turn = await claim(node, text, conversation=conversation)
    outcome = Outcome(f"Reply to {text}")
    await node.turns.finish(turn, outcome)
    if memory:
        await memory.remember(turn, outcome)
    return turn


async def recalled(node: Node, memory: WorkingMemory, *, conversation: str = "C1") -> list[str]:
    """What a new turn of the conversation is told was said before."""
    turn = await claim(node, "now", conversation=conversation)
    history = (await memory.recall(turn)).history
    await node.turns.finish(turn, Outcome("", TurnStatus.FAILED))
    return [past.said for past in history]


async def test_turns_come_back_in_order_and_as_they_were(
    node: Node, memory: WorkingMemory, redis: Redis, database: Database
) -> None:
    first = await claim(node, "Dancers \U0001f483 in Pune")
    assert (await memory.recall(first)).history == ()
    query = TalentQuery(filters=Filters(cities=("Pune",), languages=(("Hindi", "Urdu"),)), text="x")
    outcome = Outcome("Two.", query=query, talent_ids=("a", "b"))
    await node.turns.finish(first, outcome)
    await memory.remember(first, outcome)
    await say(node, memory, "only those under 25")

    turn = await claim(node, "who of them sings?")
    from_redis = await memory.recall(turn)
    await redis.flushall()
    from_postgres = await memory.recall(turn)
    assert from_redis == from_postgres
    assert [past.said for past in from_redis.history] == [
        "Dancers \U0001f483 in Pune",
        "only those under 25",
    ]
    assert from_redis.history[0].outcome == outcome


async def test_redis_answers_without_postgres(node: Node, redis: Redis, database: Database) -> None:
    class NoHistory:
        async def before(self, turn: Turn, *, limit: int) -> list[object]:
            raise AssertionError("Postgres was asked")

    memory = WorkingMemory(redis, NoHistory())  # type: ignore[arg-type] # it only refuses
    await say(node, memory, "one")
    await say(node, memory, "two")
    assert await recalled(node, memory) == ["one", "two"]


async def test_what_a_turn_costs_in_trips(node: Node, memory: WorkingMemory, redis: Redis) -> None:
    async def trips() -> tuple[int, int]:
        calls = await redis.info("commandstats")
        return tuple(
            calls.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("lrange", "eval")
        )

    await say(node, memory, "one")
    turn = await claim(node, "two")
    await redis.config_resetstat()
    await memory.recall(turn)
    assert await trips() == (1, 0), "warm"
    await redis.flushall()
    await redis.config_resetstat()
    await memory.recall(turn)
    assert await trips() == (1, 1), "cold"
    await redis.config_resetstat()
    await memory.remember(turn, Outcome("two"))
    assert await trips() == (0, 1)


@pytest.mark.parametrize("lost", ["flush", "evicted", "garbage"])
async def test_what_redis_lost_comes_from_postgres_and_is_kept_again(
    node: Node, memory: WorkingMemory, redis: Redis, lost: str
) -> None:
    last = await say(node, memory, "one")
    key = keys.history(last.audience, last.message.conversation)
    if lost == "flush":
        await redis.flushall()
    elif lost == "evicted":
        await redis.delete(key)
    else:
        await redis.rpush(key, f"{last.id}{{}}")
    last = await say(node, memory, "two")  # meets a missing or broken list
    assert await recalled(node, memory) == ["one", "two"]
    assert await redis.llen(key) == 2
    assert await redis.ttl(key) > 0


async def test_a_turn_that_was_never_remembered_is_not_missing(
    node: Node, memory: WorkingMemory
) -> None:
    await say(node, memory, "one")
    await say(node, None, "two")
    assert await recalled(node, memory) == ["one", "two"]
    await say(node, None, "three")
    await say(node, memory, "four")  # must not be kept right behind "two"
    assert await recalled(node, memory) == ["one", "two", "three", "four"]


async def test_a_late_or_repeated_write_changes_nothing(
    node: Node, memory: WorkingMemory, redis: Redis
) -> None:
    one = await say(node, None, "one")
    two = await say(node, memory, "two")
    assert await recalled(node, memory) == ["one", "two"]
    await memory.remember(one, Outcome("Reply to one"))
    await memory.remember(two, Outcome("Reply to two"))
    assert await recalled(node, memory) == ["one", "two"]


async def test_two_processes_that_share_a_conversation(
    node: Node, memory: WorkingMemory, redis_url: str, database: Database
) -> None:
    async with Redis.from_url(redis_url) as another:
        memories = [memory, WorkingMemory(another, TurnHistory(database))]
        for number in range(6):
            await say(node, memories[number % 2], str(number))
        for one in memories:
            assert await recalled(node, one) == [str(number) for number in range(6)]


async def test_only_the_newest_that_fit(
    node: Node, memory: WorkingMemory, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MAX_TURNS", 3)
    for number in range(5):
        last = await say(node, memory, str(number))
    key = keys.history(last.audience, last.message.conversation)
    assert await redis.llen(key) == 3
    newest = await recalled(node, memory)
    assert newest in (["2", "3", "4"], ["3", "4"])
    await redis.flushall()
    assert await recalled(node, memory) == newest

    monkeypatch.setattr(working, "MAX_TOKENS", 2_000)
    await say(node, memory, "x" * 10_000)
    assert await recalled(node, memory) == ["x" * 10_000], "alone it is given all the same"


@pytest.mark.parametrize("letter", ["x", "क", "\U0001f483"])
async def test_forty_turns_of_twelve_thousand_characters_are_bounded_in_tokens(
    node: Node, memory: WorkingMemory, redis: Redis, letter: str
) -> None:
    pasted = f"begins {letter * 12_000} ends"
    for _ in range(41):
        turn = await claim(node, pasted)
        outcome = Outcome(pasted)
        await node.turns.finish(turn, outcome)
        await memory.remember(turn, outcome)
    asked = await claim(node, pasted)
    from_redis = await memory.recall(asked)
    costs = [tokens(past.said) + tokens(past.outcome.text) for past in from_redis.history]
    assert working.MAX_TOKENS // 2 < sum(costs) <= working.MAX_TOKENS
    newest = from_redis.history[-1]
    for text in (newest.said, newest.outcome.text):
        assert text.startswith("begins")
        assert text.endswith("ends")
        assert letter == "x" or "characters left out" in text
    assert asked.message.text == pasted, "what is asked is never cut"
    key = keys.history(asked.audience, asked.message.conversation)
    assert len(await redis.dump(key) or b"") < 41 * 30_000
    await redis.flushall()
    assert await memory.recall(asked) == from_redis


async def test_conversations_organisations_and_audiences_are_apart(
    node: Node, memory: WorkingMemory
) -> None:
    await say(node, memory, "here", conversation="C1")
    await say(node, memory, "there", conversation="C2")
    assert await recalled(node, memory, conversation="C2") == ["there"]
    turn = await claim(node, "now")
    other_org = replace(turn, audience=replace(turn.audience, org_id=turn.id))
    community = replace(turn, audience=replace(turn.audience, access=Access.COMMUNITY))
    assert len((await memory.recall(turn)).history) == 1
    assert (await memory.recall(other_org)).history == ()
    assert (await memory.recall(community)).history == (), "what the team was told stays there"


async def test_turns_without_a_reply_are_no_part_of_it(node: Node, memory: WorkingMemory) -> None:
    turn = await claim(node, "broken")
    failed = Outcome("", TurnStatus.FAILED, error="It broke.")
    await node.turns.finish(turn, failed)
    await memory.remember(turn, failed)
    await say(node, memory, "whole")
    assert await recalled(node, memory) == ["whole"]


async def test_keys_are_tagged_by_conversation_and_name_nobody(node: Node) -> None:
    turn = await claim(node, "hello", conversation="C}{1")
    key = keys.history(turn.audience, turn.message.conversation)
    assert key.count("{") == key.count("}") == 1
    assert "C}{1" not in key


# --- Redis away ------------------------------------------------------------------------------


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(unquote(urlsplit(redis_url).path)) as proxy:
        yield proxy


@pytest.fixture
async def far_redis(proxy: Proxy) -> AsyncIterator[Redis]:
    async with Redis(host="127.0.0.1", port=proxy.port) as client:
        yield client


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def far_memory(far_redis: Redis, database: Database, clock: Clock) -> WorkingMemory:
    return WorkingMemory(far_redis, TurnHistory(database), Breaker(clock=clock))


@pytest.mark.parametrize("fault", ["hang", "cut"])
async def test_redis_gone_and_back(  # noqa: PLR0917 - fixtures
    node: Node,
    far_memory: WorkingMemory,
    proxy: Proxy,
    redis: Redis,
    expected_logs: ExpectedLogs,
    clock: Clock,
    fault: Literal["hang", "cut"],
) -> None:
    memory = far_memory
    await say(node, memory, "one")
    proxy.become(fault)
    expected_logs.expect("redis_away")

    started = time.monotonic()
    for text in ("two", "three", "four"):
        await say(node, memory, text)
        assert (await recalled(node, memory))[-1] == text
    assert time.monotonic() - started < 5, "a Redis that hangs was waited for more than once"
    assert len(expected_logs.records) == 1, "one warning for one outage"

    proxy.become("open")
    clock.now += 60
    assert await recalled(node, memory) == ["one", "two", "three", "four"]
    key = keys.history(*await _audience_and_conversation(node))
    assert await redis.llen(key) == 4, "it is kept in Redis again"


async def _audience_and_conversation(node: Node) -> tuple[Audience, ConversationKey]:
    conversation = message().conversation
    found = await node.turns.transcript(conversation)
    assert found is not None
    return found[0], conversation


async def test_only_one_call_tries_while_redis_hangs(
    clock: Clock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("redis_away")
    breaker = Breaker(timeout=0.05, pause=5, clock=clock)
    tries = 0

    async def hang() -> None:
        nonlocal tries
        tries += 1
        await asyncio.Event().wait()

    async def ask() -> None:
        with pytest.raises(RedisAwayError):
            await breaker.call(hang)

    await ask()
    await ask()
    assert tries == 1
    clock.now += 6
    await asyncio.gather(*(ask() for _ in range(10)))
    assert tries == 2


async def test_more_calls_at_once_than_the_client_has_connections_are_no_outage(
    redis: Redis,
) -> None:
    breaker = Breaker(timeout=5)
    assert all(await asyncio.gather(*(breaker.call(redis.ping) for _ in range(300))))
