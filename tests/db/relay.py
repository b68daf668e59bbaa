"""A relay before the real Postgres: counts round trips, and can be cut like a cable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_READY = b"Z\x00\x00\x00\x05"
"""ReadyForQuery: the server has answered all it was sent, which ends a round trip."""


class Relay:
    def __init__(self, server: Path) -> None:
        self._server = server
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.trips = 0
        self.url = ""
        """Where it is reached."""

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        from_server, to_server = await asyncio.open_unix_connection(str(self._server))
        self._writers |= {writer, to_server}
        await asyncio.gather(
            self._pass(reader, to_server), self._pass(from_server, writer, counted=True)
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                self.trips += data.count(_READY) if counted else 0
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)

    def cut(self) -> None:
        self._is_cut = True
        for writer in list(self._writers):
            writer.close()

    def mend(self) -> None:
        self._is_cut = False


@asynccontextmanager
async def relayed(url: str, folder: Path) -> AsyncIterator[tuple[Relay, str]]:
    """A relay, and the URL that leads through it to the same database."""
    name = ".s.PGSQL.5432"
    relay = Relay(Path(parse_qs(urlsplit(url).query)["host"][0]) / name)
    server = await asyncio.start_unix_server(relay.connect, str(folder / name))
    try:
        query = f"port=5432&host={quote(str(folder), safe='')}"
        relay.url = urlsplit(url)._replace(query=query).geturl()
        yield relay, relay.url
    finally:
        relay.cut()
        server.close()
        await server.wait_closed()
