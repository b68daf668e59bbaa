"""What Discord allows: a bucket for each channel's posts and edits, and one for everything.

Discord says with each answer what is left of a bucket and when it is full again; about 5 posts and
5 edits in 5 seconds a channel, 50 requests a second in all. discord.py waits where a bucket is
empty; here calls are spread so that this is rare, and the most urgent go first.
https://docs.discord.com/developers/topics/rate-limits
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Protocol

LIMIT, WINDOW = 5, 5.0
"""What a bucket holds, until Discord says."""
ALL_LIMIT, ALL_WINDOW = 45, 1.0
HORIZON = 1.3
"""Seconds within which the last edits of all open replies of a channel can be made at any time:
edits in between leave room for them."""
ASIDE_LEAVES = 40
"""Places that are left free by what nobody waits for."""
_ONE_WINDOW = 0.5
"""Seconds by which two answers may differ in when the same window ends."""
_KEPT = 500


class Urgency(IntEnum):
    """Who goes first where several wait."""

    OVERDUE = 0
    """What people said while we were away is read."""
    FINAL = 1
    FIRST = 2
    BETWEEN = 3
    ASIDE = 4
    """What nobody waits for: that we type."""


class Count(Protocol):
    """How many calls Discord has counted, as far as can be known."""

    def when(self, in_flight: int, reserved: int, now: float) -> float:
        """The earliest moment for one more call that leaves `reserved` places within `HORIZON`, as
        things stand; infinite: not before an answer."""

    def answered(self, headers: Mapping[str, str], now: float) -> None: ...

    def is_idle(self, now: float) -> bool: ...


class Bucket:
    """Counts as Discord does, by the headers of its answers: a window begins with its first call,
    and is full again at its end. Other processes' calls are in it too."""

    def __init__(self, limit: int = LIMIT, window: float = WINDOW) -> None:
        self._limit, self._window = limit, window
        self._used, self._ends = 0, -math.inf

    def when(self, in_flight: int, reserved: int, now: float) -> float:
        if in_flight and 2 * in_flight + 1 >= self._limit:
            return math.inf  # discord.py would take the bucket for empty, and hold answers back
        left = self._limit - self._used_at(now) - in_flight
        if left > min(reserved, self._limit - 1):
            return now
        if self._ends <= now:
            return math.inf  # the first answer tells when the new window ends
        # Shortly before its end, what is taken is there again before it is missed.
        return max(now, self._ends - HORIZON) if left > 0 else self._ends

    def answered(self, headers: Mapping[str, str], now: float) -> None:
        limit, left = headers.get("X-RateLimit-Limit"), headers.get("X-RateLimit-Remaining")
        after = headers.get("X-RateLimit-Reset-After")
        if limit is None or left is None or after is None:
            self._used = self._used_at(now) + 1
            self._ends = self._ends if self._ends > now else now + self._window
            return
        used, ends = int(limit) - int(left), now + float(after)
        self._limit = max(1, int(limit))
        if self._ends <= now or ends > self._ends + _ONE_WINDOW:
            self._used, self._ends = used, ends
        elif ends > self._ends - _ONE_WINDOW:  # else it comes late, out of a window that is over
            self._used = max(self._used, used)

    def is_idle(self, now: float) -> bool:
        return self._ends <= now

    def _used_at(self, now: float) -> int:
        if self._ends <= now:
            self._used = 0
        return self._used


class Sliding:
    """At most `limit` calls within any `window` seconds: of this limit Discord says nothing. A call
    counts until `window` seconds after its answer, as only Discord knows when it was counted."""

    def __init__(self, limit: int = ALL_LIMIT, window: float = ALL_WINDOW) -> None:
        self._limit, self._window = limit, window
        self._answered: deque[float] = deque()

    def when(self, in_flight: int, reserved: int, now: float) -> float:
        self._forget(now)
        missing = len(self._answered) + in_flight + 1 + reserved - self._limit
        if missing <= 0:
            return now
        if missing > len(self._answered):
            return math.inf
        return self._answered[missing - 1] + self._window

    def answered(self, headers: Mapping[str, str], now: float) -> None:
        self._answered.append(now)

    def is_idle(self, now: float) -> bool:
        self._forget(now)
        return not self._answered

    def _forget(self, now: float) -> None:
        while self._answered and self._answered[0] <= now - self._window:
            self._answered.popleft()


class Place:
    """The right to one call: say `answered` as often as Discord answers, or `give_back`."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._is_open = True

    def answered(self, headers: Mapping[str, str]) -> None:
        self.lane.note(headers)
        self.give_back()

    def give_back(self) -> None:
        """The call has come to its end, or is not made. Once is enough."""
        if self._is_open:
            self._is_open = False
            self.lane.leave()


@dataclass(order=True, slots=True)
class _Waiter:
    urgency: Urgency
    number: int
    granted: asyncio.Future[None] = field(compare=False)


class Lane:
    """Lets calls pass as a count allows, the most urgent first."""

    def __init__(self, counting: Count) -> None:
        self.replies = 0
        """Open replies whose last edit will be made here."""
        self._count = counting
        self._in_flight = 0
        self._not_before = -math.inf
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, urgency: Urgency) -> Place:
        """Wait for a place."""
        waiter = _Waiter(urgency, next(self._numbers), _loop().create_future())
        heappush(self._waiting, waiter)
        self._serve()
        try:
            await waiter.granted
        except asyncio.CancelledError:
            if not waiter.granted.cancelled():
                self.leave()  # it was granted just now
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
                heapify(self._waiting)
            raise
        return Place(self)

    def note(self, headers: Mapping[str, str]) -> None:
        """What Discord said with an answer."""
        self._count.answered(headers, _loop().time())

    def leave(self) -> None:
        self._in_flight -= 1
        self._serve()

    def pause(self, seconds: float) -> None:
        """Nobody calls for so long."""
        self._not_before = max(self._not_before, _loop().time() + seconds)

    def is_idle(self) -> bool:
        busy = self._in_flight or self._waiting or self.replies
        return not busy and self._count.is_idle(_loop().time())

    def _serve(self) -> None:
        now, at = _loop().time(), math.inf
        while self._waiting:
            urgency = self._waiting[0].urgency
            reserved = {Urgency.BETWEEN: self.replies, Urgency.ASIDE: ASIDE_LEAVES}.get(urgency, 0)
            at = max(self._count.when(self._in_flight, reserved, now), self._not_before)
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


class Channel:
    """The limits of one channel or thread."""

    def __init__(self) -> None:
        self.posts, self.edits, self.threads = Lane(Bucket()), Lane(Bucket()), Lane(Bucket())
        self.typed_at = -math.inf

    def is_idle(self) -> bool:
        return all(lane.is_idle() for lane in (self.posts, self.edits, self.threads))


class Pace:
    """All channels of the process. Bounded: what is idle is forgotten."""

    def __init__(self) -> None:
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
