"""Processes over one database, and messages to give them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest

from bot.conversation import Access, Author, ConversationKey, Message, Place, Turn, TurnStatus
from bot.jobs import JobHandler
from db.jobs import Jobs
from db.pool import Database
from db.process import Process
from db.turns import Turns
from tests.waiting import wait_until

LEASE = 1.5
"""Seconds; short, so that takeovers are quick, and long enough for a busy machine."""


@dataclass(frozen=True, slots=True)
class Node:
    """What one process has."""

    process: Process
    turns: Turns
    jobs: Jobs


StartNode = Callable[..., Awaitable[Node]]


@pytest.fixture
async def start_node(database: Database) -> AsyncIterator[StartNode]:
    """Start another process's part of the queue, within this one; all end with the test."""
    async with AsyncExitStack() as stack:

        async def start(
            owner_lock: str = "",
            lease: float = LEASE,
            max_takeovers: int = 3,
            jobs_after: Sequence[str] = (),
            through: Database = database,
        ) -> Node:
            process = Process(through, lease_seconds=LEASE, owner_lock=owner_lock)
            turns = Turns(process, max_takeovers=max_takeovers, jobs_after=jobs_after)
            node = Node(process, turns, Jobs(process, max_failures=3, backoff_seconds=0.01))
            await stack.enter_async_context(process)
            return node

        yield start


@pytest.fixture
async def node(start_node: StartNode) -> Node:
    return await start_node()


_numbers = count(1)


def message(
    text: str = "Find me a dancer",
    *,
    conversation: str = "C1",
    message_id: str | None = None,
    platform: str = "web",
    workspace: str = "W1",
    access: Access = Access.TEAM,
) -> Message:
    """A message with an id of its own, unless one is given."""
    return Message(
        id=message_id or f"m{next(_numbers)}",
        conversation=ConversationKey(platform, workspace, conversation),
        place=Place.DM,
        author=Author("U1", "Asha"),
        text=text,
        sent_at=datetime.now(UTC),
        default_access=access,
    )


async def status_of(node: Node, turn_id: UUID | None) -> TurnStatus:
    async with node.process.contact() as connection:
        return TurnStatus(
            await connection.fetchval("SELECT status FROM turns WHERE id = $1", turn_id)
        )


async def claim(node: Node) -> Turn:
    """The next turn, which must be there. A row that a heartbeat locks just now is passed over."""
    return await taken_over(node, seconds=2)


async def work_off(node: Node, handlers: Mapping[str, Sequence[JobHandler]]) -> int:
    """Do the jobs of these kinds that are due, and those they leave; how many."""
    count = 0
    while job := await node.jobs.claim([*handlers]):
        for handler in handlers[job.kind]:
            await handler(job.org_id, job.payload)
        await node.jobs.done(job)
        count += 1
    return count


async def taken_over(node: Node, *, seconds: float = 20) -> Turn:
    """The turn that the node claims as soon as it may."""
    found: list[Turn] = []

    async def claimed() -> bool:
        found.extend(await node.turns.claim(["web"], at_most=1))
        return bool(found)

    await wait_until(claimed, seconds=seconds)
    return found[0]
