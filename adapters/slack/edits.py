"""The edits of a workspace: the last ones promised, the others spread over what is left.

Edits are what is short (fifty a minute, for every reply that streams), so they are spent like
this:

- A reply's last edit goes before everything else and is promised to it with its first message. A
  reply that cannot be promised one is not begun early: it shows a status, and then all of its
  text in one post, which costs no edit at all.
- Edits in between share what nobody was promised. They come as close as a step for a reply alone
  and are spread further apart the more replies are open and the more was spent of late; one more
  edit for each open reply is left for whoever comes next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters.slack.lane import PromisingLane, Urgency, clock
from bot.ports import NotNowError

AHEAD = 15.0
"""Seconds over which edits in between are shared out, about what a reply takes. Less would spend
more on replies that stream now, more would keep more for those that come."""


class Edits(PromisingLane):
    """The limit of `chat.update` in one workspace, or of `chat.appendStream`."""

    def __init__(self, limit: int, *, step: float, name: str = "") -> None:
        """`step`: seconds between two edits of one reply, at least."""
        super().__init__(limit, name=name)
        self._step = step
        self.open = 0
        """Replies that are not over: as long as there is one, this is the workspace's only one."""
        self._last_between = -math.inf

    def is_idle(self) -> bool:
        return not self.open and super().is_idle()

    async def enter_beside(self, urgency: Urgency) -> None:
        """A place for an edit that was not promised and does not come in between."""

        def when(now: float) -> float:
            limit, _ = self.allowed(now)
            return self.free_at(min(1 + self.promised, limit), now)

        await self.wait(urgency, when, self.take, self.give_back, rank=1)

    async def enter_between(self, last_step: float) -> None:
        """A place for an edit in between of a reply whose last step was at that time.

        Replies take turns: who has waited longest since its last step is next.
        """

        def when(now: float) -> float:
            free = self.free_at(1 + self.promised, now)
            return max(free, last_step + self._step, self._next_between(now))

        def grant() -> None:
            self._last_between = clock()
            self.take()

        await self.wait(Urgency.BETWEEN, when, grant, self.give_back, rank=last_step)

    def _next_between(self, now: float) -> float:
        """When an edit in between is due: `AHEAD` seconds divided by what is free within them."""
        limit, window = self.allowed(now)
        back = window - AHEAD
        recent = self.answered_since(now - back)
        free = limit - 2 * self.promised - self.in_flight - len(recent)
        due = self._last_between + AHEAD / free if free >= 1 else math.inf
        for gone, answered in enumerate(recent, 1):
            if free + gone >= 1:
                due = min(due, max(answered + back, self._last_between + AHEAD / (free + gone)))
        return due


class Share:
    """What one reply has of its workspace's edits, from the first time it asks until `close`.

    With `has_message` it has been begun by an earlier attempt.
    """

    def __init__(self, edits: Callable[[], Edits], *, has_message: bool) -> None:
        self._which, self._edits = edits, edits()
        self._has_message = has_message
        self._is_open = self._promised = self._holds = self._is_last = False
        self._last_step = -math.inf

    async def begin(self) -> None:
        """Wait until the reply may show its first message, to be edited at least once."""
        self._open()
        if not self._promised:
            await self._edits.promise()
            self._promised = True

    async def enter(self, urgency: Urgency) -> None:
        """Wait for a place for an edit and hold it until it is made, or let go."""
        self._open()
        if self._holds:
            return
        self._is_last = urgency is Urgency.FINAL and self._promised
        if self._is_last:
            await self._edits.enter_promised()
            self._promised = False
        elif urgency is Urgency.BETWEEN:
            await self._edits.enter_between(self._last_step)
        else:
            await self._edits.enter_beside(urgency)
        self._holds = True

    @contextmanager
    def editing(self) -> Iterator[None]:
        """The edit that a place is held for."""
        self._holds = False
        self.stepped()
        try:
            with self._edits.calling():
                yield
        except NotNowError:
            if self._is_last:
                self._edits.commit()
                self._promised = True
            raise

    def stepped(self) -> None:
        """People see something new from now on."""
        self._last_step = clock()

    def let_go(self) -> None:
        """The held place is not needed."""
        if self._holds:
            self._holds = False
            if self._is_last:
                self._edits.commit()
                self._promised = True
            self._edits.give_back()

    def close(self) -> None:
        """The reply is over. Once is enough; more does nothing."""
        self.let_go()
        if self._promised:
            self._promised = False
            self._edits.release()
        if self._is_open:
            self._is_open = False
            self._edits.open -= 1

    def _open(self) -> None:
        if not self._is_open:
            self._is_open = True
            self._edits = self._which()  # those of the start may have been forgotten, idle
            self._edits.open += 1
            if self._has_message:
                self._edits.commit()
                self._promised = True
