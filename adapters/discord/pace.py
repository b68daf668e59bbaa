"""What Discord allows: a budget for each channel's posts and edits, and one for everything.

About 5 posts and 5 edits in 5 seconds a channel, 50 requests a second in all. discord.py waits
where a bucket is empty, and holds back the answer of the call that emptied it; here calls are
spread so that this happens to last edits at most, and the most urgent go first.
https://docs.discord.com/developers/topics/rate-limits
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from itertools import count

LIMIT, WINDOW = 5, 5.0
ALL_LIMIT, ALL_WINDOW = 40, 1.0
HORIZON = 1.4
"""Seconds within which the last edits of all open replies of a channel can be made at any time:
edits in between leave room for them."""
_MOST_RESERVED = 4
_KEPT = 500


class Urgency(IntEnum):
    """Who goes first where several wait."""

    FINAL = 0
    FIRST = 1
    BETWEEN = 2


@dataclass(order=True, slots=True)
class _Waiter:
    urgency: Urgency
    number: int
    granted: asyncio.Future[None] = field(compare=False)


class Lane:
    """At most `limit` calls within any `window` seconds.

    A call counts from when its place is granted until `window` seconds after its answer, as only
    Discord knows when in between it was counted.
    """

    def __init__(self, limit: int = LIMIT, window: float = WINDOW) -> None:
        self.replies = 0
        """Open replies whose last edit will be made here."""
        self._limit, self._window = limit, window
        self._answered: deque[float] = deque()
        self._in_flight = 0
        self._not_before = -math.inf
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, urgency: Urgency) -> None:
        """Wait for a place: make one call and say `answered`, or `give_back`."""
        waiter = _Waiter(urgency, next(self._numbers), _loop().create_future())
        heappush(self._waiting, waiter)
        self._serve()
        try:
            await waiter.granted
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                heapify(self._waiting)
            else:
                self.give_back()
            raise

    def answered(self) -> None:
        self._in_flight -= 1
        self._answered.append(_loop().time())
        self._serve()

    def give_back(self) -> None:
        self._in_flight -= 1
        self._serve()

    def pause(self, seconds: float) -> None:
        """Nobody calls for so long."""
        self._not_before = max(self._not_before, _loop().time() + seconds)

    def is_idle(self) -> bool:
        self._forget(_loop().time())
        return not (self._in_flight or self._waiting or self._answered or self.replies)

    def _serve(self) -> None:
        now, at = _loop().time(), math.inf
        self._forget(now)
        while self._waiting:
            at = max(self._when(self._waiting[0].urgency, now), self._not_before)
            if at > now:
                break
            waiter = heappop(self._waiting)
            if not waiter.granted.done():
                self._in_flight += 1
                waiter.granted.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and at < math.inf:
            self._timer = _loop().call_at(at, self._serve)

    def _when(self, urgency: Urgency, now: float) -> float:
        """The earliest moment, as things stand; infinite: not before an answer."""
        left = self._limit - len(self._answered) - self._in_flight - 1
        if self._in_flight and left <= self._in_flight:
            return math.inf  # discord.py would think the bucket empty, and hold answers back
        if urgency is not Urgency.BETWEEN:
            return self._free_at(1, self._window, now)
        reserved = min(self.replies, _MOST_RESERVED)
        soon = self._free_at(1 + reserved, self._window - HORIZON, now)
        return max(soon, self._free_at(min(2, self._limit), self._window, now))

    def _free_at(self, places: int, window: float, now: float) -> float:
        """When so many places will be free, counting the calls of the last `window` seconds."""
        counted = [at for at in self._answered if at > now - window]
        missing = len(counted) + self._in_flight + places - self._limit
        if missing <= 0:
            return now
        return counted[missing - 1] + window if missing <= len(counted) else math.inf

    def _forget(self, now: float) -> None:
        while self._answered and self._answered[0] <= now - self._window:
            self._answered.popleft()


class Channel:
    """The limits of one channel or thread."""

    def __init__(self) -> None:
        self.posts, self.edits = Lane(), Lane()
        self.typed_at = -math.inf

    def is_idle(self) -> bool:
        return self.posts.is_idle() and self.edits.is_idle()


class Pace:
    """All channels of the process. Bounded: what is idle is forgotten."""

    def __init__(self) -> None:
        self.everything = Lane(ALL_LIMIT, ALL_WINDOW)
        self._channels: dict[int, Channel] = {}
        self._prune_at = _KEPT

    def channel(self, channel_id: int) -> Channel:
        found = self._channels.get(channel_id)
        if found is None:
            if len(self._channels) >= self._prune_at:
                self._channels = {
                    key: one for key, one in self._channels.items() if not one.is_idle()
                }
                self._prune_at = max(_KEPT, 2 * len(self._channels))
            found = self._channels[channel_id] = Channel()
        return found


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()
