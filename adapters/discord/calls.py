"""Calls of discord.py as they go over the wire: paced, bounded in time, never left half-way.

discord.py gives the answer to a call that emptied a bucket only when the bucket is full again, it
waits five minutes for an answer that never comes, and where a call is cancelled that waits out a
limit over everything, all later ones wait for ever. What comes over the wire tells the difference.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import aiohttp

from adapters.discord.pace import Lane, Place, Sliding, Urgency

ANSWER_WITHIN = 15.0
"""Seconds until a call that Discord has not answered is given up."""
CLOSE_WITHIN = 1.0
T = TypeVar("T")


class _Call:
    """One call under way."""

    def __init__(self, places: tuple[Place, ...], answer_within: float) -> None:
        self.done = asyncio.Event()
        """Discord has said yes."""
        self.patience = asyncio.timeout(None)
        self._places, self._answer_within = places, answer_within
        self._is_answered = False

    def asked(self) -> None:
        self.patience.reschedule(asyncio.get_running_loop().time() + self._answer_within)

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        self._is_answered = True
        self.patience.reschedule(None)
        for place in self._places:
            place.answered(headers)
        if status < 300:
            self.done.set()

    def over(self) -> None:
        """Whatever came of it. One without an answer may have been counted all the same."""
        if not self._is_answered:
            for place in self._places:
                place.answered({})


_current: ContextVar[_Call | None] = ContextVar("discord_call", default=None)


class Calls:
    """All calls of the process. Clients are made with `http_trace=calls.trace`."""

    def __init__(self, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._answer_within = answer_within
        self.everything = Lane(Sliding())
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(_started)
        self.trace.on_request_end.append(_ended)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def make(
        self,
        make: Callable[[], Awaitable[T]],
        *places: Place,
        urgency: Urgency = Urgency.FIRST,
    ) -> T:
        """Make the call that `places` were waited for, when the limit over everything allows.

        Raises what discord.py raises, and `TimeoutError`. Where we are cancelled, a call that was
        begun comes to its end all the same.
        """
        if not any(place.lane is self.everything for place in places):
            try:
                places += (await self.everything.enter(urgency),)
            except asyncio.CancelledError:
                for place in places:
                    place.give_back()
                raise
        return await asyncio.shield(self._begin(make, places)[1])

    async def make_until_done(self, make: Callable[[], Awaitable[object]], *places: Place) -> None:
        """As `make`, and it returns as soon as Discord has said yes."""
        call, task = self._begin(make, places)
        done = asyncio.create_task(call.done.wait())
        try:
            await asyncio.wait({task, done}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            done.cancel()
        if not call.done.is_set():
            task.result()

    async def close(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_WITHIN)

    def _begin(
        self, make: Callable[[], Awaitable[T]], places: tuple[Place, ...]
    ) -> tuple[_Call, asyncio.Task[T]]:
        call = _Call(places, self._answer_within)

        async def run() -> T:
            _current.set(call)
            try:
                async with call.patience:
                    return await make()
            finally:
                call.over()

        task = asyncio.create_task(run())
        self._under_way.add(task)
        task.add_done_callback(self._is_over)
        return call, task

    def _is_over(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits has it; nobody else need hear of it


async def _started(*_: object) -> None:
    if call := _current.get():
        call.asked()


async def _ended(_session: object, _context: object, answer: aiohttp.TraceRequestEndParams) -> None:
    if call := _current.get():
        call.answered(answer.response.status, answer.response.headers)
