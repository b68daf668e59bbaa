"""Who may use the page and the API.

Bound to loopback anyone on this machine may, and only the Host header is checked: a page on
another site whose name was made to resolve to 127.0.0.1 must not reach us. Bound beyond it,
everything but the health endpoints and the sign-in form demands the access token: as
`Authorization: Bearer …`, or as the cookie that the form sets. In both cases a WebSocket that a
browser opens must come from our own page. What a chat platform calls passes everywhere: it is
signed by the platform, which is checked there.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web.protocol import SIGN_IN

COOKIE = "castmatch"
COOKIE_SECONDS = 30 * 24 * 3600

_OPEN = ("/sign-in", "/static/")
_PAGES = ("/", "/docs")


class Token:
    """The access token, and the cookie that stands for it without containing it."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def matches(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token)

    def cookie(self, now: float) -> str:
        """A signed value that is good for `COOKIE_SECONDS`."""
        expires = str(int(now) + COOKIE_SECONDS)
        return f"{expires}.{self._signature(expires)}"

    def accepts_cookie(self, value: str, now: float) -> bool:
        expires, _, signature = value.partition(".")
        is_ours = hmac.compare_digest(signature.encode(), self._signature(expires).encode())
        return is_ours and int(expires) > now

    def _signature(self, expires: str) -> str:
        return hmac.new(self._token, f"page until {expires}".encode(), hashlib.sha256).hexdigest()


class Gate:
    """ASGI middleware that lets through only those who may.

    `token` is `None` on loopback; then only requests for `hosts` (names without port) pass.
    Requests for `open_paths` always do.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: Token | None,
        hosts: frozenset[str],
        open_paths: frozenset[str],
    ) -> None:
        self._app = app
        self._token = token
        self._hosts = hosts
        self._open_paths = open_paths | {"/healthz", "/readyz"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_socket = scope["type"] == "websocket"
        if is_socket and not _is_same_origin(headers):
            await _refuse_socket(receive, send)
        elif self._may_pass(scope["path"], headers):
            await self._app(scope, receive, send)
        elif is_socket:
            await _close_socket(receive, send)
        else:
            await self._refusal(scope["path"])(scope, receive, send)

    def _may_pass(self, path: str, headers: Headers) -> bool:
        if path in self._open_paths:
            return True
        if self._token is None:
            return _host_name(headers.get("host", "")) in self._hosts
        if path.startswith(_OPEN):
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._token.matches(given.strip())
        return self._token.accepts_cookie(_cookie(headers), time.time())

    def _refusal(self, path: str) -> Response:
        if self._token is None:
            names = " or ".join(sorted(self._hosts))
            return PlainTextResponse(f"Open this page as {names}.", status_code=421)
        if path in _PAGES:
            return RedirectResponse("/sign-in", status_code=303)
        return JSONResponse(
            {"error": "Send the access token: Authorization: Bearer …"},
            status_code=401,
            headers={"WWW-Authenticate": "Bearer"},
        )


def _is_same_origin(headers: Headers) -> bool:
    """Browsers name the origin of every WebSocket; who names none is not a browser."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1008})


async def _close_socket(receive: Receive, send: Send) -> None:
    """Accepted first, since a browser tells its page no more of a refusal than that it failed."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": SIGN_IN, "reason": "Sign in first."})
