"""Claude writes the reply: rounds of streamed text and tool calls until it has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any, Self

import structlog
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types import (
    Message,
    MessageParam,
    TextBlockParam,
    ToolResultBlockParam,
    ToolUseBlock,
)

from bot.claude import failures, summarising
from bot.claude.distilling import ClaudeDistiller
from bot.claude.messages import conversation, extended, marked, system
from bot.claude.stream import Limits, Round
from bot.claude.summarising import ClaudeSummariser
from bot.conversation import Recollection, Turn
from bot.metrics import Metrics
from bot.ports import Doing, ResponderError, TextDelta
from bot.tool_definitions import TOOLS
from bot.tools import Toolbox, ToolError

log = structlog.get_logger(__name__)

_API = "https://api.anthropic.com"
_GO_ON: TextBlockParam = {
    "type": "text",
    "text": "Go on exactly where you stopped, in the middle of a word if need be. Repeat nothing.",
}


class Claude:
    """The responder that asks Claude. One for the process: it keeps connections open."""

    def __init__(
        self, client: AsyncAnthropic, *, model: str, metrics: Metrics, limits: Limits | None = None
    ) -> None:
        self._client = client
        self._model = model
        self._metrics = metrics
        self._limits = limits or Limits()
        self.name = f"Claude ({model})"

    @classmethod
    def connect(
        cls,
        api_key: str,
        *,
        model: str,
        metrics: Metrics,
        base_url: str | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """Nothing is sent yet: a wrong key shows at the first reply. End it with `close`."""
        client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url or _API,
            # ours are bounded by what people have seen and by how long they would wait
            max_retries=0,
            open_telemetry=False,
            # its compiled parser takes a third of the time of the SDK's own choice
            http_client=DefaultAioHttpClient(),
        )
        return cls(client, model=model, metrics=metrics, limits=limits)

    def distiller(self) -> ClaudeDistiller:
        """What finds facts, over the same connections."""
        return ClaudeDistiller(self._client, model=self._model)

    def summariser(self, *, seconds: float = summarising.SECONDS) -> ClaudeSummariser:
        """What writes summaries, likewise, each within so many seconds."""
        return ClaudeSummariser(
            self._client, model=self._model, metrics=self._metrics, seconds=seconds
        )

    async def close(self) -> None:
        """Give up the connections."""
        await self._client.close()

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        """The reply as it grows, and what Claude is at. Raises `ResponderError`.

        Afterwards, however it ended, `tools.matches` are the talents that the text names. Closing
        the iterator closes the connection, which ends Claude's work.
        """
        answer = _Answer(self._client, self._model, self._limits, tools)
        said: list[str] = []
        paragraph_due = False
        ended_as = "stopped"
        try:
            async for event in answer.stream(conversation(recollection, turn)):
                text = ""
                if isinstance(event, Doing):
                    paragraph_due = bool(said)
                    yield event
                    continue
                text = event.text
                if paragraph_due:
                    text = text.lstrip()
                    if text:
                        text = _break_after(said[-1]) + text
                        paragraph_due = False
                if text:
                    said.append(text)
                    yield TextDelta(text)
            ended_as = "done"
        except ResponderError as error:
            ended_as = error.reason
            raise
        finally:
            tools.show_named_in("".join(said))
            answer.count(self._metrics)
            log.info(
                "Claude's part ended",
                conversation=str(turn.message.conversation),
                turn=str(turn.id),
                reason=ended_as,
                model=self._model,
                rounds=answer.rounds,
                request_ids=answer.request_ids,
                **answer.tokens,
            )


class _Answer:
    """The rounds of one reply, and what they cost."""

    def __init__(self, client: AsyncAnthropic, model: str, limits: Limits, tools: Toolbox) -> None:
        self._client = client
        self._model = model
        self._limits = limits
        self._tools = tools
        self._outcomes: list[tuple[str, str]] = []
        self.rounds = 0
        self.request_ids: list[str] = []
        self.tokens = {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}

    async def stream(self, messages: list[MessageParam]) -> AsyncIterator[TextDelta | Doing]:
        deadline = asyncio.get_running_loop().time() + self._limits.reply_seconds
        continuations = 0
        before: int | None = None
        while self.rounds < self._limits.rounds:
            self.rounds += 1
            going = Round(
                self._client,
                self._request(messages, before),
                limits=self._limits,
                deadline=deadline,
                doing=self._tools.doing,
            )
            try:
                async for event in going:
                    yield event
            finally:
                self._add(going)
            message = going.message
            before = len(messages) - 1
            match message.stop_reason:
                case "tool_use":
                    results = await self._called(message)
                    messages = extended(messages, message.content, results)
                case "pause_turn":
                    messages = extended(messages, message.content, [])
                case "max_tokens" if continuations < self._limits.continuations and _is_text(
                    message
                ):
                    continuations += 1
                    messages = extended(messages, message.content, [_GO_ON])
                case "max_tokens":
                    raise failures.answer_too_long()
                case "refusal":
                    raise failures.refused()
                case "model_context_window_exceeded":
                    raise failures.context_too_long()
                case _:
                    return
        raise failures.too_many_rounds()

    def _request(self, messages: Sequence[MessageParam], before: int | None) -> dict[str, Any]:
        is_last = self.rounds >= self._limits.rounds
        return {
            "model": self._model,
            "max_tokens": self._limits.max_tokens,
            "system": system(),
            "tools": self._tools.schemas,
            # not without tools: they stand at the head of what is cached, and earlier calls
            # of theirs are in the messages
            "tool_choice": {"type": "none" if is_last else "auto"},
            "messages": marked(messages, before),
        }

    async def _called(self, message: Message) -> list[ToolResultBlockParam]:
        """The results of the tools that Claude asked for, run side by side, in its order."""
        calls = [block for block in message.content if block.type == "tool_use"]
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._result(call)) for call in calls]
        return [task.result() for task in running]

    async def _result(self, call: ToolUseBlock) -> ToolResultBlockParam:
        try:
            text = await self._tools.call(call.name, call.input)
        except ToolError as error:
            self._outcomes.append((call.name, "error"))
            return {
                "type": "tool_result",
                "tool_use_id": call.id,
                "content": str(error),
                "is_error": True,
            }
        self._outcomes.append((call.name, "ok"))
        return {"type": "tool_result", "tool_use_id": call.id, "content": text}

    def _add(self, going: Round) -> None:
        self.request_ids += going.request_ids
        if usage := going.usage:
            self.tokens["input"] += usage.input_tokens or 0
            self.tokens["output"] += usage.output_tokens or 0
            self.tokens["cache_read"] += usage.cache_read_input_tokens or 0
            self.tokens["cache_write"] += usage.cache_creation_input_tokens or 0

    def count(self, metrics: Metrics) -> None:
        """Add this reply to the process's counts."""
        for kind, tokens in self.tokens.items():
            metrics.model_tokens.labels(kind).inc(tokens)
        for tool, outcome in self._outcomes:
            known = tool if tool in TOOLS else "unknown"  # a model can make up any number of names
            metrics.tool_calls.labels(known, outcome).inc()


def _is_text(message: Message) -> bool:
    """Whether a cut answer can be gone on with: some text, and no half-written tool call."""
    kinds = {block.type for block in message.content}
    return "text" in kinds and "tool_use" not in kinds


def _break_after(text: str) -> str:
    """What is missing after `text` for a new paragraph to begin."""
    newlines = len(text) - len(text.rstrip("\n"))
    return "\n" * max(0, 2 - newlines)
