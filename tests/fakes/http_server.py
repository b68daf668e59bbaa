"""A small HTTP/1.1 server for fakes: it streams, misbehaves on cue and sees clients hang up.

Light enough that a bench measures the client and not this: one protocol object and one task
for each connection, no framework.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

Handler = Callable[["HttpRequest", "HttpResponse"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, whole. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class HttpResponse:
    """One answer: `send` it whole, or `start` it and `write` chunks until `end`."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def send(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer of JSON."""
        body = json.dumps(value).encode()
        head = {"content-type": "application/json", "content-length": str(len(body))}
        self._head(status, head | dict(headers or {}))
        self._transport.write(body)

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of an answer that comes in chunks."""
        self._head(status, {"transfer-encoding": "chunked", **headers})

    def write(self, chunk: bytes) -> None:
        self._transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))

    def end(self) -> None:
        self._transport.write(b"0\r\n\r\n")

    def drop(self) -> None:
        """Close the connection in the middle of the answer."""
        self._transport.close()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} ", *(f"{name}: {value}" for name, value in headers.items())]
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))


class HttpServer:
    """Serves `handler` on loopback while inside; `url` has the port that was free."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._handler, self._connections), "127.0.0.1", 0
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await self._server.wait_closed()


class _Connection(asyncio.Protocol):
    def __init__(self, handler: Handler, connections: set[_Connection]) -> None:
        self._handler = handler
        self._connections = connections
        self._received = bytearray()
        self._answering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._answer_next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        if self._answering:
            self._answering.cancel()

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def _answer_next(self) -> None:
        if self._answering and not self._answering.done():
            return
        request = self._take_request()
        if request and self._transport:
            response = HttpResponse(self._transport)
            self._answering = asyncio.ensure_future(self._handler(request, response))
            self._answering.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        if error := task.exception():
            self.close()
            raise error
        self._answer_next()

    def _take_request(self) -> HttpRequest | None:
        head, separator, rest = bytes(self._received).partition(b"\r\n\r\n")
        if not separator:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        pairs = (line.split(":", 1) for line in lines)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return None
        del self._received[: len(head) + len(separator) + length]
        return HttpRequest(method, path, headers, rest[:length])
