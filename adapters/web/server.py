"""Uvicorn inside our own event loop: it neither owns the process nor its signals."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from adapters.web.protocol import MAX_FRAME

PORTS_TO_TRY = 50
SHUTDOWN_SECONDS = 1


class CannotListenError(Exception):
    """The address cannot be listened on; `str()` is one line that says what to do."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the composition root's."""
        yield


class HttpServer:
    """Listens from construction on, serves while `run()` runs.

    A taken port is replaced by the next free one: compare `port` with the one asked for.
    """

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        self._host = host
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        """The port that is listened on."""
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="websockets-sansio",
                ws_max_size=MAX_FRAME,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )

    @property
    def address(self) -> str:
        """Where a browser on this machine opens the page."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self._host, self._host)  # noqa: S104 - compared, not bound
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}:{self.port}"

    async def run(self) -> None:
        """Serve until cancelled; then open sockets are closed with 1012 within a second."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        try:
            await asyncio.shield(serving)
        finally:
            self._server.should_exit = True
            await serving


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket on the first free port from `port` on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise CannotListenError(f"HOST: {host} is not an address of this machine.") from None
    last = min(port + PORTS_TO_TRY, 65536)
    for candidate in range(port, last):
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address[0], candidate, *address[2:]))
            listener.listen(socket.SOMAXCONN)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE:
                continue
            raise CannotListenError(
                f"HOST and PORT: cannot listen on {host}:{candidate} ({error.strerror})."
                " Choose others."
            ) from None
        listener.setblocking(False)
        return listener
    raise CannotListenError(
        f"PORT: {port} to {last - 1} are all taken. Choose another, or stop what uses them."
    )
