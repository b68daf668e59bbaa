"""The REST API: reads a request, checks token and limits, runs the route, answers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord.call import Call, Paths, Route, Routes
from tests.fakes.discord.wire import RefusedError, refusal
from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from tests.fakes.discord.server import DiscordServer

_EDGE = {"Via": "1.1 google", "Server": "cloudflare"}
_PLACES = ("/channels/", "/guilds/")


class RestApi:
    """Answers `/api/v10/…`."""

    def __init__(self, server: DiscordServer, routes: Routes) -> None:
        self._server = server
        self._paths = Paths(routes)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        server = self._server
        if server.latency:
            await asyncio.sleep(server.latency / 2)
        response = await self._answer(request)
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        if response.status in (401, 403, 429) and not shared:
            server.limits.note_invalid()
        if server.latency:
            await asyncio.sleep(server.latency / 2)
        return response

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        server = self._server
        path = request.rel_url.raw_path.removeprefix("/api/v10")
        found = self._paths.find(request.method, path)
        body, files = await _body(request)
        if server.limits.is_shut_out:  # by the edge in front of Discord, which has its own words
            return web.Response(status=429, text="error code: 1015")
        if found is None:
            return _json(404, {"message": "404: Not Found", "code": 0})
        name, ids, route = found
        call = Call(name, ids, request.query, body, asyncio.get_running_loop().time(), server)
        call.files = files
        server.calls.append(call)
        fault = server.faults.next(name, call.body if isinstance(call.body, dict) else {})
        if fault and not (fault.acts or fault.lose_answer):
            return await self._fail(request, call, fault)
        response = self._run(request, call, route)
        if fault:
            return await self._fail(request, call, fault)
        return response

    def _run(self, request: web.BaseRequest, call: Call, route: Route) -> web.Response:
        server = self._server
        if route.needs_token and request.headers.get("Authorization") != f"Bot {server.token}":
            call.status = 401
            return _json(401, {"message": "401: Unauthorized", "code": 0})
        place = call.ids[0] if any(p in call.route for p in _PLACES) else ""
        if call.route.split(" ")[1].startswith(("/webhooks/", "/interactions/")):
            place = call.ids[1]
        taken = server.limits.take(call.route, place, counts=route.counts)
        if taken.wait:
            call.status = 429
            said = "You are being rate limited."
            body = {"message": said, "retry_after": taken.wait, "global": taken.is_global}
            return _json(429, body, taken.headers)
        try:
            if call.body is _BROKEN:
                raise refusal(50109)
            answer = route.run(call)
        except RefusedError as refused:
            call.status, call.code = refused.status, refused.code
            return _json(refused.status, refused.body, taken.headers)
        call.status = 204 if answer is None else route.status
        if answer is None:
            return web.Response(status=204, headers=_EDGE | taken.headers)
        return _json(call.status, answer, taken.headers)

    async def _fail(self, request: web.BaseRequest, call: Call, fault: Fault) -> web.StreamResponse:
        call.answered = False
        if fault.code:
            refused = refusal(fault.code)
            call.status, call.code = refused.status, fault.code
            late = {} if fault.retry_after is None else {"retry_after": fault.retry_after}
            return _json(refused.status, refused.body | late)
        if fault.status == 429:
            wait = fault.retry_after or 1
            call.status = 429
            said = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
            return _json(429, said, {"Retry-After": str(wait), "X-RateLimit-Scope": "shared"})
        if fault.status:
            call.status = call.status or fault.status
            return web.Response(status=fault.status, headers=_EDGE, text="upstream error")
        if fault.timeout:
            await self._server.stopping.wait()
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)


_BROKEN = object()


async def _body(request: web.BaseRequest) -> tuple[Any, dict[str, bytes]]:
    """What was sent: JSON, or a form with `payload_json` beside files, which come by name."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        sent = [part for part in form.values() if isinstance(part, web.FileField)]
        raw = form.get("payload_json", "{}")
        return _parsed(raw if isinstance(raw, str) else ""), {
            part.filename: part.file.read() for part in sent
        }
    raw = (await request.read()).decode()
    return (_parsed(raw) if raw else {}), {}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _BROKEN


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> web.Response:
    """`Content-Type: application/json` and not a word more: discord.py compares the whole."""
    head = _EDGE | {"Content-Type": "application/json"} | (headers or {})
    return web.Response(status=status, body=json.dumps(value).encode(), headers=head)
