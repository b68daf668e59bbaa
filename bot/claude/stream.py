"""One request to Claude: its answer as it streams, asked for again while that is harmless."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import anthropic
import httpx2
import structlog
from anthropic.types import Message, RawContentBlockStartEvent

from bot.claude.failures import ModelError, cut_off, from_exception, too_slow
from bot.ports import Doing, TextDelta

log = structlog.get_logger(__name__)

# The client decodes events without checking their shape, so a wrong one fails wherever it is
# looked into first.
_WIRE_ERRORS = (
    anthropic.AnthropicError,
    httpx2.HTTPError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how often and how much."""

    connect_seconds: float = 5
    silence_seconds: float = 30
    """Without a single byte, from the request on; Claude sends pings while it thinks."""
    reply_seconds: float = 300
    """A whole reply, with all its rounds and tools."""
    attempts: int = 3
    """Requests for one round, the first included. Only as long as none of it has been shown."""
    wait_seconds: float = 8
    """The longest wait before asking again; when Claude wants a longer one, the person is told."""
    rounds: int = 6
    """Requests for one reply; the last may call no tool, so it answers."""
    continuations: int = 2
    """How often an answer that reached `max_tokens` is gone on with."""
    max_tokens: int = 4096
    """Of one round."""

    def timeout(self) -> httpx2.Timeout:
        return httpx2.Timeout(
            connect=self.connect_seconds,
            read=self.silence_seconds,
            write=self.silence_seconds,
            pool=self.connect_seconds,
        )


class Round:
    """One answer of Claude. Iterate it, then look at `message`.

    `doing` says what to tell people while a tool of that name is called. `deadline` is a time of
    the event loop's clock.
    """

    def __init__(
        self,
        client: anthropic.AsyncAnthropic,
        request: dict[str, Any],
        *,
        limits: Limits,
        deadline: float,
        doing: Callable[[str], str],
    ) -> None:
        self._client = client
        self._request = request
        self._limits = limits
        self._deadline = deadline
        self._doing = doing
        self._latest: Message | None = None
        self.request_ids: list[str] = []

    @property
    def message(self) -> Message:
        """The answer, once iterated to the end."""
        if self._latest is None:
            raise RuntimeError("iterate the round before its message is read")
        return self._latest

    @property
    def usage(self) -> anthropic.types.Usage | None:
        """The tokens of the newest request, as far as Claude has told."""
        return self._latest.usage if self._latest else None

    async def __aiter__(self) -> AsyncIterator[TextDelta | Doing]:
        """The answer as it grows. Raises `ModelError`, a passing one only after asking again.

        Once any text was given out it is not asked for again: people have seen it.
        """
        for attempt in count(1):
            spoke = False
            try:
                async for event in self._attempt():
                    spoke = spoke or isinstance(event, TextDelta)
                    yield event
            except ModelError as error:
                wait = self._wait(error, attempt)
                if spoke or wait is None:
                    raise
                log.info("asking Claude again", reason=error.reason, attempt=attempt, wait=wait)
                yield Doing("Claude is busy, asking again…")
                await asyncio.sleep(wait)
            else:
                return

    def _wait(self, error: ModelError, attempt: int) -> float | None:
        """Seconds until the next attempt, or `None` for no other."""
        if not error.is_passing or attempt >= self._limits.attempts:
            return None
        wait = 0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load
        wait = max(wait, error.retry_after or 0)
        left = self._deadline - asyncio.get_running_loop().time()
        return wait if wait <= min(self._limits.wait_seconds, left) else None

    async def _attempt(self) -> AsyncIterator[TextDelta | Doing]:
        self._latest = None
        request_id: str | None = None
        try:
            async with self._client.messages.stream(
                **self._request, timeout=self._limits.timeout()
            ) as stream:
                request_id = stream.request_id
                if request_id:
                    self.request_ids.append(request_id)
                events = stream.__aiter__()
                while event := await self._next(events):
                    self._latest = stream.current_message_snapshot
                    if event.type == "text":
                        yield TextDelta(event.text)
                    elif event.type == "content_block_start":
                        doing = self._opened(event)
                        if doing:
                            yield doing
        except _WIRE_ERRORS as error:
            failure = from_exception(error)
            failure.request_id = failure.request_id or request_id
            if failure.request_id and failure.request_id not in self.request_ids:
                self.request_ids.append(failure.request_id)
            if self._latest is None or self._latest.stop_reason is None:
                raise failure from error
            # the answer was complete; only the goodbye is missing
        if self._latest is None or self._latest.stop_reason is None:
            raise cut_off(request_id=request_id)

    async def _next(self, events: AsyncIterator[Any]) -> Any:
        """The next event, or `None` at the end. Pings keep a connection alive but end here."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await anext(events, None)
        except TimeoutError:
            raise too_slow() from None

    def _opened(self, event: RawContentBlockStartEvent) -> Doing | None:
        block = event.content_block
        if block.type == "tool_use":
            return Doing(self._doing(block.name))
        if block.type in {"thinking", "redacted_thinking"}:
            return Doing("thinking…")
        return None
