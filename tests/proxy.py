"""A network that can fail: TCP on loopback in front of a real server's unix socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self


class Proxy:
    """Passes bytes on, or hangs (they wait), or is cut (connections drop, new ones are refused).

    Where the other side would see a dead network, not a closed connection, use `hang`.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._streams: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._cut = False
        self.port = 0

    async def __aenter__(self) -> Self:
        self._flows.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        self.become("cut")

    def become(self, state: Literal["open", "hang", "cut"]) -> None:
        self._cut = state == "cut"
        if state == "hang":
            self._flows.clear()
        else:
            self._flows.set()
        if self._cut:
            for stream in self._streams:
                stream.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self._socket)
        ends = {writer, far_writer}
        self._streams |= ends
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            self._streams -= ends
            for end in ends:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
