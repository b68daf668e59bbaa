"""One WebSocket: frames in, and the room's newest state out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from adapters.web.adapter import RefusedError, Web
from adapters.web.protocol import (
    BAD_FRAME,
    TRY_LATER,
    AskMemory,
    BadFrameError,
    ClientFrame,
    Hello,
    Send,
    Stop,
    parse_frame,
)
from adapters.web.room import Room
from adapters.web.view import View, memory_frame
from bot.ports import UnavailableError

HELLO_SECONDS = 10
SEND_SECONDS = 30
"""A client that takes nothing for so long is gone."""
_REASON_BYTES = 123
"""What a close frame holds beside its code."""

_log = structlog.get_logger(__name__)


class _UnexpectedFrameError(Exception):
    """The client does not keep to the protocol; `str()` says how."""


async def serve_socket(socket: WebSocket, web: Web) -> None:
    """Serve one client until it goes."""
    await socket.accept()
    try:
        await _converse(socket, web)
    except WebSocketDisconnect:
        return
    except TimeoutError:
        await _close(socket, TRY_LATER, "Nothing came for too long.")
    except UnavailableError as error:
        _log.info("socket_put_off", reason=str(error))
        await _close(socket, TRY_LATER, "Our database cannot be reached just now. Trying again…")
    except _UnexpectedFrameError as error:
        await _close(socket, BAD_FRAME, str(error))


async def _converse(socket: WebSocket, web: Web) -> None:
    async with asyncio.timeout(HELLO_SECONDS):
        hello = await _receive(socket)
    if not isinstance(hello, Hello):
        raise _UnexpectedFrameError("The first frame must be hello.")
    async with web.watch(hello.conversation) as room:
        await _first_of(_send_changes(socket, room, hello), _obey(socket, web, room, hello.person))


async def _first_of(*coroutines: Coroutine[None, None, None]) -> None:
    """Run all until one ends, then cancel the others; what it raised is raised."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _send_changes(socket: WebSocket, room: Room, hello: Hello) -> None:
    """Whenever the socket can take a frame, send what is newest then: nothing piles up."""
    view = View(room, hello.epoch, hello.revision)
    while True:
        if frame := view.next_frame():
            await _send(socket, frame)
        await room.newer_than(view.revision)


async def _obey(socket: WebSocket, web: Web, room: Room, person: str) -> None:
    while True:
        frame = await _receive(socket)
        try:
            await _do(socket, web, room, person, frame)
        except RefusedError as refused:
            error = {"type": "error", "text": str(refused)}
            await _send(socket, error | ({"id": frame.id} if isinstance(frame, Send) else {}))


async def _do(socket: WebSocket, web: Web, room: Room, person: str, frame: ClientFrame) -> None:
    if isinstance(frame, Send):
        await web.send(room, person, frame.id, frame.text)
        await _send(socket, {"type": "ack", "id": frame.id})
    elif isinstance(frame, Stop):
        await web.stop(room, frame.turn)
    elif isinstance(frame, AskMemory):
        await _send(socket, memory_frame(await web.memory(room, person, frame.text)))
    elif isinstance(frame, Hello):
        raise _UnexpectedFrameError("A socket is for one conversation: open another.")
    else:
        await web.retry(room, frame.turn)


async def _receive(socket: WebSocket) -> ClientFrame:
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code", 1005))
    text = event.get("text")
    if text is None:
        raise _UnexpectedFrameError("Frames are JSON text, not binary.")
    try:
        return parse_frame(text)
    except BadFrameError as error:
        raise _UnexpectedFrameError(f"That frame is not understood: {error}") from None


async def _send(socket: WebSocket, frame: Mapping[str, object]) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await socket.send_text(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
    except WebSocketDisconnected:  # another send had noticed that already
        raise WebSocketDisconnect(1006) from None


async def _close(socket: WebSocket, code: int, sentence: str) -> None:
    try:
        await _send(socket, {"type": "error", "text": sentence})
        await socket.close(code, sentence.encode()[:_REASON_BYTES].decode(errors="ignore"))
    except (WebSocketDisconnect, TimeoutError):
        return
