"""Bolt's part: the app to which listeners are registered, and how its answers become ours.

Every listener runs before its event is acknowledged (`process_before_response`): what people say
is stored first. A listener of a command or a click acknowledges at once and leaves its work to
`Afterwards`.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import NotReadyError
from adapters.slack.workspaces import Workspaces
from bot.ports import UnavailableError
from bot.stores import VaultError

log = structlog.get_logger(__name__)

MALFORMED = (ValueError, TypeError, AttributeError, LookupError)
"""What Bolt raises while it reads a request that is not as Slack makes them."""
LEFT = "CastMatch is not installed in this workspace any more."


def silent_logger() -> logging.Logger:
    """What Bolt logs with: nothing. It writes whole bodies, messages and all; we say what matters
    in `Dispatcher`."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def make_app(
    workspaces: Workspaces, client: AsyncWebClient, flow: AsyncOAuthFlow | None
) -> AsyncApp:
    """The app, without listeners. Requests by HTTP are verified before they come to it."""
    app = AsyncApp(
        logger=silent_logger(),
        name="castmatch",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        authorize=workspaces,  # type: ignore[arg-type]  # its result may be None, as Bolt knows
        client=client,
        oauth_flow=flow,
        user_facing_authorize_error_message=LEFT,
    )
    app.error(_failed)
    return app


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
    """Nothing is acknowledged: an event is sent again, and a person sees that it failed."""
    kind = _kind(body)
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("slack_unknown_request", kind=kind)
        return BoltResponse(status=404, body="")
    if isinstance(error, UnavailableError | NotReadyError | VaultError):
        log.warning("slack_not_stored", kind=kind, error=str(error))
    else:
        log.error("slack_listener_failed", kind=kind, exc_info=error)
    return None


class Dispatcher:
    """Gives requests to the app, by Socket Mode or by HTTP."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def envelope(self, request: SocketModeRequest) -> BoltResponse:
        """An envelope of Socket Mode."""
        if not _is_readable(request.payload):
            return _unreadable()
        return await _guarded(run_async_bolt_app(self._app, request))

    async def posted(self, request: AsyncBoltRequest) -> BoltResponse:
        """What came by HTTP, its signature verified."""
        if not _is_readable(request.body):
            return _unreadable()
        return await _guarded(self._app.async_dispatch(request))


async def _guarded(answer: Coroutine[Any, Any, BoltResponse]) -> BoltResponse:
    try:
        return await answer
    except MALFORMED:
        return _unreadable()


def _unreadable() -> BoltResponse:
    log.warning("slack_request_unreadable")
    return BoltResponse(status=400, body="")


def _is_readable(body: dict[str, Any]) -> bool:
    """Whether it is made of what Slack makes requests of: Bolt reads some of it unlooked at, where
    our listeners could not say that it is malformed."""
    if body.get("type") == "event_callback":
        return isinstance(body.get("event"), dict)
    parts = [body.get(name) for name in ("user", "view", "container", "message")]
    return all(part is None or isinstance(part, dict) for part in parts)


def _kind(body: dict[str, Any]) -> str:
    """What it is, for logs: the event's type, or the interaction's."""
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else body.get("type") or body.get("command")
    return str(kind)[:80]
