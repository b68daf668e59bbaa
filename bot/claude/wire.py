"""Claude's answer put together from the events of its stream, as they come.

The SDK's stream builds typed events and a snapshot for every few characters: twice the work of
everything else that a reply takes, so that 200 at once are more than one core can follow
(`bench/streaming.py`). Here the SDK reads the events, and only the finished answer is typed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import anthropic
from anthropic import AsyncAnthropic, AsyncStream
from anthropic.types import Message, Usage
from pydantic_core import from_json

from bot.ports import TextDelta

Event = dict[str, Any]

_GROWS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "input_json_delta": "partial_json",
    "signature_delta": "signature",
}
"""Kinds of deltas, and what each carries."""


async def events(client: AsyncAnthropic, request: Event) -> AsyncGenerator[Event, None]:
    """What Claude sends, pings included. The first is of our own: `request_id`, with its `id`.

    What is not of the protocol's shape fails where it is looked into. An `error` event is raised.
    """
    async with client.messages.with_streaming_response.create(**request, stream=True) as answer:
        response = answer.http_response
        yield {"type": "request_id", "id": response.headers.get("request-id")}
        async for sent in AsyncStream.raw_events(response):
            if not sent.data:
                continue
            event = json.loads(sent.data)
            if event["type"] == "error":
                raise anthropic.APIStatusError(str(event), response=response, body=event)
            yield event


class Answer:
    """One message of Claude's, as far as it has come."""

    def __init__(self) -> None:
        self._message: Event | None = None
        self._grown: dict[tuple[int, str], list[str]] = {}
        """What came for a block's key, in pieces."""

    def add(self, event: Event) -> TextDelta | None:
        """Take the next event in; what it adds to the text."""
        kind = event["type"]
        if kind == "content_block_delta":
            return self._grow(event["index"], event["delta"])
        if kind == "message_start":
            self._message = {**event["message"], "content": []}
        elif kind == "content_block_start":
            self._started["content"].append(dict(event["content_block"]))
        elif kind == "message_delta":
            self._started.update(event["delta"])
            usage = {key: value for key, value in event["usage"].items() if value is not None}
            self._started["usage"] = {**self._started["usage"], **usage}
        return None

    def _grow(self, index: int, delta: Event) -> TextDelta | None:
        kind = delta["type"]
        if kind not in _GROWS:
            return None
        key = _GROWS[kind]
        grown = delta[key]
        self._grown.setdefault((index, key), []).append(grown)
        return TextDelta(grown) if kind == "text_delta" and grown else None

    @property
    def _started(self) -> Event:
        if self._message is None:
            raise ValueError("an event came before the message's start")
        return self._message

    @property
    def is_complete(self) -> bool:
        return self._message is not None and self._message.get("stop_reason") is not None

    @property
    def usage(self) -> Usage | None:
        return Usage.construct(**self._message.get("usage", {})) if self._message else None

    @property
    def message(self) -> Message:
        """What has come, typed; the arguments of a tool call that was cut, as far as they go."""
        content = [dict(block) for block in self._started["content"]]
        for (index, key), pieces in self._grown.items():
            block, grown = content[index], "".join(pieces)
            if key == "partial_json":
                block["input"] = from_json(grown, allow_partial=True) if grown else {}
            else:
                block[key] = block.get(key, "") + grown
        return Message.construct(**{**self._started, "content": content})
