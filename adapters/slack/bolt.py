"""Bolt's part: the app to which listeners are registered, and how its answers become ours.

Every listener runs before its event is acknowledged (`process_before_response`): what people say
is stored first. A listener of a command or a click acknowledges at once and leaves its work to
`Afterwards`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
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
from adapters.slack.interaction import MalformedError
from adapters.slack.shapes import is_malformed, kind_of
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
    kind = kind_of(body)
    if isinstance(error, MalformedError):
        return _malformed(body)
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
        return await _guarded(request.payload, lambda: run_async_bolt_app(self._app, request))

    async def posted(self, request: AsyncBoltRequest) -> BoltResponse:
        """What came by HTTP, its signature verified."""
        return await _guarded(request.body, lambda: self._app.async_dispatch(request))


async def _guarded(body: object, ask: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
    if not is_malformed(body):
        try:
            return await ask()
        except MALFORMED:
            pass
    return _malformed(body)


def _malformed(body: object) -> BoltResponse:
    """An event is acknowledged all the same: it would only come again as it is."""
    log.warning("slack_malformed", kind=kind_of(body))
    is_event = isinstance(body, Mapping) and body.get("type") == "event_callback"
    return BoltResponse(status=200 if is_event else 400, body="")
