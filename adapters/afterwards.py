"""Work that goes on after its command or click was acknowledged: platforms wait three seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

import structlog

from bot.casting import UNAVAILABLE, UNEXPECTED
from bot.ports import UnavailableError

log = structlog.get_logger(__name__)

Tell: TypeAlias = Callable[[str], Awaitable[object]]
"""Say one sentence to the person who asked, and to nobody else."""


class Afterwards:
    """Keeps what is under way; leaving the process ends it. An error is logged and told."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self, what: str, work: Coroutine[Any, Any, object], tell: Tell) -> None:
        """Begin `work`. `what` names it in the log."""
        task = asyncio.create_task(self._do(what, work, tell))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _do(self, what: str, work: Coroutine[Any, Any, object], tell: Tell) -> None:
        try:
            try:
                await work
            except UnavailableError:
                log.warning("act_failed", act=what, exc_info=True)
                await tell(UNAVAILABLE)
            except Exception:  # the boundary of an act
                log.exception("act_failed", act=what)
                await tell(UNEXPECTED)
        except Exception:  # and of saying so
            log.exception("could_not_tell", act=what)
