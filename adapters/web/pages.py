"""The chat page, its files, the sign-in form, and the API's documentation."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from adapters.web.access import COOKIE, COOKIE_SECONDS, Token

_STATIC = Path(__file__).parent / "static"
_FORM_BYTES = 4096

_log = structlog.get_logger(__name__)


def static_files() -> StaticFiles:
    return StaticFiles(directory=_STATIC)


def page_routes(token: Token | None) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def page() -> Response:
        return FileResponse(_STATIC / "index.html")

    @routes.get("/docs")
    async def docs() -> Response:
        return FileResponse(_STATIC / "docs.html")

    if token is not None:
        _add_sign_in(routes, token)
    return routes


def _add_sign_in(routes: APIRouter, token: Token) -> None:
    @routes.get("/sign-in")
    async def form() -> Response:
        return FileResponse(_STATIC / "sign-in.html")

    @routes.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        if not token.matches(await _field(request, "token")):
            _log.info("sign_in_refused", peer=request.client.host if request.client else "")
            return RedirectResponse("/sign-in?refused", status_code=303)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            COOKIE,
            token.cookie(time.time()),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response


async def _field(request: Request, name: str) -> str:
    """One field of a submitted form; empty when the form is longer than ours can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0]
