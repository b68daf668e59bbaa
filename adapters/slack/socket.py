"""One WebSocket of Socket Mode, from its hello to its end.

Slack's SDK has a client for this. Ours stands in its place because that one closes the old socket
before it opens the next, tries a used-up address again for ever, and takes a socket for alive
that answers pings while nothing else comes. The envelopes and Bolt's part are the SDK's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

log = structlog.get_logger(__name__)

Dispatch: TypeAlias = Callable[[SocketModeRequest], Awaitable[BoltResponse]]
"""Bolt's part: what to tell Slack about an envelope. Any status but 200 acknowledges nothing."""

CUT, DEAF = "cut", "deaf"
"""Why a socket ended without Slack having said so; else it is the reason that Slack gave."""
RETIRES_WITHIN = 3.0
"""Seconds for the envelopes in hand when a socket is replaced: Slack waits no longer for them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until silence is taken for deafness.

    With the time that an address may take, the longest is within 90. Slack's own server pings about
    every ten seconds.
    """

    hello: float = 10
    """From opening to Slack's hello."""
    ping: float = 10
    """Between our pings."""
    pong: float = 25
    """Without any frame, not even an answer to our pings."""
    server: float = 50
    """Without a frame that Slack sends of itself: an envelope, or its own ping."""


class NoHelloError(Exception):
    """The socket opened, and Slack did not greet."""


class Socket:
    """Envelopes in, acknowledgements out. Each is acknowledged once `dispatch` has returned."""

    def __init__(
        self, ws: aiohttp.ClientWebSocketResponse, dispatch: Dispatch, patience: Patience
    ) -> None:
        self._ws = ws
        self._dispatch = dispatch
        self._patience = patience
        self._in_hand: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._greeted: asyncio.Future[str] = loop.create_future()
        self._leaving: asyncio.Future[str] = loop.create_future()
        self._heard = self._heard_of_server = time.monotonic()
        self._reading = asyncio.create_task(self._read())
        self._watching = asyncio.create_task(self._watch())

    @classmethod
    async def open(
        cls,
        session: aiohttp.ClientSession,
        url: str,
        dispatch: Dispatch,
        patience: Patience,
        *,
        proxy: str | None = None,
    ) -> Socket:
        """A socket that Slack has greeted. `NoHelloError`, `aiohttp.ClientError`, `OSError`."""
        try:
            async with asyncio.timeout(patience.hello):
                # We answer pings ourselves, as aiohttp would not show them.
                ws = await session.ws_connect(
                    url,
                    autoping=False,
                    proxy=proxy,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1),
                )
        except TimeoutError:
            raise NoHelloError(f"no connection within {patience.hello:g} s") from None
        socket = cls(ws, dispatch, patience)
        try:
            await socket._greeting()
        except BaseException:
            await socket.close()
            raise
        return socket

    @property
    def is_open(self) -> bool:
        return not self._ws.closed and not self._reading.done()

    async def left(self) -> str:
        """Wait until this socket must be replaced, and say why. It may go on serving meanwhile."""
        return await asyncio.shield(self._leaving)

    async def retire(self) -> None:
        """Close when what is in hand is acknowledged; what is not, Slack sends to another."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=RETIRES_WITHIN)
        await self.close()

    async def close(self) -> None:
        """Close at once."""
        self._watching.cancel()
        with suppress(aiohttp.ClientError, OSError):
            await self._ws.close()
        self._reading.cancel()
        tasks = {self._reading, self._watching, *self._in_hand}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _greeting(self) -> None:
        await asyncio.wait(
            {self._greeted, self._leaving},
            timeout=self._patience.hello,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not self._greeted.done():
            why = self._leaving.result() if self._leaving.done() else "silence"
            raise NoHelloError(f"no hello from Slack ({why})")

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._ws.receive()
                self._heard = time.monotonic()
                if frame.type is aiohttp.WSMsgType.PONG:
                    continue
                self._heard_of_server = self._heard
                if frame.type is aiohttp.WSMsgType.PING:
                    await self._ws.pong(frame.data)
                elif frame.type is aiohttp.WSMsgType.TEXT:
                    self._take(frame.data)
                else:
                    return
        except (aiohttp.ClientError, OSError):
            return
        finally:
            self._leave(CUT)

    async def _watch(self) -> None:
        while not self._leaving.done():
            await asyncio.sleep(self._patience.ping)
            now = time.monotonic()
            if (
                now - self._heard > self._patience.pong
                or now - self._heard_of_server > self._patience.server
            ):
                self._leave(DEAF)
                return
            try:
                await self._ws.ping()
            except (aiohttp.ClientError, OSError):
                self._leave(CUT)

    def _leave(self, reason: str) -> None:
        _settle(self._leaving, reason)

    def _take(self, data: str) -> None:
        try:
            message = json.loads(data)
            kind = message["type"]
            request = SocketModeRequest.from_dict(message)
        except (ValueError, TypeError, KeyError):
            log.warning("slack_frame_unreadable", characters=len(data))
            return
        if kind == "hello":
            _settle(self._greeted, kind)
        elif kind == "disconnect":
            self._leave(str(message.get("reason", "disconnect")))
        elif request is not None:
            task = asyncio.create_task(self._answer(request))
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

    async def _answer(self, request: SocketModeRequest) -> None:
        response = await self._dispatch(request)
        if response.status != 200:
            log.info("slack_not_acknowledged", kind=request.type, status=response.status)
            return
        acknowledgement = SocketModeResponse(request.envelope_id, _payload(response))
        try:
            await self._ws.send_str(json.dumps(acknowledgement.to_dict()))
        except (aiohttp.ClientError, OSError):
            log.info("slack_acknowledgement_lost", kind=request.type)  # it will be sent again


def _settle(future: asyncio.Future[str], result: str) -> None:
    if not future.done():
        future.set_result(result)


def _payload(response: BoltResponse) -> dict[str, object] | None:
    """What goes back with an acknowledgement: a form's errors, say."""
    if not response.body:
        return None
    content_type = response.headers.get("content-type", [""])[0]
    if content_type.startswith("application/json"):
        payload: dict[str, object] = json.loads(response.body)
        return payload
    return {"text": response.body}
