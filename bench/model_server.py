"""Claude's streaming protocol on loopback at a fixed speed, light enough for 200 streams at once.

Every token says which reply it is of, its number, and when it was sent:
`{reply}.{number}.{milliseconds of the monotonic clock} `. A request to `/SIZE/…` is answered when
SIZE of them have come, so that all stream at once. Run it as a process of its own; it prints its
port.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from heapq import heappop, heappush
from itertools import count

_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n"
)
_START: dict[str, object] = {
    "id": "msg_bench",
    "type": "message",
    "role": "assistant",
    "model": "bench",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 100, "output_tokens": 1},
}


def _event(kind: str, **fields: object) -> bytes:
    data = f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


_OPENING = (
    _HEAD
    + _event("message_start", message=_START)
    + _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
)
_ENDING = (
    _event("content_block_stop", index=0)
    + _event(
        "message_delta",
        delta={"stop_reason": "end_turn", "stop_sequence": None},
        usage={"output_tokens": 100},
    )
    + _event("message_stop")
    + b"0\r\n\r\n"
)


def _token(reply: int, number: int) -> bytes:
    space = "\n" if number % 20 == 19 else " "
    text = f"{reply}.{number}.{time.monotonic() * 1000:.0f}{space}"
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


class ModelServer:
    def __init__(self, *, rate: float, tokens: int, first_after: float) -> None:
        """`rate` in tokens a second; `first_after` seconds from the request to the first one."""
        self._rate, self._tokens, self._first_after = rate, tokens, first_after
        self._replies = count()
        self._waiting: list[tuple[int, asyncio.StreamWriter, asyncio.Event]] = []
        self._due: list[tuple[float, int, int, asyncio.StreamWriter, asyncio.Event]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().splitlines()
                    if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                writer.write(_OPENING)
                done = asyncio.Event()
                self._waiting.append((next(self._replies), writer, done))
                if len(self._waiting) >= int(head.split(b"/")[1]):
                    self._begin()
                await done.wait()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _begin(self) -> None:
        """Start all that wait, each a little after the other, as in life."""
        now = time.monotonic() + self._first_after
        for position, (reply, writer, done) in enumerate(self._waiting):
            begin = now + position / len(self._waiting) / self._rate
            heappush(self._due, (begin, reply, 0, writer, done))
        self._waiting.clear()

    async def tick(self) -> None:
        """Send each token when it is due."""
        while True:
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                due, reply, number, writer, done = heappop(self._due)
                writer.write(_token(reply, number))
                if number + 1 == self._tokens:
                    writer.write(_ENDING)
                    done.set()
                else:
                    heappush(self._due, (due + 1 / self._rate, reply, number + 1, writer, done))
            await asyncio.sleep(0.002)


async def main() -> None:
    arguments = argparse.ArgumentParser(description="Stream tokens as Claude does")
    arguments.add_argument("--rate", type=float, default=60)
    arguments.add_argument("--tokens", type=int, default=480)
    arguments.add_argument("--first-after", type=float, default=0.3)
    options = arguments.parse_args()
    model = ModelServer(rate=options.rate, tokens=options.tokens, first_after=options.first_after)
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, backlog=1_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await model.tick()


if __name__ == "__main__":
    asyncio.run(main())
