"""The smallest casting and adapter that a worker can serve."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from bot.conversation import Outcome, Turn
from bot.ports import Page, Reply, Step, TurnQueue
from bot.worker import Worker
from tests.turns.conftest import Node


class Platform:
    """An adapter whose replies show nothing."""

    platform = "web"
    page_limit = 2000

    def reply(self, turn: Turn) -> Reply:
        return self

    async def run(self) -> None: ...
    async def pace(self, step: Step) -> None: ...
    async def post(self, page: Page) -> str:
        return "p1"

    async def edit(self, message_id: str, page: Page) -> None: ...
    async def delete(self, message_id: str) -> None: ...
    async def activity(self, doing: str) -> None: ...
    async def close(self) -> None: ...


class Log:
    """What was answered in each conversation, in order, and whether two were at once."""

    def __init__(self) -> None:
        self.answered: dict[str, list[str]] = defaultdict(list)
        self.open: set[str] = set()
        self.overlaps = 0
        self.most_at_once = 0

    @contextmanager
    def answering(self, turn: Turn) -> Iterator[None]:
        channel = turn.message.conversation.channel
        self.overlaps += channel in self.open
        self.open.add(channel)
        self.most_at_once = max(self.most_at_once, len(self.open))
        self.answered[channel].append(turn.message.text)
        try:
            yield
        finally:
            self.open.discard(channel)

    @property
    def count(self) -> int:
        return sum(map(len, self.answered.values()))


class Echo:
    """Answers each turn with its own text, once `gate` is open; notes order and overlaps."""

    def __init__(self, turns: TurnQueue, log: Log | None = None) -> None:
        self._turns = turns
        self.log = log or Log()
        self.noted = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, turn: Turn, reply: Reply) -> None:
        try:
            async with self._turns.lease(turn):
                with self.log.answering(turn):
                    await self._turns.progress(turn, ["p1"], turn.message.text[:1])
                    self.noted += 1
                    await self.gate.wait()
                await self._turns.finish(turn, Outcome(turn.message.text))
        except asyncio.CancelledError:
            await self._turns.release(turn)
            raise


@asynccontextmanager
async def working(node: Node, echo: Echo, *, slots: int = 4) -> AsyncIterator[asyncio.Task[None]]:
    """A worker of this node; leaving is a clean shutdown."""
    task = asyncio.create_task(Worker(node.turns, echo, [Platform()], slots).run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
