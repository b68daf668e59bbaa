"""Lines that a person types or a pipe brings, without holding up the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
_CHUNK = 65_536


async def aside(read: Callable[[], T]) -> T:
    """`read()` in a thread of its own, which does not keep the process alive.

    Cancelled, the thread goes on until `read` returns; what it read is lost.
    """
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()

    def work() -> None:
        try:
            result.set_result(read())
        except BaseException as error:  # noqa: BLE001 - handed to whoever awaits
            result.set_exception(error)

    threading.Thread(target=work, name="console input", daemon=True).start()
    return await asyncio.wrap_future(result)


class PipedLines:
    """The lines of a file descriptor, as bytes without their line end.

    Read from the descriptor itself: a buffered file that a thread still reads from when the
    interpreter ends would abort it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._at_end = False

    async def next(self) -> bytes | None:
        """`None` at the end."""
        while True:
            line, newline, rest = self._rest.partition(b"\n")
            if newline:
                self._rest = rest
                return line.removesuffix(b"\r")
            if self._at_end:
                self._rest = b""
                return line or None
            chunk = await aside(lambda: os.read(self._descriptor, _CHUNK))
            self._at_end = not chunk
            self._rest += chunk
