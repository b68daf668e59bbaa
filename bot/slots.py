"""A number of slots, kept filled from a queue: what replies and background jobs share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
"""How often the queue is asked without having called: for leases that ran out, and as a net."""

_GIVE_BACK_SECONDS = 1.0

Work = TypeVar("Work")


async def fill_slots(
    slots: int,
    *,
    claim: Callable[[int], Coroutine[None, None, Sequence[Work]]],
    wait: Callable[[float], Awaitable[None]],
    do: Callable[[Work], Coroutine[None, None, None]],
    release: Callable[[Work], Awaitable[None]],
    grace_seconds: float,
) -> None:
    """Claim and `do` up to `slots` pieces of work side by side, until cancelled.

    `claim` is asked for as many as there are free slots; none means that there is nothing now.
    Cancelled, it claims no more, cancels what is being done and waits `grace_seconds` for it.
    `do` raises nothing but `CancelledError`, and gives its work back itself when cancelled.
    """
    doing: set[asyncio.Task[None]] = set()
    slot_freed = asyncio.Event()

    def finished(task: asyncio.Task[None]) -> None:
        doing.discard(task)
        slot_freed.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("work_raised", exc_info=error)

    try:
        while True:
            if len(doing) >= slots:
                slot_freed.clear()
                await slot_freed.wait()
            works: Sequence[Work] = []
            try:
                works = await _claim_or_release(claim, slots - len(doing), release)
            except Exception:  # the process's boundary: a fault of today is no reason to stop
                log.exception("claim_failed")
            for work in works:
                task = asyncio.create_task(do(work))
                doing.add(task)
                task.add_done_callback(finished)
            if not works:
                await wait(POLL_SECONDS)
    finally:
        for task in doing:
            task.cancel()
        if doing:
            _, late = await asyncio.wait(doing, timeout=grace_seconds)
            if late:
                log.warning("left_unfinished", count=len(late))


async def _claim_or_release(
    claim: Callable[[int], Coroutine[None, None, Sequence[Work]]],
    at_most: int,
    release: Callable[[Work], Awaitable[None]],
) -> Sequence[Work]:
    """A claim that is cancelled may have been granted already: then its work is given back."""
    claiming = asyncio.create_task(claim(at_most))
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        with suppress(TimeoutError):  # then its lease runs out
            async with asyncio.timeout(_GIVE_BACK_SECONDS):
                await asyncio.gather(*(release(work) for work in await claiming))
        raise
