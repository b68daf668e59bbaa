"""Which turns of a long conversation are given, and what is said of those before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from redis.asyncio import Redis

from bot.conversation import Author, Outcome, PastTurn, Recollection, Turn
from db.pool import Database
from db.summaries import Summary
from db.turn_history import TurnHistory
from memory import working
from memory.budget import tokens
from memory.summary import LONGEST, summarised
from memory.window import window
from memory.working import MAX_TOKENS, MAX_TURNS, WorkingMemory
from tests.turns.conftest import Node, claim, message, node, start_node

__all__ = ["node", "start_node"]  # fixtures of the turns' tests

AT = datetime(2026, 5, 3, tzinfo=UTC)


def past(number: int, said: str = "", reply: str = "Yes.") -> PastTurn:
    outcome = Outcome(reply)
    turn_id = UUID(int=Random(number).getrandbits(128))
    return PastTurn(turn_id, Author("U1", "Asha"), said or f"Q{number}", AT, outcome)


def given(history: Sequence[PastTurn], cost: int, before: str = "") -> Sequence[PastTurn]:
    return window(
        history,
        [cost] * len(history),
        max_turns=MAX_TURNS,
        most=MAX_TOKENS,
        began_with=before,
    )


def begins(newest: int, cost: int, *, before: str) -> str:
    """The id of the turn that the window of a conversation of so many turns begins with."""
    history = [past(number) for number in range(max(0, newest - MAX_TURNS), newest)]
    return str(given(history, cost, before)[0].turn_id)


def test_a_conversation_that_fits_is_given_whole() -> None:
    history = [past(number) for number in range(MAX_TURNS - 1)]
    assert given(history, 100) == history
    assert given([], 100) == []


@pytest.mark.parametrize("cost", [100, MAX_TOKENS // 25])
@pytest.mark.parametrize(("known", "most"), [(True, 1 / 6), (False, 1 / 3)])
def test_a_long_one_begins_alike_for_several_turns(cost: int, known: bool, most: float) -> None:
    starts = [""]
    for newest in range(MAX_TURNS, 400):
        starts.append(begins(newest, cost, before=starts[-1] if known else ""))
    assert sum(one != other for one, other in pairwise(starts[1:])) <= len(starts) * most


@pytest.mark.parametrize("cost", [1, 250, MAX_TOKENS // 2, MAX_TOKENS * 2])
def test_it_is_bounded_and_never_empty(cost: int) -> None:
    history = [past(number) for number in range(100)]
    newest = given(history, cost)
    assert newest
    assert newest[-1] == history[-1]
    assert len(newest) <= MAX_TURNS
    assert len(newest) * cost <= MAX_TOKENS or len(newest) == 1


def test_a_summary_says_what_was_asked_and_who_was_shown() -> None:
    told = [
        past(1, "Women 24-30 in Pune. With Kathak if possible.", "**Asha Patil** and **Mia Rao**."),
        past(2, "thanks!"),
        past(3, "Only those under 25", "\n".join(f"**Name {n}**" for n in range(5))),
    ]
    assert summarised(told) == (
        "3 May, Asha: Women 24-30 in Pune. → Asha Patil, Mia Rao\n"
        "3 May, Asha: Only those under 25 → Name 0, Name 1, Name 2 and 2 more"
    )


def test_of_much_the_newest_is_kept() -> None:
    told = [past(number, f"Question {number} about someone who can dance") for number in range(99)]
    summary = summarised(told)
    assert tokens(summary) <= LONGEST
    assert "Question 98" in summary
    assert "Question 1 " not in summary


async def test_older_turns_come_as_a_summary_that_redis_may_lose(
    node: Node, redis: Redis, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "MAX_TURNS", 3)

    class Counting(TurnHistory):
        read = 0

        async def older(
            self, turn: Turn, than: UUID, *, limit: int
        ) -> tuple[Summary | None, Sequence[PastTurn]]:
            self.read += 1
            return await super().older(turn, than, limit=limit)

    history = Counting(database)
    memory = WorkingMemory(redis, history)

    async def ask(text: str) -> Recollection:
        await node.turns.accept(message(text))
        turn = await claim(node)
        recollection = await memory.recall(turn)
        outcome = Outcome(f"**Name {text[-1]}**")
        await node.turns.finish(turn, outcome)
        await memory.remember(turn, outcome)
        return recollection

    for number in range(5):
        last = await ask(f"Question {number}")
    assert "Question 0 → Name 0" in last.summary
    assert "Question 3" not in last.summary
    await node.turns.accept(message("And now?"))
    turn = await claim(node)
    first = await memory.recall(turn)
    read = history.read
    assert await memory.recall(turn) == first
    assert history.read == read, "kept"
    await redis.flushall()
    anew = await memory.recall(turn)
    assert anew.history[-1] == first.history[-1]
    assert "Question 0 → Name 0" in anew.summary, "made anew"
    other = replace(turn, message=replace(turn.message, conversation=message("x").conversation))
    await memory.forget(other)
    assert not [key async for key in redis.scan_iter("*:summary:*")]
