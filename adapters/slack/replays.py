"""A request that came before, with its signature still good, does nothing the second time.

Messages are told apart by our own data. What people do otherwise carries a trigger id, which
Slack gives out once: it is remembered for as long as Slack's signature is good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from adapters.slack.shapes import kind_of
from bot.ports import UnavailableError
from bot.stores import Repeats

log = structlog.get_logger(__name__)

SIGNED_SECONDS = 600.0
"""A signature is good for five minutes before and after its time
(https://docs.slack.dev/authentication/verifying-requests-from-slack)."""


WITHIN_SECONDS = 1.0
"""How long that may be looked up; Slack waits three seconds. Then it is taken for the first."""


def register(app: AsyncApp, repeats: Repeats) -> None:
    """Before every listener."""

    async def came_before(trigger: object) -> bool:
        if not (isinstance(trigger, str) and trigger):
            return False
        with suppress(UnavailableError, TimeoutError):
            async with asyncio.timeout(WITHIN_SECONDS):
                return await repeats.is_repeat(f"slack trigger {trigger}", within=SIGNED_SECONDS)
        return False

    @app.middleware
    async def fresh(
        body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        if await came_before(body.get("trigger_id")):
            log.warning("slack_replayed", kind=kind_of(body))
            return BoltResponse(status=200, body="")
        return await next_()
