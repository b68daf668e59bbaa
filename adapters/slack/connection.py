"""Socket Mode: always one socket on which Slack reaches us, whatever happens to it."""

from __future__ import annotations

import asyncio
import random
import time

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import (
    UNANSWERED,
    UNREADABLE,
    is_token_refused,
    retry_after,
    said,
)
from adapters.slack.socket import CUT, DEAF, Dispatch, NoHelloError, Patience, Socket
from bot.pauses import pause_after

log = structlog.get_logger(__name__)

LINK_DISABLED = "link_disabled"
"""The reason of a `disconnect` after somebody switched Socket Mode off for the app."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LONGEST_ASKED = 120.0
"""The most of what Slack asks us to wait that we wait."""
REFUSED_PAUSE = 60.0
"""Seconds between tries after a refusal: rare, and yet soon after it was put right."""
SETTLED_AFTER = 1.0
"""Seconds that a socket must have lasted for the next to be opened at once."""
TOLERATED = 5.0
"""Seconds without a socket that the probe says nothing of."""


class SocketMode:
    """Keeps a socket open. Run `run()`; `wrong()` is what the probe says."""

    def __init__(
        self,
        client: AsyncWebClient,
        app_token: str,
        dispatch: Dispatch,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._app_token = app_token
        self._dispatch = dispatch
        self._patience = patience or Patience()
        self._socket: Socket | None = None
        self._missed_since = time.monotonic()
        self._problem = "not connected yet"

    def wrong(self) -> str:
        """Why Slack cannot reach us now; empty while it can, or was cut off only just now."""
        if self._socket is not None and self._socket.is_open:
            return ""
        missed = time.monotonic() - self._missed_since
        return self._problem if missed > TOLERATED or self._socket is None else ""

    async def run(self) -> None:
        """Until cancelled. Whatever goes wrong is logged once and tried again."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            try:
                failures = 0
                while True:
                    old, self._socket = self._socket, await self._open(session, failures)
                    if old is not None:
                        group.create_task(old.retire())
                    opened_at = time.monotonic()
                    reason = await self._socket.left()
                    failures = 0 if time.monotonic() - opened_at > SETTLED_AFTER else failures + 1
                    await self._leave(reason)
            finally:
                if self._socket is not None:
                    await self._socket.close()

    async def _leave(self, reason: str) -> None:
        self._missed_since = time.monotonic()
        self._problem = f"the connection ended ({reason})"
        if reason == LINK_DISABLED:
            self._problem = "Socket Mode is switched off for the app"
            log.error("slack_socket_mode_is_off", remedy="Switch Socket Mode on for the app.")
            await asyncio.sleep(_jittered(REFUSED_PAUSE))
        elif reason in (CUT, DEAF):
            log.info("slack_socket_lost", reason=reason)
        else:
            log.info("slack_socket_replaced", reason=reason)

    async def _open(self, session: aiohttp.ClientSession, failures: int) -> Socket:
        """The next socket, greeted. Tries for as long as it takes; the old one serves meanwhile."""
        logged = ""
        while True:
            if failures:
                pause = pause_after(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
                await asyncio.sleep(_jittered(pause))
            try:
                answer = await self._client.apps_connections_open(app_token=self._app_token)
                socket = await Socket.open(
                    session,
                    str(answer["url"]),
                    self._dispatch,
                    self._patience,
                    proxy=self._client.proxy,
                )
            except SlackApiError as error:
                problem, pause = _refusal(error)
            except (NoHelloError, *UNANSWERED, *UNREADABLE) as error:
                problem, pause = f"no connection ({type(error).__name__})", 0
            else:
                log.info("slack_connected")
                return socket
            self._problem = problem
            if problem != logged:
                logged = problem
                log.warning("slack_not_connected", problem=problem)
            failures += 1
            if pause:
                failures = 0
                await asyncio.sleep(_jittered(pause))


def _refusal(error: SlackApiError) -> tuple[str, float]:
    """What `apps.connections.open` answered, in words, and the seconds to wait; 0 to back off."""
    if is_token_refused(error):
        return f"Slack refuses SLACK_APP_TOKEN ({said(error)})", REFUSED_PAUSE
    asked = retry_after(error)
    if asked is not None:
        return "Slack limits how often we connect", min(asked, LONGEST_ASKED)
    return f"Slack answers {said(error)}", 0


def _jittered(seconds: float) -> float:
    """Somewhat more or less, so that many processes do not come back at once."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
