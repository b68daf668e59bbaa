"""A request that came before, with its signature still good, does nothing the second time.

Messages are told apart by our own data. What people do otherwise carries a trigger id, which
Slack gives out once: it is remembered for as long as Slack's signature is good.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from adapters.recent import Recent

log = structlog.get_logger(__name__)

SIGNED_SECONDS = 600.0
"""A signature is good for five minutes before and after its time
(https://docs.slack.dev/authentication/verifying-requests-from-slack)."""


def register(app: AsyncApp) -> None:
    """Before every listener."""
    seen = Recent(SIGNED_SECONDS)

    @app.middleware
    async def fresh(
        body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        trigger = body.get("trigger_id")
        if isinstance(trigger, str) and trigger and seen.is_repeat(trigger):
            log.warning("slack_replayed", kind=str(body.get("type") or body.get("command"))[:80])
            return BoltResponse(status=200, body="")
        return await next_()
