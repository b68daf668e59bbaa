"""What Slack and installers' browsers reach over HTTP: events, and the OAuth pages.

These paths ask for no access token: each request proves by Slack's signature, or by a state that
we gave out, that it may come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from fastapi import APIRouter
from slack_bolt import BoltResponse
from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.slack.bolt import MALFORMED

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
BODY_BYTES = 2 * 2**20
"""Far above what Slack sends: a view with its state is some hundred kilobytes."""

Dispatch: TypeAlias = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


def event_routes(signing_secret: str, dispatch: Dispatch) -> APIRouter:
    """Where Slack posts events, commands and clicks (HTTP mode)."""
    routes = APIRouter(include_in_schema=False)
    verifier = SignatureVerifier(signing_secret)

    @routes.post(EVENTS_PATH)
    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            log.warning("slack_oversize", kind="request", most=BODY_BYTES)
            return JSONResponse({"error": "Too long."}, 413)
        if not _is_signed(verifier, body, request):
            peer = request.client.host if request.client else ""
            log.warning("slack_signature_refused", peer=peer)
            return JSONResponse({"error": "Not signed by Slack."}, 401)
        try:
            bolt_request = to_async_bolt_request(request, body)
        except MALFORMED:  # signed, and yet not what Slack sends
            log.warning("slack_malformed", kind="unknown")
            return JSONResponse({"error": "Unreadable."}, 400)
        return to_starlette_response(await dispatch(bolt_request))

    return routes


def install_routes(flow: AsyncOAuthFlow) -> APIRouter:
    """Where a workspace installs the app (OAuth)."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(INSTALL_PATH)
    async def install(request: Request) -> Response:
        return to_starlette_response(
            await flow.handle_installation(to_async_bolt_request(request, b""))
        )

    @routes.get(REDIRECT_PATH)
    async def redirect(request: Request) -> Response:
        return to_starlette_response(
            await flow.handle_callback(to_async_bolt_request(request, b""))
        )

    return routes


async def _body(request: Request) -> bytes | None:
    """The body; nothing of one that is longer than Slack's can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)


def _is_signed(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    try:
        return bool(verifier.is_valid_request(body, request.headers))
    except (ValueError, TypeError):  # a timestamp that is no number, a signature beyond ASCII
        return False
