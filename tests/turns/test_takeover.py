"""A worker dies, freezes or loses its link: its turns go on elsewhere, once."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from bot.conversation import GIVEN_UP, Outcome, TurnStatus
from bot.ports import LostTurnError, UnavailableError
from db.embedded import EmbeddedServers
from db.jobs import Jobs
from db.link import Link
from db.migrate import migrate
from db.pool import Database
from db.process import Process, lock_identity
from db.turns import Turns
from tests.conftest import ExpectedLogs
from tests.proxy import Proxy
from tests.turns.conftest import (
    LEASE,
    Node,
    StartNode,
    claim,
    message,
    status_of,
    taken_over,
)
from tests.waiting import wait_until


async def test_a_dead_workers_turn_goes_on_in_the_same_messages(start_node: StartNode) -> None:
    dying, heir = await start_node(), await start_node()
    await dying.turns.accept(message("first"))
    await dying.turns.accept(message("second"))
    turn = await claim(dying)
    await dying.turns.progress(turn, ["p1", "p2"], "So far")
    await dying.process.__aexit__(None, None, None)  # no heartbeat any more, as when killed

    assert await heir.turns.claim(["web"], at_most=9) == [], (
        "neither it nor the next of its conversation"
    )
    again = await taken_over(heir)
    assert (again.id, again.attempt) == (turn.id, 2)
    assert (again.message_ids, again.shown) == (("p1", "p2"), "So far")


async def test_a_frozen_worker_that_thaws_can_do_nothing(start_node: StartNode) -> None:
    frozen, heir = await start_node(), await start_node()
    await frozen.turns.accept(message())
    turn = await claim(frozen)
    async with frozen.turns.lease(turn) as lease:
        await frozen.process.__aexit__(None, None, None)
        again = await taken_over(heir)
        async with frozen.process:  # thawed: the heartbeat notices, and so does every write
            assert await lease.ended() == "lost"
            with pytest.raises(LostTurnError):
                await frozen.turns.progress(turn, ["x"], "stale")
            with pytest.raises(LostTurnError):
                await frozen.turns.finish(turn, Outcome("stale"))
            await frozen.turns.release(turn)
    assert await status_of(heir, turn.id) == TurnStatus.RUNNING
    await heir.turns.finish(again, Outcome("fresh"))
    found = await heir.turns.transcript(turn.message.conversation)
    assert found is not None
    assert found[1][0].outcome == Outcome("fresh")


async def test_a_turn_that_kills_its_workers_dies_and_blocks_nothing(
    start_node: StartNode,
) -> None:
    heir = await start_node(max_takeovers=2)
    deadly = await heir.turns.accept(message("deadly"))
    harmless = await heir.turns.accept(message("harmless"))
    for _ in range(2):
        dying = await start_node(max_takeovers=2)
        turn = await taken_over(dying)
        assert turn.id == deadly
        await dying.turns.progress(turn, ["p1"], "So far")
        await dying.process.__aexit__(None, None, None)
    last = await taken_over(heir)
    assert (last.id, last.given_up) == (deadly, True)
    assert (last.message_ids, last.shown) == (("p1",), "So far")
    await heir.turns.release(last)  # a shutdown before that was told: the next tells it
    last = await claim(heir)
    assert (last.id, last.given_up) == (deadly, True)
    await heir.turns.finish(last, Outcome("So far", TurnStatus.DEAD, error=GIVEN_UP))
    next_turn = await claim(heir)
    assert (next_turn.id, next_turn.given_up) == (harmless, False)
    assert await status_of(heir, last.id) == TurnStatus.DEAD
    assert await heir.turns.retry(last.id) is not None


async def test_a_turn_that_kills_also_whoever_tells_of_its_death_is_dead_at_once(
    start_node: StartNode, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("turn_dead")
    turn_id = None
    for given_up in (False, True):
        dying = await start_node(max_takeovers=1)
        turn_id = turn_id or await dying.turns.accept(message("deadly"))
        turn = await taken_over(dying)
        assert (turn.id, turn.given_up) == (turn_id, given_up)
        await dying.turns.progress(turn, ["p1"], "So far")
        await dying.process.__aexit__(None, None, None)
    heir = await start_node(max_takeovers=1)
    harmless = await heir.turns.accept(message("harmless"))
    assert (await taken_over(heir)).id == harmless
    found = await heir.turns.transcript(turn.message.conversation)
    assert found is not None
    assert found[1][0].outcome == Outcome("So far", TurnStatus.DEAD, error=GIVEN_UP)


async def test_a_worker_that_was_released_from_a_turn_did_not_die_of_it(node: Node) -> None:
    turn_id = await node.turns.accept(message())
    for attempt in range(1, 8):
        turn = await claim(node)
        assert (turn.id, turn.attempt) == (turn_id, attempt)
        await node.turns.release(turn)


# --- the database away -----------------------------------------------------------------------


async def test_a_database_outage_makes_no_turn_run_twice(
    tmp_path_factory: pytest.TempPathFactory, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("database_away")
    folder = tmp_path_factory.mktemp("outage")
    async with AsyncExitStack() as nodes:
        async with EmbeddedServers(folder, redis=False, durable=False) as servers:
            await migrate(servers.postgres_url)
            owner, other = [
                await nodes.enter_async_context(_node(servers.postgres_url)) for _ in range(2)
            ]
            await owner.turns.accept(message())
            turn = await claim(owner)
            await wait_until(lambda: other.process.may_take_over)
        # Postgres is stopped; the lease runs out meanwhile
        down_since = asyncio.get_running_loop().time()
        await owner.turns.progress(turn, ["p1"], "goes on")
        assert await other.turns.claim(["web"], at_most=9) == []
        await wait_until(
            lambda: asyncio.get_running_loop().time() > down_since + LEASE + 0.2, seconds=10
        )
        finishing = asyncio.create_task(owner.turns.finish(turn, Outcome("whole")))
        async with EmbeddedServers(folder, redis=False, durable=False):
            while not finishing.done():
                assert await other.turns.claim(["web"], at_most=9) == [], "its owner lives"
                await asyncio.sleep(0.01)
            await finishing
            assert await status_of(other, turn.id) == TurnStatus.DONE
            await owner.turns.accept(message("after"))
            await taken_over(other)
            assert len(expected_logs.records) == 2, "one warning for each process"


@asynccontextmanager
async def _node(url: str) -> AsyncIterator[Node]:
    """A node with connections of its own."""
    database = await Database.connect(url, min_size=1, max_size=4)
    process = Process(database, lease_seconds=LEASE)
    node = Node(process, Turns(process), Jobs(process))
    try:
        async with process:
            yield node
    finally:
        await database.close()


@asynccontextmanager
async def _far_node(database_url: str) -> AsyncIterator[tuple[Node, Proxy]]:
    """A node whose whole network can fail."""
    parts = urlsplit(database_url)
    where = parse_qs(parts.query)
    async with Proxy(f"{where['host'][0]}/.s.PGSQL.{where['port'][0]}") as proxy:
        there = f"postgresql://{parts.username}@127.0.0.1:{proxy.port}{parts.path}?sslmode=disable"
        async with _node(there) as node:
            yield node, proxy


@pytest.mark.parametrize("fault", ["hang", "cut"])
async def test_a_worker_that_lost_its_own_link_loses_its_turns(
    start_node: StartNode, database_url: str, expected_logs: ExpectedLogs, fault: str
) -> None:
    expected_logs.expect("database_away")
    heir = await start_node()
    async with _far_node(database_url) as (far, proxy):
        await heir.turns.accept(message())
        turn = await claim(far)
        async with far.turns.lease(turn) as lease:
            proxy.become("hang" if fault == "hang" else "cut")
            accepting = asyncio.create_task(far.turns.accept(message()))
            again = await taken_over(heir)
            assert again.id == turn.id
            assert not far.process.may_take_over
            with pytest.raises(UnavailableError):
                await accepting
            proxy.become("open")
            assert await asyncio.wait_for(lease.ended(), 20) == "lost"
            with pytest.raises(LostTurnError):
                await far.turns.finish(turn, Outcome("stale"))
        await heir.turns.finish(again, Outcome("fresh"))


async def test_listening_goes_on_after_its_connection_was_killed(
    start_node: StartNode, database_url: str
) -> None:
    asking, working = await start_node(), await start_node()
    await asking.turns.accept(message())
    turn = await claim(working)
    administrator = await asyncpg.connect(database_url)
    listeners = (
        "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        " AND application_name = 'castmatch listener'"
    )

    async def are_listening() -> bool:
        return bool(await administrator.fetchval(f"SELECT count(*) {listeners}") == 2)

    await wait_until(are_listening)
    await administrator.execute(f"SELECT pg_terminate_backend(pid) {listeners}")
    async with working.turns.lease(turn) as lease:
        await asking.turns.stop(turn.id)  # while nobody listens, perhaps
        assert await asyncio.wait_for(lease.ended(), 10) == "stopped"

    await wait_until(are_listening)
    await administrator.close()
    while await working.turns.claim(["web"], at_most=9):
        pass
    await working.turns.wait(0)  # forget what rang so far
    waiting = asyncio.create_task(working.turns.wait(30))
    await asking.turns.accept(message(conversation="C2"))
    await asyncio.wait_for(waiting, 5)


async def test_what_was_accepted_while_nobody_listened_is_looked_for(
    node: Node, database_url: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("database_away")
    async with _far_node(database_url) as (far, proxy):
        assert await far.turns.claim(["web"], at_most=9) == []
        proxy.become("cut")
        await wait_until(lambda: expected_logs.records)
        await far.turns.wait(0)  # forget what rang so far
        waiting = asyncio.create_task(far.turns.wait(60))
        turn_id = await node.turns.accept(message())
        await asyncio.sleep(0)
        assert not waiting.done()
        proxy.become("open")
        await asyncio.wait_for(waiting, 15)
        assert (await claim(far)).id == turn_id


def test_a_link_is_healthy_only_without_a_gap(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("database_away")
    now = 100.0
    link = Link(max_gap=2.0, clock=lambda: now)
    assert link.healthy_for() == 0
    link.reached()
    for now in (101.0, 102.5, 104.0):  # noqa: B007 - it is the clock
        link.reached()
    assert link.healthy_for() == 4.0
    now = 106.5
    assert link.healthy_for() == 0, "frozen, or nobody looked"
    link.reached()
    assert link.healthy_for() == 0
    now = 108.0
    link.reached()
    assert link.healthy_for() == 1.5
    link.missed(OSError("gone"))
    link.missed(OSError("gone"))
    link.reached()
    assert link.healthy_for() == 0
    assert len(expected_logs.records) == 1


# --- kill -9 of a process --------------------------------------------------------------------

REPLIES = 10


@asynccontextmanager
async def _killed_child(
    node: Node, database_url: str, lock: Path, lease_seconds: float
) -> AsyncIterator[None]:
    """A process that was killed in the middle of its replies."""
    for one in range(REPLIES):
        await node.turns.accept(message(f"{one}", conversation=f"C{one}"))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.turns.child", database_url, str(lease_seconds), str(lock)),
    )
    try:

        async def all_shown() -> bool:
            async with node.process.contact() as connection:
                count = "SELECT count(*) FROM turns WHERE message_ids = '{p1}'"
                return bool(await connection.fetchval(count) == REPLIES)

        await wait_until(all_shown, seconds=30)
        assert await node.turns.claim(["web"], at_most=9) == []
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
    yield


async def _finish_all(node: Node) -> None:
    seen = set()
    for _ in range(REPLIES):
        turn = await taken_over(node)
        assert (turn.message_ids, turn.attempt) == (("p1",), 2)
        seen.add(turn.id)
        await node.turns.finish(turn, Outcome("whole"))
    assert len(seen) == REPLIES
    assert await node.turns.claim(["web"], at_most=9) == []


async def test_replies_of_a_killed_process_go_on_after_its_lease(
    node: Node, database_url: str, tmp_path: Path
) -> None:
    async with _killed_child(node, database_url, tmp_path / "lock", LEASE):
        await _finish_all(node)


async def test_whoever_holds_the_killed_processs_lock_goes_on_at_once(
    node: Node, start_node: StartNode, database_url: str, tmp_path: Path
) -> None:
    lock = tmp_path / "lock"
    async with _killed_child(node, database_url, lock, lease_seconds=600):
        assert await node.turns.claim(["web"], at_most=9) == [], (
            "another machine waits for the lease"
        )
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            heir = await start_node(owner_lock=lock_identity(file.fileno()))
            await _finish_all(heir)


def test_a_lock_is_known_by_its_file_and_not_by_its_name(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w") as first, (tmp_path / "b").open("w") as other:
        name = lock_identity(first.fileno())
        assert name
        assert lock_identity(other.fileno()) != name
        (tmp_path / "a").rename(tmp_path / "c")
        with (tmp_path / "c").open() as same, (tmp_path / "a").open("w") as new:
            assert lock_identity(same.fileno()) == name
            assert lock_identity(new.fileno()) != name
