"""A value that is sent on whenever it changes, one call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Calls `send` with the newest value, one call at a time; values that come between are lost."""

    def __init__(self, send: Callable[[T], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: list[T] = []
        self.task: asyncio.Task[None] | None = None

    def put(self, value: T) -> None:
        self._waiting = [value]
        if self.task is None or self.task.done():
            self.check()
            self.task = asyncio.create_task(self._run())

    def check(self) -> None:
        """Raise what `send` raised."""
        if self.task and self.task.done():
            self.task.result()

    async def idle(self) -> None:
        """Wait until the newest value is sent."""
        if self.task:
            await asyncio.wait({self.task})
            self.check()

    async def _run(self) -> None:
        while self._waiting:
            await self._send(self._waiting.pop())
