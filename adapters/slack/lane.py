"""One limit of Slack's, shared by all who call under it: the most urgent first."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from itertools import count

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.failures import retry_after
from bot.ports import NotNowError

log = structlog.get_logger(__name__)

MINUTE = 60.0
LONGEST_PAUSE = 120.0
"""Seconds; Slack asks for at most a minute or so, and a header gone wrong must not stop us."""
LEARNED_AGAIN_AFTER = 15.0
"""Seconds without a 429 after which a tenth of the limit is believed to be there again."""
_LEAST = 0.1


class Urgency(IntEnum):
    """Who goes first where several wait for the same limit."""

    FINAL = 0
    FIRST = 1
    BETWEEN = 2


@dataclass(order=True, slots=True)
class Waiter:
    """Somebody who wants to call. `rank` orders those of the same urgency, the lowest first."""

    urgency: Urgency
    rank: float
    number: int
    when: Callable[[float], float] = field(compare=False)
    """The earliest moment, as things stand at the given one; infinite: not before a change."""
    grant: Callable[[], None] = field(compare=False)
    undo: Callable[[], None] = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class Lane:
    """At most `limit` calls within any `window` seconds.

    A call counts from when its place is granted until `window` seconds after its answer, since
    nobody but Slack knows when in between it was counted. What a 429 teaches (the limit is lower,
    or another process has a part of it) is unlearned step by step. A lane may lie `within`
    another: its calls count in both. Times are the event loop's; a timer runs only while somebody
    waits.
    """

    def __init__(
        self, limit: int, window: float = MINUTE, *, name: str = "", within: Lane | None = None
    ) -> None:
        """`name` is for the log."""
        self.in_flight = 0
        self._name = name
        self._limit, self._window = limit, window
        self._within = within
        self._answered: deque[float] = deque()
        self._waiting: list[Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._paused_until = -math.inf
        self._learned, self._learned_at = 1.0, -math.inf

    async def enter(self, urgency: Urgency) -> None:
        """Wait for a place; then make one call inside `calling`, or `give_back`."""
        await self.wait(urgency, lambda now: self.free_at(1, now), self.take, self._leave)
        if self._within:
            try:
                await self._within.enter(urgency)
            except asyncio.CancelledError:
                self._leave()
                raise

    def try_enter(self) -> bool:
        """Take a place if there is one now; nobody who waits is overtaken."""
        if self._within is not None or not self.is_free(1):
            return False
        self.take()
        return True

    def is_free(self, places: int) -> bool:
        """Whether so many places could be had now."""
        now = clock()
        self._forget(now)
        return not self._waiting and max(self.free_at(places, now), self._paused_until) <= now

    @contextmanager
    def calling(self) -> Iterator[None]:
        """The one call that a place was waited for. A 429 becomes `NotNowError`."""
        try:
            yield
        except SlackApiError as error:
            seconds = retry_after(error)
            if seconds is None:
                self._answer()
                raise
            self.refused(seconds)
            raise NotNowError(f"Slack asks to wait {seconds:g} seconds") from None
        except BaseException:
            self._answer()
            raise
        self._answer()

    def give_back(self) -> None:
        """The place that was waited for is not needed."""
        if self._within:
            self._within.give_back()
        self._leave()

    def refused(self, seconds: float) -> None:
        """Slack said 429: nobody calls for `seconds`, and less is thought to be allowed."""
        if self._within and seconds > 2 * self._window:  # longer than our own limit would explain
            self._within.refused(seconds)
        else:
            if self._within:
                self._within.give_back()
            self._learn(seconds)
        self._leave()

    def is_idle(self) -> bool:
        """Whether forgetting this lane would change nothing."""
        now = clock()
        self._forget(now)
        return (
            not (self._waiting or self.in_flight or self._answered)
            and now >= self._paused_until
            and self._believed(now) >= 1
        )

    # --- for lanes with rules of their own -------------------------------------------------------

    async def wait(
        self,
        urgency: Urgency,
        when: Callable[[float], float],
        grant: Callable[[], None],
        undo: Callable[[], None],
        *,
        rank: float = 0.0,
    ) -> None:
        """Wait until it is our turn and `when` has come; `grant` is called at that moment, and
        `undo` after it where we were cancelled meanwhile."""
        granted = asyncio.get_running_loop().create_future()
        waiter = Waiter(urgency, rank, next(self._numbers), when, grant, undo, granted)
        heappush(self._waiting, waiter)
        self.serve()
        try:
            await granted
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                heapify(self._waiting)
            else:
                undo()
            self.serve()
            raise

    def serve(self) -> None:
        """Let in whoever may come in, and look again when the next one may."""
        now, at = clock(), math.inf
        self._forget(now)
        while self._waiting:
            first = self._waiting[0]
            at = max(first.when(now), self._paused_until)
            if at > now:
                break
            heappop(self._waiting)
            first.grant()
            if not first.granted.done():
                first.granted.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and at < math.inf:
            self._timer = asyncio.get_running_loop().call_at(at, self.serve)

    def free_at(self, places: int, now: float) -> float:
        """When that many places will be free, if nobody takes one until then."""
        limit, window = self.allowed(now)
        missing = len(self._answered) + self.in_flight + places - limit
        if missing <= 0:
            return now
        if missing > len(self._answered):
            return math.inf
        return self._answered[missing - 1] + window

    def allowed(self, now: float) -> tuple[int, float]:
        """How many calls in how many seconds, as far as we know."""
        limit = self._limit * self._believed(now)
        return max(1, int(limit)), self._window / min(1, limit)

    def answered_since(self, moment: float) -> list[float]:
        """When calls were answered, as far as that was after `moment`, in order."""
        return [at for at in self._answered if at > moment]

    def take(self) -> None:
        """One more call is under way."""
        self.in_flight += 1

    def _leave(self) -> None:
        self.in_flight -= 1
        self.serve()

    def _answer(self) -> None:
        if self._within:
            self._within._answer()
        self._answered.append(clock())
        self._leave()

    def _learn(self, seconds: float) -> None:
        now = clock()
        if now >= self._paused_until:  # those that were under way with it teach nothing more
            believed = self._believed(now)
            used = (len(self._answered) + self.in_flight - 1) / self._limit
            self._learned = max(_LEAST, believed / 2, min(believed, used) * 0.8)
            self._learned_at = now
            log.info("slack_asks_to_wait", limit=self._name, seconds=seconds, used=used)
        self._paused_until = max(self._paused_until, now + min(seconds, LONGEST_PAUSE))

    def _believed(self, now: float) -> float:
        """The part of the limit that is thought to be ours."""
        if self._learned >= 1:
            return 1.0
        since = max(0.0, now - max(self._learned_at, self._paused_until))
        return min(1.0, self._learned + 0.1 * (since // LEARNED_AGAIN_AFTER))

    def _forget(self, now: float) -> None:
        _, window = self.allowed(now)
        while self._answered and self._answered[0] <= now - window:
            self._answered.popleft()


class PromisingLane(Lane):
    """A lane in which a place can be had for certain: for what a reply must do at its end."""

    def __init__(self, limit: int, *, name: str = "") -> None:
        super().__init__(limit, name=name)
        self.promised = 0

    def try_promise(self) -> bool:
        """Promise a call if that can be done now."""
        can = self.is_free(1 + self.promised)
        self.promised += can
        return can

    async def promise(self) -> None:
        """Wait until one more call can be promised."""
        await self.wait(
            Urgency.FIRST,
            lambda now: self.free_at(1 + self.promised, now),
            self.commit,
            self.release,
        )

    def commit(self) -> None:
        """Promise a call, whether or not there will be a place for it in time."""
        self.promised += 1

    def release(self) -> None:
        """What was promised is not needed."""
        self.promised -= 1
        self.serve()

    async def enter_promised(self) -> None:
        """A place for a call that was promised, which it is no longer then."""

        def grant() -> None:
            self.promised -= 1
            self.take()

        def undo() -> None:
            self.promised += 1
            self.give_back()

        await self.wait(Urgency.FINAL, lambda now: self.free_at(1, now), grant, undo)


def clock() -> float:
    """Seconds, by the event loop."""
    return asyncio.get_running_loop().time()
