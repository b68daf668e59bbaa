"""A chat on a terminal: the reply grows in place as formatted Markdown."""

from __future__ import annotations

import asyncio
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.markdown import Markdown
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from adapters.console.cards import card_lines, printable
from adapters.console.lines import aside
from bot.ports import Page

EDIT_EVERY = 0.1
"""Seconds between two states of a growing reply."""
_PROMPT = "\001\033[1m\002›\001\033[0m\002 "  # the marks tell readline what takes no room
_HISTORY_LINES = 1_000
_AGAIN = " ↑ brings your question back."


class TerminalFace:
    """Formatted replies with the activity below, and a prompt with history."""

    takes_interrupts = True

    def __init__(
        self,
        history: Path,
        *,
        console: Console | None = None,
        read_line: Callable[[], str] | None = None,
    ) -> None:
        """`history` is the file that keeps what was typed."""
        self._console = console or Console(highlight=False)
        self._history = history
        self._read_line = read_line or (lambda: input(_PROMPT))
        self._live: Live | None = None
        self._page = Page("")
        self._doing = ""
        self._next_edit = 0.0
        self._spinner = Spinner("dots", style="dim")
        self._terminal = termios.tcgetattr(0) if sys.stdin.isatty() else None
        if read_line is None:
            _load_history(history)

    def greet(self) -> None:
        self.say("Describe a role in plain words. /help lists the commands, Ctrl-D leaves.")

    async def read(self) -> str | None:
        try:
            return await aside(self._read_line)
        except EOFError:
            self._console.print()
            return None

    async def pace(self, *, final: bool) -> None:
        now = time.monotonic()
        if not final and now < self._next_edit:
            await asyncio.sleep(self._next_edit - now)
        self._next_edit = time.monotonic() + EDIT_EVERY

    def show(self, page: Page) -> None:
        self._page = page
        if self._live is None:
            self._live = Live(
                get_renderable=self._growing,
                console=self._console,
                transient=True,
                refresh_per_second=10,
            )
            self._live.start()
        if page.final:
            self._stop_live()
            self._console.print(*_finished(page), sep="\n")

    def activity(self, doing: str) -> None:
        self._doing = doing

    def say(self, text: str) -> None:
        self._console.print(Text(text, style="dim"))

    complain = say

    def close(self) -> None:
        """Leave the terminal as it was: a prompt may still be open in its thread."""
        self._stop_live()
        if self._terminal is not None:
            termios.tcsetattr(0, termios.TCSADRAIN, self._terminal)
        _keep_history(self._history)

    def _stop_live(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def _growing(self) -> RenderableType:
        self._spinner.update(text=Text(self._doing or "writing…", style="dim"))
        return Group(_Tail(Markdown(printable(self._page.text))), self._spinner)


class _Tail:
    """What of a renderable fits the screen, from its end: a growing reply is read there."""

    def __init__(self, whole: RenderableType) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._whole, options.update(height=None), pad=False)
        for line in lines[-max(1, console.height - 3) :]:
            yield from line
            yield Text()


def _finished(page: Page) -> Iterator[RenderableType]:
    if page.text.strip():
        yield Markdown(printable(page.text))
    if page.matches:
        lines = [
            Text(line, style="dim" if line.startswith(" ") else "")
            for line in card_lines(page.matches)
        ]
        yield Padding(Group(*lines), (1, 0, 0, 2))
    if page.notice:
        yield Text(page.notice + (_AGAIN if page.retryable else ""), style="yellow")
    yield Text()


def _load_history(path: Path) -> None:
    try:
        import readline
    except ImportError:  # a Python without it still has a prompt
        return
    readline.set_history_length(_HISTORY_LINES)
    with suppress(OSError):
        readline.read_history_file(path)


def _keep_history(path: Path) -> None:
    try:
        import readline
    except ImportError:
        return
    with suppress(OSError):
        path.touch(mode=0o600)
        readline.write_history_file(path)
