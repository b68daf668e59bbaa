"""The Web API: reads a request, checks the token, limits and scopes, runs the method."""

from __future__ import annotations

import asyncio
import base64
import json
import math
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.slack.app import Token
from tests.fakes.slack.call import Call, Method, Methods
from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.server import SlackServer

_FORM = "application/x-www-form-urlencoded"


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(self, server: SlackServer, methods: Methods) -> None:
        self._server = server
        self._methods = methods

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        method = request.path.removeprefix("/api/")
        arguments = await _arguments(request)
        loop = asyncio.get_running_loop()
        call = Call(method, arguments, loop.time(), self._server)
        self._server.calls.append(call)
        fault = self._server.faults.next(method, arguments)
        if fault and not (fault.acts or fault.lose_answer):
            return await self._fail(request, call, fault)
        try:
            answer = {"ok": True, **self._run(request, call)}
            call.outcome = "ok"
        except RefusedError as refusal:
            call.outcome = refusal.error
            answer = {"ok": False, "error": refusal.error, **refusal.details}
        if wait := answer.pop("retry_after", 0):
            call.outcome = "429"
            return web.json_response(answer, status=429, headers={"Retry-After": str(wait)})
        if fault:
            return await self._fail(request, call, fault)
        scopes = ",".join(sorted(call.token.scopes)) if call.token else ""
        return web.json_response(answer, headers={"X-OAuth-Scopes": scopes} if scopes else None)

    def _run(self, request: web.BaseRequest, call: Call) -> Json:
        method = self._methods.get(call.method)
        if method is None:
            raise RefusedError("unknown_method", req_method=call.method)
        if method.tokens == "none":
            return method.run(call)
        call.token = self._token(request, call, method)
        workspace = call.token.workspace
        team = workspace.id if workspace else "app"
        wait = self._server.limits.take(team, call.method, call.text("channel"))
        if wait:
            raise RefusedError("ratelimited", retry_after=max(1, math.ceil(wait)))
        if method.scopes and not call.token.scopes.intersection(method.scopes):
            provided = ",".join(sorted(call.token.scopes))
            raise RefusedError("missing_scope", needed=",".join(method.scopes), provided=provided)
        return method.run(call)

    def _token(self, request: web.BaseRequest, call: Call, method: Method) -> Token:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            value = call.text("token")
        call.arguments.pop("token", None)
        if not value:
            raise RefusedError("not_authed")
        token = self._server.tokens.find(value)
        if token is None:
            raise RefusedError("invalid_auth")
        if token.state:
            raise RefusedError(token.state)
        if token.expires_at <= self._server.clock.now():
            raise RefusedError("token_expired")
        if token.kind != method.tokens:
            raise RefusedError("not_allowed_token_type")
        return token

    async def _fail(self, request: web.BaseRequest, call: Call, fault: Fault) -> web.StreamResponse:
        call.answered = False
        if fault.error:
            call.outcome = fault.error
            return web.json_response({"ok": False, "error": fault.error})
        if fault.status:
            call.outcome = str(fault.status)
            wait = fault.retry_after
            headers = {} if wait is None else {"Retry-After": str(wait)}
            body = {"ok": False, "error": "ratelimited"} if fault.status == 429 else None
            if body:
                return web.json_response(body, status=429, headers=headers)
            return web.Response(status=fault.status, headers=headers, text="upstream error")
        if fault.timeout:
            call.outcome = call.outcome or "timeout"
            await self._server.stopping.wait()
        call.outcome = call.outcome or "lost"
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)


async def _arguments(request: web.BaseRequest) -> Json:
    """The arguments as the SDK sends them: query, form or JSON; HTTP Basic brings the client's
    id and secret."""
    arguments: Json = dict(request.query)
    body = await request.read()
    if request.content_type == "application/json":
        sent = json.loads(body or b"{}")
        arguments |= {name: value for name, value in sent.items() if value is not None}
    elif body and request.content_type == _FORM:
        arguments |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    elif body:
        arguments |= dict((await request.post()).items())
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith("Basic "):
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        arguments["client_id"], _, arguments["client_secret"] = client.partition(":")
    return arguments
