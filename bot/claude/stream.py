"""One request to Claude: its answer as it streams, asked for again while that is harmless."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from typing import Any

import anthropic
import httpx2
import structlog
from anthropic.types import Message, Usage

from bot.claude import wire
from bot.claude.failures import ModelError, cut_off, from_exception, too_slow
from bot.ports import Doing, TextDelta

log = structlog.get_logger(__name__)

# Events are read without checking their shape, so a wrong one fails wherever it is looked into
# first.
WIRE_ERRORS = (
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
    """A whole reply, with all its rounds and tools. Looked at whenever something comes, so a reply
    that falls silent may last `silence_seconds` longer."""
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

    def timeout(self, left: float) -> httpx2.Timeout:
        """For a request when `left` seconds of the reply's time are left."""
        silence = max(0.001, min(self.silence_seconds, left))
        return httpx2.Timeout(
            connect=self.connect_seconds,
            read=silence,
            write=silence,
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
        self._answer = wire.Answer()
        self._message: Message | None = None
        self.request_ids: list[str] = []

    @property
    def message(self) -> Message:
        """The answer, once iterated to the end."""
        if self._message is None:
            raise RuntimeError("iterate the round before its message is read")
        return self._message

    @property
    def usage(self) -> Usage | None:
        """The tokens of the newest request, as far as Claude has told."""
        return self._answer.usage

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
        answer = self._answer = wire.Answer()
        request_id: str | None = None
        clock = asyncio.get_running_loop().time
        request = {**self._request, "timeout": self._limits.timeout(self._deadline - clock())}
        try:
            async with aclosing(wire.events(self._client, request)) as events:
                async for event in events:
                    if clock() > self._deadline:
                        raise too_slow()
                    if event["type"] == "request_id":
                        request_id = event["id"]
                    elif grown := answer.add(event):
                        yield grown
                    elif event["type"] == "content_block_start":
                        doing = self._opened(event["content_block"])
                        if doing:
                            yield doing
        except WIRE_ERRORS as error:
            if not answer.is_complete:
                raise self._failure(error, request_id) from error
            # only the goodbye is missing
        finally:
            if request_id:
                self.request_ids.append(request_id)
        if not answer.is_complete:
            raise cut_off(request_id=request_id)
        try:
            self._message = answer.message
        except WIRE_ERRORS as error:
            raise self._failure(error, request_id) from error

    def _failure(self, error: Exception, request_id: str | None) -> ModelError:
        """The failure of a request of this id that `error` stands for."""
        late = asyncio.get_running_loop().time() >= self._deadline
        is_silence = isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException)
        failure = too_slow() if late and is_silence else from_exception(error)
        failure.request_id = failure.request_id or request_id
        if failure.request_id and request_id is None:
            self.request_ids.append(failure.request_id)
        return failure

    def _opened(self, block: wire.Event) -> Doing | None:
        if block["type"] == "tool_use":
            return Doing(self._doing(block["name"]))
        if block["type"] in {"thinking", "redacted_thinking"}:
            return Doing("thinking…")
        return None
