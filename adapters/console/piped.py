"""A chat whose input or output is no terminal: a message a line in, plain text out."""

from __future__ import annotations

import asyncio
import io
import sys
from typing import TextIO

from adapters.console.cards import card_lines, printable
from adapters.console.lines import PipedLines
from bot.ports import Page


class PipedFace:
    """Replies are written whole when they are finished, in UTF-8, without colours."""

    takes_interrupts = False

    def __init__(
        self, descriptor: int = 0, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self._lines = PipedLines(descriptor)
        self._out = out or _utf8(sys.stdout)
        self._err = err or _utf8(sys.stderr)
        self._line_number = 0

    def greet(self) -> None:
        """A script needs no greeting."""

    async def read(self) -> str | None:
        """The next line; one that is no UTF-8 is reported and left out."""
        while (line := await self._lines.next()) is not None:
            self._line_number += 1
            try:
                return line.decode("utf-8-sig" if self._line_number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                self.complain(
                    f"Line {self._line_number} is not UTF-8 (byte {error.start + 1}): left out."
                )
        return None

    async def pace(self, *, final: bool) -> None:
        """Only the last state of a reply is written."""
        if not final:
            await asyncio.Event().wait()

    def show(self, page: Page) -> None:
        if not page.final:
            return
        blocks = [printable(page.text).strip(), "\n".join(card_lines(page.matches)), page.notice]
        self._write(self._out, "\n\n".join(block for block in blocks if block) + "\n")

    def activity(self, doing: str) -> None:
        """Nobody watches."""

    def say(self, text: str) -> None:
        self._write(self._out, text)

    def complain(self, text: str) -> None:
        self._write(self._err, text)

    def close(self) -> None:
        self._out.flush()

    @staticmethod
    def _write(to: TextIO, text: str) -> None:
        to.write(text + "\n")
        to.flush()


def _utf8(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    return stream
