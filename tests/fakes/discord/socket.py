"""One WebSocket of the gateway: frames out, compressed as the app asked, and how it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import zlib
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.session import Session


class _Compressor(Protocol):
    def __call__(self, text: str) -> str | bytes: ...


def compressor(kind: str) -> _Compressor:
    """What makes a frame of a text. Raises KeyError for a kind that is unknown or not to be had
    here."""
    if kind == "zlib-stream":
        context = zlib.compressobj()
        return lambda text: context.compress(text.encode()) + context.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream" and importlib.util.find_spec("zstandard"):
        zstandard = importlib.import_module("zstandard")
        stream = zstandard.ZstdCompressor().compressobj()
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: stream.compress(text.encode()) + stream.flush(block)
    return {"": lambda text: text}[kind]


class Socket:
    """One open WebSocket of the app. `session` is there once it has identified or resumed."""

    def __init__(
        self,
        connection: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        compress: _Compressor,
    ) -> None:
        self.session: Session | None = None
        self.heartbeats = 0
        """Heartbeats that came in."""
        self.deaf = False
        self.received: list[Json] = []
        self.close_code: int | None = None
        """The code with which either side closed it."""
        self._connection = connection
        self._transport = transport
        self._compress = compress
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()
        self._is_cut = False

    @property
    def is_open(self) -> bool:
        return not (self._is_cut or self._connection.closed or self.close_code is not None)

    async def write(self) -> None:
        """Send what is put in, in order, until the socket closes."""
        with contextlib.suppress(ConnectionError):
            while True:
                item = await self._outbox.get()
                if isinstance(item, int):
                    await self._connection.close(code=item)
                    return
                frame = self._compress(item)
                if isinstance(frame, bytes):
                    await self._connection.send_bytes(frame)
                else:
                    await self._connection.send_str(frame)

    def send(self, op: int, data: object = None) -> None:
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def put(self, text: str) -> None:
        """Send a frame of any text, also one that Discord would never send."""
        if self.is_open and not self.deaf:
            self._outbox.put_nowait(text)

    # --- going wrong ---------------------------------------------------------------------------

    def go_deaf(self) -> None:
        """Stay open, but say nothing more and answer no heartbeat."""
        self.deaf = True

    def close(self, code: int = 4000) -> None:
        """Close it with a code."""
        if self.is_open:
            self.close_code = code
            self._outbox.put_nowait(code)

    def reconnect(self) -> None:
        """Ask the app to connect again and resume, as Discord does every few hours."""
        self.send(7)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell the app that its session is gone, or hangs."""
        if not resumable and self.session:
            self.session.forget()
        self.send(9, resumable)

    def cut(self) -> None:
        """Break the connection without a word."""
        self._is_cut = True
        if self._transport:
            self._transport.abort()
