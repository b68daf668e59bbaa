"""Very much to do at once: nothing urgent waits, and a full pool is no outage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.conversation import Access, Outcome, Turn, TurnStatus
from bot.ports import LostTurnError, UnavailableError
from db.pool import Database
from tests.db.relay import Relay, relayed
from tests.db.sql import execute
from tests.turns.conftest import LEASE, Node, StartNode, claim, message, status_of
from tests.waiting import wait_until

CONNECTIONS = 4


@pytest.fixture
async def small(database_url: str) -> AsyncIterator[Database]:
    database = await Database.connect(database_url, max_size=CONNECTIONS)
    yield database
    await database.close()


async def search(database: Database, org_id: UUID, until: asyncio.Event) -> None:
    """Something slow."""
    async with database.session(org_id, Access.TEAM) as connection:
        await connection.execute("SELECT 1")
        await until.wait()


async def test_searches_hold_up_no_event_and_no_heartbeat(
    small: Database, start_node: StartNode, org_id: UUID
) -> None:
    node = await start_node(through=small)
    until = asyncio.Event()
    searches = [asyncio.create_task(search(small, org_id, until)) for _ in range(3 * CONNECTIONS)]
    await wait_until(lambda: node.process.link.healthy_for() > LEASE, seconds=20)
    async with asyncio.timeout(3):
        turn_id = await node.turns.accept(message())
        turn = await claim(node)
        assert turn.id == turn_id
        await node.turns.progress(turn, ["p1"], "So far")
        await node.turns.finish(turn, Outcome("done"))
    assert node.process.may_take_over
    until.set()
    await asyncio.gather(*searches)


async def test_whoever_waits_too_long_for_a_connection_is_told_and_nothing_is_an_outage(
    small: Database, start_node: StartNode, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await start_node(through=small)
    asked = message()
    await node.turns.accept(asked)
    monkeypatch.setattr("db.line.WAIT_SECONDS", 0.1)
    until = asyncio.Event()
    async with asyncio.TaskGroup() as searches:
        for _ in range(CONNECTIONS - 1):
            searches.create_task(search(small, org_id, until))
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError, match="too much to do"):
            await node.turns.transcript(asked.conversation)
        assert node.process.link.healthy_for() > 0
        until.set()
    assert await node.turns.transcript(asked.conversation) is not None


@pytest.fixture
async def counted(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Relay, Database]]:
    """Connections, and what counts the round trips on them."""
    async with relayed(database_url, tmp_path) as (relay, url):
        database = await Database.connect(url, max_size=CONNECTIONS)
        yield relay, database
        await database.close()


REPLIES = 50


async def running(node: Node) -> Sequence[Turn]:
    """As many turns, claimed."""
    for one in range(REPLIES):
        await node.turns.accept(message(conversation=f"C{one}"))
    turns = await node.turns.claim(["web"], at_most=REPLIES)
    assert len(turns) == REPLIES
    return turns


async def test_notes_and_endings_of_many_replies_are_stored_together(
    counted: tuple[Relay, Database], start_node: StartNode
) -> None:
    relay, database = counted
    node = await start_node(through=database)
    turns = await running(node)
    before = relay.trips
    await asyncio.gather(*(node.turns.progress(turn, ["p1"], turn.message.id) for turn in turns))
    await asyncio.gather(*(node.turns.finish(turn, Outcome(turn.message.id)) for turn in turns))
    assert relay.trips - before < REPLIES, "with the heartbeat's"
    for turn in turns:
        found = await node.turns.transcript(turn.message.conversation)
        assert found is not None
        assert found[1][0].message_ids == ("p1",)
        assert found[1][0].outcome == Outcome(turn.message.id)


async def test_one_among_many_that_was_lost_or_cannot_be_stored_spoils_no_other(
    node: Node, database_url: str
) -> None:
    await execute(
        database_url, "ALTER TABLE turns ADD CONSTRAINT no_poison CHECK (reply <> 'poison')"
    )
    lost, poisoned, *others = await running(node)
    await node.turns.finish(lost, Outcome("done"))

    notes = (node.turns.progress(turn, ["p1"], "x") for turn in (*others, lost))
    *kept, last = await asyncio.gather(*notes, return_exceptions=True)
    assert kept == [None] * len(others)
    assert isinstance(last, LostTurnError)

    async def finish(turn: Turn) -> None:
        text, status = "done", TurnStatus.DONE
        if turn is lost:
            status = TurnStatus.FAILED
        if turn is poisoned:
            text = "poison"
        await node.turns.finish(turn, Outcome(text, status))

    endings = (finish(turn) for turn in (lost, *others, poisoned))
    first, *ended, last = await asyncio.gather(*endings, return_exceptions=True)
    assert isinstance(first, LostTurnError)
    assert ended == [None] * len(others)
    assert isinstance(last, asyncpg.CheckViolationError)
    for turn in others:
        assert await status_of(node, turn.id) == TurnStatus.DONE
    assert await status_of(node, poisoned.id) == TurnStatus.RUNNING
