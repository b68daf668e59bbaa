"""Slack's counting alone: so many calls in any minute, else 429."""

from __future__ import annotations

import asyncio
from random import Random

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse


def too_many(seconds: float) -> SlackApiError:
    """What the client raises when Slack has had enough."""
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="chat.update",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers={"Retry-After": f"{seconds:.0f}"},
        status_code=429,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call] # it is theirs


class Counted:
    """One method. A call is counted somewhere between its start and its answer."""

    def __init__(self, limit: int, *, latency: float = 0.3, seed: int = 1) -> None:
        self.limit = limit
        self.counted: list[tuple[float, str]] = []
        self.refused = 0
        self._latency = latency
        self._dice = Random(seed)

    async def __call__(self, label: str = "") -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._dice.uniform(0, self._latency / 2))
        now = loop.time()
        recent = [at for at, _ in self.counted if at > now - 60]
        if len(recent) >= self.limit:
            self.refused += 1
            wait = max(1.0, recent[0] + 60 - now)
            await asyncio.sleep(self._dice.uniform(0, self._latency / 2))
            raise too_many(wait)
        self.counted.append((now, label))
        await asyncio.sleep(self._dice.uniform(0, self._latency / 2))

    def labels(self) -> list[str]:
        return [label for _, label in self.counted]
