"""Older turns in short, by Claude, in the background: one bounded call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import structlog
from anthropic import AsyncAnthropic

from bot.claude import wire
from bot.claude.failures import from_exception
from bot.claude.stream import WIRE_ERRORS
from bot.conversation import PastTurn
from bot.distilling.guard import is_secret
from bot.injection import gives_orders
from bot.metrics import Metrics
from bot.summaries import SummaryError

log = structlog.get_logger(__name__)

PROMPT = (Path(__file__).parent.parent / "summary.md").read_text(encoding="utf-8")

SECONDS = 30.0
_MAX_TOKENS = 700
_LONGEST_LINE = 300
_TAG = re.compile(r"<(?=\s*/?\s*(?:notes|turn|answer)\b)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+")
_FINAL = frozenset({"refusal", "bad_request", "context_too_long", "empty"})


class ClaudeSummariser:
    """`bot.summaries.Summariser` that asks Claude."""

    def __init__(
        self, client: AsyncAnthropic, *, model: str, metrics: Metrics, seconds: float = SECONDS
    ) -> None:
        self._client = client
        self._model = model
        self._metrics = metrics
        self._seconds = seconds

    async def summarise(self, so_far: str, told: Sequence[PastTurn]) -> str:
        answer = wire.Answer()
        try:
            async with asyncio.timeout(self._seconds):
                text, is_whole = await self._ask(so_far, told, answer)
        except TimeoutError:
            raise SummaryError("too_slow") from None
        except WIRE_ERRORS as error:
            reason = from_exception(error).reason
            raise SummaryError(reason, is_final=reason in _FINAL) from error
        finally:
            self._count(answer)
        lines = _lines(text if is_whole else text.rpartition("\n")[0])
        if not lines:
            raise SummaryError("empty", is_final=True)
        return "\n".join(lines)

    async def _ask(
        self, so_far: str, told: Sequence[PastTurn], answer: wire.Answer
    ) -> tuple[str, bool]:
        """The answer, and whether its last line is whole."""
        request = {
            "model": self._model,
            "max_tokens": _MAX_TOKENS,
            "system": [{"type": "text", "text": PROMPT}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": _asked(so_far, told)}]}
            ],
        }
        async for event in wire.events(self._client, request):
            if event["type"] not in {"request_id", "ping"}:
                answer.add(event)
        if not answer.is_complete:
            raise SummaryError("cut_off")
        message = answer.message
        if message.stop_reason not in {"end_turn", "max_tokens", "stop_sequence"}:
            reason = str(message.stop_reason)
            raise SummaryError(reason, is_final=reason in _FINAL)
        text = "".join(block.text for block in message.content if block.type == "text")
        return text, message.stop_reason == "end_turn"

    def _count(self, answer: wire.Answer) -> None:
        if usage := answer.usage:
            for kind, tokens in (
                ("input", usage.input_tokens),
                ("output", usage.output_tokens),
                ("cache_read", usage.cache_read_input_tokens),
                ("cache_write", usage.cache_creation_input_tokens),
            ):
                self._metrics.model_tokens.labels(kind).inc(tokens or 0)


def _asked(so_far: str, told: Sequence[PastTurn]) -> str:
    parts = [f"<notes>\n{_untagged(so_far)}\n</notes>"] if so_far else []
    for past in told:
        name = _untagged(" ".join(past.author.name.split())).replace('"', "'")
        day = f"{past.at.day} {past.at:%B %Y}"
        parts.append(f'<turn on="{day}" from="{name}">\n{_untagged(past.said)}\n</turn>')
        parts.append(f"<answer>\n{_untagged(past.outcome.text)}\n</answer>")
    return "\n".join([*parts, "", "Write the notes."])


def _lines(text: str) -> list[str]:
    """The lines that may be kept."""
    lines = [" ".join(_BULLET.sub("", line).split()) for line in text.splitlines()]
    kept = [
        line
        for line in lines
        if line
        and len(line) <= _LONGEST_LINE
        and not line.startswith(("#", "```", "<"))
        and not gives_orders(line)
        and not is_secret(line)
    ]
    if dropped := sum(map(bool, lines)) - len(kept):
        log.info("summary_lines_dropped", lines=dropped)
    return kept


def _untagged(text: str) -> str:
    """Text in which none of the tags can be opened or closed."""
    return _TAG.sub("‹", text)
