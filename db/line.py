"""Who gets one of the pool's connections next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum

from bot.ports import UnavailableError

WAIT_SECONDS = 10.0
"""The longest that anything waits for a connection."""


class Lane(Enum):
    """How a transaction waits for its connection while all are in use."""

    PATIENT = "patient"
    """What people wait for a moment longer: searches, histories, transcripts."""
    URGENT = "urgent"
    """What is short and must not stand behind those: events, claims, notes and last writes."""
    OWN = "own"
    """Waits for nobody: the heartbeat, of which there is one at a time."""


class Line:
    """The places in front of `size` connections, a quarter of which (at least one, where there is
    more than one) the patient leave to the urgent.

    A full line is no outage: who waits too long gets an `UnavailableError`, and nothing else
    learns of it.
    """

    def __init__(self, size: int) -> None:
        self._places = asyncio.Semaphore(size)
        self._patient = asyncio.Semaphore(max(1, size - max(1, size // 4)))

    @asynccontextmanager
    async def place(self, lane: Lane) -> AsyncIterator[None]:
        """Inside, a connection is there for us."""
        async with AsyncExitStack() as places:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    if lane is Lane.PATIENT:
                        await places.enter_async_context(self._patient)
                    if lane is not Lane.OWN:
                        await places.enter_async_context(self._places)
            except TimeoutError:
                raise UnavailableError("There is too much to do just now.") from None
            yield
