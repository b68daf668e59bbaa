"""Background jobs: once, again after an error, never twice at a time, apart from replies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
import pytest
from pydantic import JsonValue

from bot.conversation import Outcome, TurnStatus
from bot.jobs import JobHandler, JobRunner
from tests.conftest import ExpectedLogs
from tests.turns.answers import Echo, working
from tests.turns.conftest import Node, StartNode, claim, message
from tests.waiting import wait_until


@asynccontextmanager
async def running(node: Node, handler: JobHandler, *, slots: int = 1) -> AsyncIterator[None]:
    """A runner of this node for jobs of the kind "note"; leaving is a clean shutdown."""
    task = asyncio.create_task(JobRunner(node.jobs, {"note": handler}, slots).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Notes:
    """A handler that notes what it was given, and waits or fails when told to."""

    def __init__(self) -> None:
        self.noted: list[object] = []
        self.begun = 0
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        self.begun += 1
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError("one of these days")
        self.noted.append(payload["n"])


async def rows(node: Node) -> list[str]:
    async with node.process.contact() as connection:
        return [row["status"] for row in await connection.fetch("SELECT status FROM jobs")]


async def test_a_job_runs_and_is_gone(node: Node, org_id: UUID) -> None:
    notes = Notes()
    assert await node.jobs.enqueue(org_id, "note", {"n": 1})
    assert await node.jobs.enqueue(org_id, "other", {"n": 2})
    async with running(node, notes):
        await wait_until(lambda: notes.noted == [1])
        await node.jobs.enqueue(org_id, "note", {"n": 3})
        await wait_until(lambda: notes.noted == [1, 3])
    assert await rows(node) == ["queued"], "a kind that nobody here knows waits for one who does"


async def test_the_same_work_waits_once_but_may_be_asked_for_while_it_runs(
    node: Node, org_id: UUID
) -> None:
    notes = Notes()
    notes.gate.clear()
    queued = [await node.jobs.enqueue(org_id, "note", {"n": n}, key="all") for n in (1, 2)]
    assert queued == [True, False]
    async with running(node, notes, slots=2):
        await wait_until(lambda: notes.begun == 1)
        assert await node.jobs.enqueue(org_id, "note", {"n": 3}, key="all")
        assert not await node.jobs.enqueue(org_id, "note", {"n": 4}, key="all")
        assert await node.jobs.enqueue(org_id, "note", {"n": 5}, key="another")
        await wait_until(lambda: notes.begun == 2)
        assert sorted(await rows(node)) == ["queued", "running", "running"]
        notes.gate.set()
        await wait_until(lambda: sorted(map(str, notes.noted)) == ["1", "3", "5"])


async def test_a_failed_job_runs_again_and_dies_in_the_end(
    node: Node, org_id: UUID, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("job_failed", "job_dead")
    monkeypatch.setattr("bot.slots.POLL_SECONDS", 0.1)
    notes = Notes()
    notes.failures = 2  # and three times it may fail
    async with running(node, notes):
        await node.jobs.enqueue(org_id, "note", {"n": 1})
        await wait_until(lambda: notes.noted == [1])
        notes.failures = 3
        await node.jobs.enqueue(org_id, "note", {"n": 2})
        await wait_until(lambda: notes.begun == 6)

        async def dead() -> bool:
            return await rows(node) == ["dead"]

        await wait_until(dead)
        async with node.process.contact() as connection:
            kept = await connection.fetchval("SELECT error FROM jobs")
        assert kept.startswith("ZeroDivisionError in test_jobs.py:")
        assert "one of these days" not in kept, "an error may quote what is forgotten later"
        await node.jobs.enqueue(org_id, "note", {"n": 3})
        await wait_until(lambda: notes.noted == [1, 3])


async def test_a_job_that_failed_leaves_its_work_to_one_queued_meanwhile(
    node: Node, org_id: UUID
) -> None:
    await node.jobs.enqueue(org_id, "note", {"n": 1}, key="all")
    job = await node.jobs.claim(["note"])
    assert job is not None
    await node.jobs.enqueue(org_id, "note", {"n": 2}, key="all")
    assert await node.jobs.failed(job, "it broke")
    assert await rows(node) == ["queued"]


async def test_a_delayed_job_waits(node: Node, org_id: UUID) -> None:
    await node.jobs.enqueue(org_id, "note", {"n": 1}, delay=600)
    assert await node.jobs.claim(["note"]) is None
    await node.jobs.enqueue(org_id, "note", {"n": 2}, delay=0.2)

    async def due() -> bool:
        job = await node.jobs.claim(["note"])
        return job is not None and job.payload == {"n": 2}

    await wait_until(due)


async def test_a_shutdown_gives_the_job_back(node: Node, org_id: UUID) -> None:
    notes = Notes()
    notes.gate.clear()
    async with running(node, notes):
        await node.jobs.enqueue(org_id, "note", {"n": 1})
        await wait_until(lambda: notes.begun == 1)
    assert await rows(node) == ["queued"]
    notes.gate.set()
    async with running(node, notes):
        await wait_until(lambda: notes.noted == [1])


async def test_a_dead_workers_job_goes_on_elsewhere_and_the_old_one_is_cut_off(
    start_node: StartNode, org_id: UUID, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("job_lost")
    frozen, heir = await start_node(), await start_node()
    old, new = Notes(), Notes()
    old.gate.clear()
    await heir.jobs.enqueue(org_id, "note", {"n": 1})
    async with running(frozen, old):
        await wait_until(lambda: old.begun == 1)
        await frozen.process.__aexit__(None, None, None)
        async with running(heir, new):
            await wait_until(lambda: new.noted == [1], seconds=20)
        async with frozen.process:
            await wait_until(lambda: len(expected_logs.records) == 1)
            old.gate.set()
        assert old.noted == []
        assert await rows(heir) == []


async def test_jobs_do_not_take_the_slots_of_replies(node: Node, org_id: UUID) -> None:
    notes, echo = Notes(), Echo(node.turns)
    notes.gate.clear()
    for n in range(5):
        await node.jobs.enqueue(org_id, "note", {"n": n})
    async with running(node, notes, slots=1), working(node, echo, slots=1):
        await wait_until(lambda: notes.begun == 1)
        await node.turns.accept(message())
        await wait_until(lambda: echo.log.count == 1)
        assert notes.begun == 1, "one slot, one job"


@pytest.mark.parametrize("status", [TurnStatus.DONE, TurnStatus.FAILED, TurnStatus.WITHDRAWN])
async def test_an_ended_turn_leaves_its_jobs_in_the_same_transaction(
    start_node: StartNode, status: TurnStatus
) -> None:
    node = await start_node(jobs_after=["note"])
    await node.turns.accept(message())
    turn = await claim(node)
    await node.turns.finish(turn, Outcome("done", status))
    job = await node.jobs.claim(["note"])
    if status == TurnStatus.WITHDRAWN:
        assert job is None
    else:
        assert job is not None
        conversation = str(turn.message.conversation)
        assert (job.org_id, job.payload) == (turn.audience.org_id, {"conversation": conversation})


@pytest.mark.parametrize("ending", ["release", "failed"])
async def test_a_job_that_is_queued_again_while_it_is_given_back_is_done_then(
    node: Node, org_id: UUID, database_url: str, ending: str
) -> None:
    await node.jobs.enqueue(org_id, "note", {"n": 1}, key="k")
    job = await node.jobs.claim(["note"])
    assert job is not None
    other = await asyncpg.connect(database_url)
    transaction = other.transaction()
    await transaction.start()
    await other.execute(
        "INSERT INTO jobs (org_id, kind, key, payload, run_at)"
        " VALUES ($1, 'note', 'k', '{}', now())",
        org_id,
    )
    giving = asyncio.create_task(
        node.jobs.release(job) if ending == "release" else node.jobs.failed(job, "broke")
    )

    async def it_waits_for_the_other() -> bool:
        return bool(await other.fetch("SELECT FROM pg_locks WHERE NOT granted"))

    await wait_until(it_waits_for_the_other)
    await transaction.commit()
    await other.close()
    await giving
    assert await rows(node) == ["queued"]
