"""What one process at a time does is done by one, and by the next when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.ports import Lease
from db.pool import Database
from db.process import Process
from db.singletons import Singletons
from tests.turns.conftest import LEASE
from tests.waiting import wait_until

Start = Callable[..., Awaitable[tuple[Process, Singletons]]]


@pytest.fixture
async def start(database: Database) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def started(owner_lock: str = "", lease: float = LEASE) -> tuple[Process, Singletons]:
            process = Process(database, lease_seconds=lease, owner_lock=owner_lock)
            singletons = Singletons(process)
            await stack.enter_async_context(process)
            return process, singletons

        yield started


class Holder:
    """Somebody who does the work for as long as it is theirs."""

    def __init__(self, singletons: Singletons, name: str = "shard 0") -> None:
        self.lease: Lease | None = None
        self._singletons = singletons
        self._name = name
        self._task = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        async with self._singletons.held(self._name) as self.lease:
            await self.lease.ended()

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})


async def test_the_next_in_line_has_it_at_once_and_nobody_before(start: Start) -> None:
    _, here = await start(lease=60)  # so that only the news can be in time
    _, there = await start(lease=60)
    first = Holder(here)
    await wait_until(lambda: first.lease)
    waiting = [Holder(here), Holder(there)]
    other = Holder(there, "shard 1")
    await wait_until(lambda: other.lease)
    assert [one.lease for one in waiting] == [None, None]
    await first.leave()
    await wait_until(lambda: any(one.lease for one in waiting), seconds=5)
    [leader] = [one for one in waiting if one.lease]
    waiting.remove(leader)
    await leader.leave()
    await wait_until(lambda: waiting[0].lease, seconds=5)
    for one in (*waiting, other):
        await one.leave()


async def test_what_a_dead_process_held_is_taken_over_and_one_that_wakes_up_learns_it(
    start: Start,
) -> None:
    dying, here = await start()
    asleep = Holder(here)
    await wait_until(lambda: asleep.lease)
    await dying.__aexit__(None, None, None)  # no heartbeat any more, as when killed or frozen
    _, there = await start()
    heir = Holder(there)
    await wait_until(lambda: heir.lease, seconds=10)
    held = asleep.lease
    assert held is not None
    assert held.over is None
    async with dying:  # it wakes up
        await wait_until(lambda: held.over == "lost")
    assert heir.lease is not None
    assert heir.lease.over is None
    await asleep.leave()
    await heir.leave()


async def test_a_restarted_process_has_at_once_what_it_held(start: Start) -> None:
    dying, here = await start(owner_lock="the same file", lease=60)
    before = Holder(here)
    await wait_until(lambda: before.lease)
    await dying.__aexit__(None, None, None)
    _, again = await start(owner_lock="the same file", lease=60)
    after = Holder(again)
    await wait_until(lambda: after.lease, seconds=5)
    await after.leave()
    await before.leave()
