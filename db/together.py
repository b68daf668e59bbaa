"""One statement for all that came while the one before it was under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from db.process import Process

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Result = TypeVar("Result")


class Together(Generic[Key, Value, Result]):
    """Calls `store` with what waits, one call at a time: however much there is to store, it takes
    one connection, and what is stored alone waits for nothing."""

    def __init__(
        self, process: Process, store: Callable[[Mapping[Key, Value]], Awaitable[Result]]
    ) -> None:
        self._process = process
        self._store = store
        self._waiting: dict[Key, Value] = {}
        self._storing = asyncio.Lock()
        self._next: asyncio.Task[Result] | None = None

    async def store(self, key: Key, value: Value) -> Result:
        """What the call came to, or raised, that stored it with others.

        A newer value takes the place of one that waits under the same key. Cancelled, it is not
        stored, unless that is under way.
        """
        self._waiting[key] = value
        if self._next is None:
            self._next = self._process.start(self._store_waiting())
        try:
            return await asyncio.shield(self._next)
        except asyncio.CancelledError:
            if self._waiting.get(key) is value:
                del self._waiting[key]
            raise

    async def _store_waiting(self) -> Result:
        async with self._storing:
            together, self._waiting, self._next = self._waiting, {}, None
            return await self._store(together)
