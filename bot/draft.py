"""One reply shown as it grows: one call to the platform in flight, always with the newest text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

import structlog

from bot.metrics import Metrics
from bot.newest import Newest
from bot.pages import Part, split
from bot.pauses import pause_after
from bot.ports import NotNowError, Page, Reply, Step, UndeliverableError
from bot.talent import Match

log = structlog.get_logger(__name__)

SAVE_EVERY = 1.0
"""Seconds between two notes of the text shown; a new message is noted at once, and what is shown of
a reply that goes on later."""
CONFIRM_AFTER, CONFIRM_WITHIN = 2.0, 0.5
"""Seconds without a note after which one is made before the platform is called again, and for
which that call waits for it: if this process stood still, the turn may be another's by now."""
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds to wait after a failed call, doubled with each failure in a row."""
GIVE_UP_AFTER = 60.0
"""Seconds in which calls fail, one after the other, before a reply that has ended is given up."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What would bring the platform nearer to the text: `page` is `None` to delete."""

    index: int
    page: Page | None


class Draft:
    """Shows a reply from the moment it is entered; `write` to it, then `end` it.

    The platform's pace is the adapter's (`Reply.pace`). Pages that follow one another are posted
    in order, each complete before the next begins. A call that fails is made again with the text
    that is newest then; `UndeliverableError` ends the draft, and so does `LostTurnError` out of
    `progress`: `delivery` is then done, and `end` and `remove` raise it.

    `message_ids` and `shown` are an earlier attempt's: the same messages are edited, and its text
    stays in view until the new one is as long. Without `shown` the reply begins anew in the first
    of them.
    """

    def __init__(
        self,
        reply: Reply,
        *,
        progress: Callable[[Sequence[str], str], Awaitable[None]],
        metrics: Metrics,
        platform: str,
        message_ids: Sequence[str] = (),
        shown: str = "",
    ) -> None:
        self._reply = reply
        self._metrics = metrics
        self._platform = platform
        self._message_ids = list(message_ids)
        self._sent: list[Page | None] = [None] * len(self._message_ids)
        self._earlier = shown
        self._begins_anew = bool(message_ids) and not shown
        self._removed = False
        self._calling = asyncio.Lock()
        self._chunks: list[str] = []
        self._length = 0
        self._parts: list[Part] = []
        self._last = Page("")
        self._end_text: str | None = None
        self._changes, self._delivered = 1, 0
        self._changed = asyncio.Event()
        self._pacing: tuple[Step, asyncio.Timeout] | None = None
        self._started = time.monotonic()
        self._has_text = self._has_shown_text = bool(shown.strip())
        self._failing_since: float | None = None
        self._progress = progress
        self._note: tuple[Sequence[str], str] = (tuple(message_ids), shown)
        self._noted_at = 0.0
        self._confirmed_at = self._started
        self._saving = Newest(self._save)
        self._activity = Newest(reply.activity)
        self.delivery: asyncio.Task[None]
        """Shows what is written; ends after `end`, or with the error that ended it."""

    async def __aenter__(self) -> Self:
        self.delivery = asyncio.create_task(self._deliver())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop where we are: what was not shown by now never will be."""
        tasks = [task for task in (self.delivery, self._saving.task, self._activity.task) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._reply.close()

    @property
    def written(self) -> str:
        """All that was written in this attempt."""
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    @property
    def text(self) -> str:
        """What people see, or will with the next edit."""
        return self.written if self._length >= len(self._earlier) else self._earlier

    def write(self, text: str) -> None:
        """Append to the reply. Costs next to nothing: call it for every delta."""
        self._chunks.append(text)
        self._length += len(text)
        if text and self._length >= len(self._earlier):
            if self._earlier:
                self._earlier, self._parts = "", []
            self._has_text = self._has_text or bool(text.strip())
            self._touch()

    def doing(self, what: str) -> None:
        """Show what we are at, beside the text; empty ends it."""
        self._activity.put(what)

    async def end(
        self,
        text: str,
        *,
        matches: Sequence[Match] = (),
        notice: str = "",
        retryable: bool = False,
        final: bool = True,
        until: datetime | None = None,
    ) -> None:
        """Make `text` the whole reply and return when the platform shows it.

        Messages that it no longer needs are deleted. With `final` false the reply goes on later.
        Cancelling this does not cancel the last edit.
        """
        self._end_text = text
        self._last = Page("", tuple(matches), notice, final, retryable, until=until)
        self._parts = []
        await self._until_delivered()

    async def remove(self) -> None:
        """Delete all messages of the reply and return when the platform shows none of it, also
        after `end`."""
        self._removed = True
        self._end_text = ""
        if self.delivery.done():
            self.delivery.result()
            self.delivery = asyncio.create_task(self._deliver())
        await self._until_delivered()

    async def rest(self) -> None:
        """Make no more calls; return when the one under way is over and noted."""
        async with self._calling:
            self.delivery.cancel()
        await self._saving.idle()

    async def _until_delivered(self) -> None:
        self._touch()
        await asyncio.wait({self.delivery})
        self.delivery.result()
        self.doing("")
        await self._saving.idle()
        await self._activity.idle()

    def _touch(self) -> None:
        self._changes += 1
        self._changed.set()
        if self._pacing and self._pacing[0] is not self._step() and not self._pacing[1].expired():
            self._pacing[1].reschedule(0)

    def _step(self) -> Step:
        if self._end_text is not None:
            return Step.LAST
        if self._has_shown_text:
            return Step.GROWING
        return Step.FIRST if self._has_text else Step.WAITING

    async def _deliver(self) -> None:
        """Make one call after the other until the platform shows all of a reply that has ended."""
        failures = 0
        while True:
            if self._delivered == self._changes:
                if self._end_text is not None:
                    return
                self._changed.clear()
                await self._changed.wait()
            await self._take_turn(failures)
            await self._confirm()
            changes, calls = self._changes, self._calls()
            try:
                async with self._calling:
                    failed = bool(calls) and not await self._made(calls[0])
            except NotNowError:
                continue
            if failed:
                failures += 1
                continue
            failures = 0
            if len(calls) <= 1:
                self._delivered = changes

    async def _take_turn(self, failures: int) -> None:
        """Wait for the platform's pace, and after a failure longer; first text and end hurry."""
        while True:
            step = self._step()
            pacing = asyncio.timeout(None)
            self._pacing = (step, pacing)
            try:
                async with pacing:
                    await self._wait_after(failures)
                    await self._reply.pace(step)
                    return
            except TimeoutError:
                if not pacing.expired():
                    raise
                failures = 0
            finally:
                self._pacing = None

    @staticmethod
    async def _wait_after(failures: int) -> None:
        if failures:
            await asyncio.sleep(pause_after(failures, first=FIRST_WAIT, longest=LONGEST_WAIT))

    def _calls(self) -> list[_Call]:
        """What the platform does not show yet, in the order in which it must come."""
        pages = self._pages()
        calls = [
            _Call(index, page)
            for index, page in enumerate(pages)
            if index >= len(self._sent) or self._sent[index] != page
        ]
        surplus = [_Call(index, None) for index in reversed(range(len(pages), len(self._sent)))]
        self._begins_anew = self._begins_anew and bool(surplus)
        if self._begins_anew:
            return surplus + calls
        return calls + surplus if self._end_text is not None else calls

    def _pages(self) -> list[Page]:
        """The reply as it should look now. Blank pages are left out: platforms refuse them."""
        if self._removed:
            return []
        text = self.text if self._end_text is None else self._end_text
        self._parts = split(text, self._reply.page_limit, settled=self._parts[:-1])
        texts = [part.text for part in self._parts if part.text.strip()] or [""]
        return [
            *(Page(text, final=True, continues=True) for text in texts[:-1]),
            replace(self._last, text=texts[-1]),
        ]

    async def _made(self, call: _Call) -> bool:
        """Make the call; whether it succeeded."""
        kind = "delete" if call.page is None else "edit" if call.index < len(self._sent) else "post"
        try:
            if call.page is None:
                await self._reply.delete(self._message_ids[call.index])
            elif call.index < len(self._sent):
                await self._reply.edit(self._message_ids[call.index], call.page)
            else:
                self._message_ids.append(await self._reply.post(call.page))
        except (UndeliverableError, NotNowError):
            raise
        except Exception:  # the boundary of an edit in progress
            self._metrics.edit_errors.labels(self._platform, kind).inc()
            log.warning("a call to the platform failed", call=kind, exc_info=True)
            self._give_up_if_hopeless()
            return False
        self._failing_since = None
        self._metrics.edits.labels(self._platform, kind).inc()
        self._remember(call)
        return True

    def _give_up_if_hopeless(self) -> None:
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        if self._end_text is not None and now - self._failing_since > GIVE_UP_AFTER:
            raise UndeliverableError("the platform has refused every call for too long")

    def _remember(self, call: _Call) -> None:
        """Know what the platform shows now, and have it noted."""
        now = time.monotonic()
        is_new = call.index >= len(self._sent)
        if call.page is None:
            del self._sent[call.index], self._message_ids[call.index]
        else:
            self._sent[call.index : call.index + 1] = [call.page]
            if call.page.text and not self._has_shown_text:
                self._has_shown_text = True
                self._metrics.first_text_seconds.labels(self._platform).observe(now - self._started)
        self._saving.check()
        text = self.text if self._end_text is None else self._end_text
        self._note = (tuple(self._message_ids), text)
        goes_on_later = self._end_text is not None and not self._last.final
        is_due = now - self._noted_at >= SAVE_EVERY
        if is_new or call.page is None or goes_on_later or is_due:
            self._noted_at = now
            self._saving.put(self._note)

    async def _save(self, note: tuple[Sequence[str], str]) -> None:
        await self._progress(*note)
        self._confirmed_at = time.monotonic()

    async def _confirm(self) -> None:
        """Raise `LostTurnError` if a while has passed and the turn is another's now."""
        if time.monotonic() - self._confirmed_at < CONFIRM_AFTER:
            return
        self._saving.put(self._note)
        with suppress(TimeoutError):
            async with asyncio.timeout(CONFIRM_WITHIN):
                await self._saving.idle()
