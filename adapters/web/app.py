"""Everything that is served over HTTP, joined into one application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from adapters.web.access import Gate, Token
from adapters.web.adapter import Web
from adapters.web.api import talent_routes
from adapters.web.headers import SecurityHeaders
from adapters.web.health import Note, Probe, health_routes
from adapters.web.pages import page_routes, static_files
from adapters.web.socket import serve_socket
from bot.conversation import Audience
from bot.ports import TalentRepository, UnavailableError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def create_app(
    *,
    web: Web,
    talents: TalentRepository,
    audience: Audience,
    probes: Mapping[str, Probe],
    registry: CollectorRegistry,
    access_token: str | None,
    host: str = "127.0.0.1",
    version: str = "0",
    platforms: Sequence[APIRouter] = (),
    notes: Mapping[str, Note] = MappingProxyType({}),
) -> FastAPI:
    """The page, `/ws`, `/api`, `/docs`, the health endpoints and `/metrics`.

    `audience` is whom the API answers. `access_token` is demanded everywhere but at the health
    endpoints; `None` is for a server bound to loopback, which then answers only to its own
    names and to `host`. `platforms` are what chat platforms call, under whatever name they
    know us by: those routes see for themselves who calls.
    """
    token = Token(access_token) if access_token else None
    app = FastAPI(
        title="CastMatch",
        version=version,
        description="Describe a role in plain words, get real talents with the reasons.",
        docs_url=None,  # its page loads scripts from elsewhere; `/docs` is ours
        redoc_url=None,
    )
    app.include_router(page_routes(token))
    app.include_router(talent_routes(talents, audience))
    app.include_router(health_routes(probes, registry, notes))
    for routes in platforms:
        app.include_router(routes)
    app.mount("/static", static_files())

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        await serve_socket(websocket, web)

    _answer_errors(app)
    app.add_middleware(
        Gate,
        token=token,
        hosts=LOOPBACK_NAMES | {host.strip("[]")},
        open_paths=_paths(platforms),
    )
    app.add_middleware(SecurityHeaders)
    return app


def _paths(routers: Sequence[APIRouter]) -> frozenset[str]:
    routes = (route for router in routers for route in router.routes)
    return frozenset(route.path for route in routes if isinstance(route, APIRoute))


def _answer_errors(app: FastAPI) -> None:
    """Every error is `{"error": "one sentence"}`."""

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return JSONResponse({"error": f"{first['loc'][-1]}: {first['msg']}"}, 422)

    @app.exception_handler(UnavailableError)
    async def unavailable(_: Request, __: UnavailableError) -> JSONResponse:
        return JSONResponse(
            {"error": "The database cannot be reached just now. Try again in a few seconds."},
            503,
            headers={"Retry-After": "5"},
        )
