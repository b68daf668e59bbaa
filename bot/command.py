"""What the commands share: how each runs, what may go wrong around it, and where it prints."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console

from adapters.console.seat import SeatError
from adapters.web.server import CannotListenError
from bot.ports import EmbedderError, UnavailableError
from bot.roster import RosterError
from bot.running import Command, run_command
from bot.stores import VaultError
from db.embedded import EmbeddedError
from db.errors import DatabaseSetupError

OUT, ERR = Console(highlight=False), Console(stderr=True, highlight=False)


_EXPECTED = (
    EmbeddedError,
    DatabaseSetupError,
    CannotListenError,
    UnavailableError,
    SeatError,
    RosterError,
    EmbedderError,
    VaultError,
)
"""What can be wrong with the surroundings: one line each, which says what to do."""


def run(command: Command, *, log_crashes: bool = False) -> NoReturn:
    raise typer.Exit(run_command(command, expected=_EXPECTED, log_crashes=log_crashes))


def say(line: str) -> None:
    ERR.print(line, style="dim", markup=False, soft_wrap=True)
