"""The line "CastMatch is searching the roster…" under a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.budget import Budget, Connect
from adapters.slack.failures import UNANSWERED, code, may_have_happened
from adapters.slack.lane import Urgency
from bot.ports import NotNowError, UndeliverableError

log = structlog.get_logger(__name__)

METHOD = "assistant.threads.setStatus"
REFRESH_EVERY = 90.0
"""Seconds; Slack lets a status vanish after two minutes
(https://docs.slack.dev/reference/methods/assistant.threads.setStatus)."""
_TRIES, _TRY_AGAIN_AFTER = 4, 0.3


class Status:
    """One thread's status, for as long as a reply to it is under way.

    One call at a time, always for the newest text. A post of ours to the thread clears the line
    by itself, which saves a call. Where Slack has no status (`refused`), nothing is tried again.
    """

    def __init__(
        self, budget: Budget, connect: Connect, team: str, channel: str, thread: str
    ) -> None:
        self._budget, self._connect = budget, connect
        self._team, self._channel, self._thread = team, channel, thread
        self._wanted = ""
        self._shown: str | None = ""
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.refused = asyncio.Event()
        """Set once there is no status here: only threads have one."""
        if not thread:
            self.refused.set()

    def want(self, text: str) -> None:
        """Show this soon; empty clears the line."""
        self._wanted = text
        if self._wanted != self._shown and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())

    def forget(self) -> None:
        """What is shown is not so any more; whatever comes next may replace it."""
        self._wanted = ""

    @contextmanager
    def kept(self, text: str, *, after: float = 0.0) -> Iterator[None]:
        """While inside, and `after` seconds, show `text` unless something else is shown."""
        self._keep(text, after)
        try:
            yield
        finally:
            if self._timer:
                self._timer.cancel()

    def posted(self) -> None:
        """A post of ours to the thread has cleared the line, unless a call was under way."""
        self._wanted = ""
        if self._task is None or self._task.done():
            self._shown = ""

    async def settle(self, seconds: float) -> None:
        """Wait so long at most until Slack shows what is wanted."""
        if self._task:
            await asyncio.wait({self._task}, timeout=seconds)

    async def close(self, seconds: float) -> None:
        """Clear the line; give up after so long, since it vanishes by itself in the end."""
        self.want("")
        await self.settle(seconds)
        if self._task and not self._task.done():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _keep(self, text: str, after: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(after, self._show_again, text)

    def _show_again(self, text: str) -> None:
        self._shown = None  # it may have vanished by now
        self.want(self._wanted or text)
        self._keep(text, REFRESH_EVERY)

    async def _run(self) -> None:
        failures = 0
        while self._wanted != self._shown and not self.refused.is_set() and failures < _TRIES:
            if failures:
                await asyncio.sleep(_TRY_AGAIN_AFTER * failures)
            if not await self._set(self._wanted):
                failures += 1

    async def _set(self, text: str) -> bool:
        """Whether Slack shows it now."""
        self._shown = None
        try:
            client = await self._connect()
            lane = self._budget.lane(self._team, METHOD)
            await lane.enter(Urgency.FINAL if not text else Urgency.BETWEEN)
            with lane.calling():
                await client.assistant_threads_setStatus(
                    channel_id=self._channel, thread_ts=self._thread, status=text
                )
        except NotNowError:
            return False
        except SlackApiError as error:
            if not may_have_happened(error):
                self.refused.set()
                log.info("slack_has_no_status", error=code(error), channel=self._channel)
            return False
        except UndeliverableError:
            self.refused.set()
            return False
        except UNANSWERED:
            return False
        self._shown = text
        return True
