"""A circuit breaker: a Redis that hangs is waited for once, not at every turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")


class RedisAwayError(Exception):
    """Redis cannot serve now: do without."""


class Breaker:
    """Calls to Redis, `at_once` of them side by side, each given up after `timeout` seconds.

    After a failure nothing is asked for `pause` seconds; then one call tries, while the others
    still do without. One warning for each outage.
    """

    def __init__(
        self,
        *,
        timeout: float = 0.3,
        pause: float = 5.0,
        at_once: int = 50,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout = timeout
        self._pause = pause
        self._places = asyncio.Semaphore(at_once)  # fewer than the client's pool has connections
        self._clock = clock
        self._closed_again_at: float | None = None

    async def call(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `ask` answers, or `RedisAwayError`. Waiting for other calls is no outage."""
        async with self._places:
            return await self._call(ask)

    async def _call(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        if self._closed_again_at is not None:
            if self._clock() < self._closed_again_at:
                raise RedisAwayError
            self._closed_again_at = self._clock() + self._pause  # this call is the one that tries
        try:
            async with asyncio.timeout(self._timeout):
                answer = await ask()
        except (RedisError, OSError, TimeoutError) as error:
            if self._closed_again_at is None:
                log.warning("redis_away", error=f"{type(error).__name__}: {error}")
            self._closed_again_at = self._clock() + self._pause
            raise RedisAwayError from error
        if self._closed_again_at is not None:
            self._closed_again_at = None
            log.info("redis_back")
        return answer
