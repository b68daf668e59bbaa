"""Discord's rate limits: buckets for each route and place, and one for everything together.

https://docs.discord.com/developers/topics/rate-limits
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

GLOBAL_PER_SECOND = 50
INVALID_PER_TEN_MINUTES = 10_000
"""Answers of 401, 403 and 429 after which an address is shut out."""

PER_BUCKET = {
    "POST /channels/{}/messages": (5, 5.0),
    "PATCH /channels/{}/messages/{}": (5, 5.0),
    "DELETE /channels/{}/messages/{}": (5, 1.0),
    "GET /channels/{}/messages": (5, 5.0),
    "GET /channels/{}/messages/{}": (5, 5.0),
    "POST /channels/{}/typing": (5, 5.0),
    "PUT /channels/{}/messages/{}/reactions/{}/@me": (1, 0.25),
    "POST /webhooks/{}/{}": (5, 2.0),
    "PATCH /webhooks/{}/{}/messages/{}": (5, 5.0),
    "PUT /applications/{}/commands": (2, 2.0),
}
"""Requests in so many seconds, as the answers of the real one show them; Discord documents none.
Routes that are not here have `OTHERS`."""
OTHERS = (5, 5.0)

OLD_SECONDS = 3600.0
OLD_EDITS = (3, 20.0)
"""Edits of messages older than an hour, in a channel, on top of the bucket. Discord gives no
number; this is what others have met."""


@dataclass
class _Window:
    """A bucket begins with its first request and is full again when its time is over."""

    ends: float = 0.0
    used: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request met: the bucket's headers, and how long to wait where it was too much."""

    headers: dict[str, str]
    wait: float = 0.0
    is_global: bool = False


class Limits:
    """Who may call what how often. Off, everything passes and is still counted."""

    def __init__(self, clock: Callable[[], float], wall: Callable[[], float]) -> None:
        self.per_bucket = dict(PER_BUCKET)
        self.global_per_second = GLOBAL_PER_SECOND
        self.refused = 0
        """Requests that were answered by 429."""
        self.busiest = 0
        """The most requests that passed in one second of the limit over everything."""
        self._clock = clock
        self._wall = wall
        self._on = True
        self._windows: dict[tuple[str, str], _Window] = {}
        self._second = _Window()
        self._invalid: deque[float] = deque()
        self._old: dict[str, deque[float]] = {}

    def off(self) -> None:
        """For tests that are about something else."""
        self._on = False

    def take(self, route: str, place: str, *, counts: bool = True) -> Taken:
        """Count a request. `place` is the channel, server or webhook; without `counts` it is
        free of the limit over everything (answers to interactions are)."""
        now = self._clock()
        if counts:
            second = self._second
            if second.ends <= now:
                second.ends, second.used = now + 1, 0
            if self._on and second.used >= self.global_per_second:
                return self._refuse({}, second.ends - now, is_global=True)
            second.used += 1
            self.busiest = max(self.busiest, second.used)
        if not self._on:
            return Taken({})
        limit, seconds = self.per_bucket.get(route, OTHERS)
        window = self._windows.setdefault((route, place), _Window())
        if window.ends <= now:
            window.ends, window.used = now + seconds, 0
        left = window.ends - now
        over = window.used >= limit
        window.used += not over
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - window.used),
            "X-RateLimit-Reset": f"{self._wall() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
        }
        return self._refuse(headers, left) if over else Taken(headers)

    def take_old_edit(self, channel: str) -> float:
        """Count an edit of a message older than an hour. Seconds to wait, or 0."""
        now, (most, seconds) = self._clock(), OLD_EDITS
        edits = self._old.setdefault(channel, deque())
        while edits and edits[0] <= now - seconds:
            edits.popleft()
        if self._on and len(edits) >= most:
            self.refused += 1
            return edits[0] + seconds - now
        edits.append(now)
        return 0.0

    def note_invalid(self) -> None:
        """Count an answer of 401, 403 or 429."""
        now = self._clock()
        while self._invalid and self._invalid[0] <= now - 600:
            self._invalid.popleft()
        self._invalid.append(now)

    @property
    def invalid(self) -> int:
        """Answers of 401, 403 and 429 in ten minutes."""
        return len(self._invalid)

    @property
    def is_shut_out(self) -> bool:
        """Whether there were so many that Discord's edge answers nothing else any more."""
        return self._on and len(self._invalid) >= INVALID_PER_TEN_MINUTES

    def _refuse(self, headers: dict[str, str], wait: float, *, is_global: bool = False) -> Taken:
        self.refused += 1
        wait = max(wait, 0.001)
        scope = "global" if is_global else "user"
        headers = headers | {"Retry-After": str(max(1, round(wait))), "X-RateLimit-Scope": scope}
        if is_global:
            headers["X-RateLimit-Global"] = "true"
        return Taken(headers, wait, is_global)
