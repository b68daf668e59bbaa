"""Socket Mode: WebSockets that envelopes go out on, each to be acknowledged in three seconds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import Literal

from aiohttp import WSMsgType, web

from tests.fakes.slack.delivery import Answer, Kind, UndeliveredError
from tests.fakes.slack.wire import Json

MOST_SOCKETS = 10
_WITH_RESPONSE = ("slash_commands", "interactive")

Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Socket:
    """One open WebSocket of the app."""

    def __init__(
        self,
        connection: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        app_id: str,
        number: int,
    ) -> None:
        self.number = number
        self.pings = 0
        """Pings that came in."""
        self.deaf = False
        self.answers_pings = True
        self.sent: list[Json] = []
        self.ack_delay = 0.0
        self.ping_seconds = 10.0
        self._connection = connection
        self._transport = transport
        self._app_id = app_id
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._is_cut = False

    @property
    def is_open(self) -> bool:
        return not (self._is_cut or self._connection.closed)

    async def serve(self, open_sockets: int) -> None:
        """Say hello, then take acknowledgements until the socket closes."""
        debug = {
            "host": "applink-loopback",
            "build_number": 7,
            "approximate_connection_time": 18060,
        }
        await self._send({
            "type": "hello",
            "num_connections": open_sockets,
            "debug_info": debug,
            "connection_info": {"app_id": self._app_id},
        })  # fmt: skip
        pinging = asyncio.create_task(self._ping())
        try:
            async for message in self._connection:
                if message.type is WSMsgType.PING:
                    self.pings += 1
                    if self.answers_pings:
                        await self._connection.pong(message.data)
                elif message.type is WSMsgType.TEXT and not self.deaf:
                    response = json.loads(message.data)
                    loop = asyncio.get_running_loop()
                    loop.call_later(self.ack_delay, self._take, response)
        finally:
            pinging.cancel()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(UndeliveredError("connection_failed"))

    async def deliver(
        self, kind: Kind, payload: Json, retry: int, reason: str, seconds: float
    ) -> Answer:
        """Send an envelope and wait for its acknowledgement. Raises `UndeliveredError`."""
        envelope_id = str(uuid.uuid4())
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind in _WITH_RESPONSE,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        try:
            if not self.deaf:
                await self._send(envelope)
            async with asyncio.timeout(seconds):
                response = await waiting
        except TimeoutError:
            raise UndeliveredError("timeout") from None
        except ConnectionError:
            raise UndeliveredError("connection_failed") from None
        finally:
            del self._waiting[envelope_id]
        return Answer(response.get("payload") or {})

    async def _ping(self) -> None:
        with contextlib.suppress(ConnectionError):
            while not self.deaf:
                await self._connection.ping(b"Ping from applink-loopback")
                await asyncio.sleep(self.ping_seconds)

    def go_deaf(self, *, answers_pings: bool = False) -> None:
        """Stay open, but let nothing more through; pings are answered only on request."""
        self.deaf = True
        self.answers_pings = answers_pings

    async def disconnect(self, reason: Reason) -> None:
        """Tell the app that this connection ends, and end it unless it was only a warning."""
        debug = {"host": "applink-loopback"}
        await self._send({"type": "disconnect", "reason": reason, "debug_info": debug})
        if reason != "warning":
            await self._connection.close()

    async def sends(self, text: str) -> None:
        """Send a frame of any text, also one that Slack would never send."""
        await self._connection.send_str(text)

    def cut(self) -> None:
        """Break the connection without a word."""
        self._is_cut = True
        if self._transport:
            self._transport.abort()

    async def _send(self, value: Json) -> None:
        self.sent.append(value)
        await self._connection.send_str(json.dumps(value))

    def _take(self, response: Json) -> None:
        waiting = self._waiting.get(response.get("envelope_id", ""))
        if waiting and not waiting.done():
            waiting.set_result(response)


class SocketMode:
    """All sockets of the app. An envelope goes out on one of them, each in turn."""

    def __init__(self, app_id: str, *, ack_seconds: float) -> None:
        self.all: list[Socket] = []
        """Every socket that was ever opened, oldest first."""
        self.ack_delay = 0.0
        """Seconds that every acknowledgement is under way, on sockets opened from now on."""
        self.ping_seconds = 10.0
        """Seconds between the server's own pings, on sockets opened from now on."""
        self._app_id = app_id
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._turn = 0
        self._tried: dict[str, Socket] = {}

    @property
    def open(self) -> list[Socket]:
        return [socket for socket in self.all if socket.is_open]

    def ticket(self) -> str:
        """A ticket for one connection."""
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """A WebSocket from its request to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        connection = web.WebSocketResponse(autoping=False)
        await connection.prepare(request)
        open_before = len(self.open)
        socket = Socket(connection, request.transport, self._app_id, len(self.all) + 1)
        socket.ack_delay, socket.ping_seconds = self.ack_delay, self.ping_seconds
        if open_before >= MOST_SOCKETS:
            await socket.disconnect("too_many_websockets")
            return connection
        self.all.append(socket)
        await socket.serve(open_before + 1)
        return connection

    async def deliver(self, kind: Kind, payload: Json, retry: int, reason: str) -> Answer:
        """One attempt, on the socket whose turn it is; a retry goes out on another one than
        before. Raises `UndeliveredError`."""
        sockets = self.open
        if not sockets:
            raise UndeliveredError("connection_failed")
        self._turn += 1
        event_id = payload.get("event_id", "")
        before = self._tried.pop(event_id, None)
        others = [socket for socket in sockets if socket is not before] or sockets
        socket = others[self._turn % len(others)]
        self._tried[event_id] = socket
        answer = await socket.deliver(kind, payload, retry, reason, self._ack_seconds)
        self._tried.pop(event_id, None)
        return answer

    async def stop(self) -> None:
        for socket in self.open:
            socket.cut()
