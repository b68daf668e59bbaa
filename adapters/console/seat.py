"""A name for one running chat that no other chat has, and that a later one takes up again.

Turns are claimed by their platform's name, so each chat needs a name of its own: else two chats,
or a server beside them, would answer each other's messages. The names are numbered and held by a
locked file in the data folder, which the system frees with the process. So a chat that died leaves
its name to the next one, which claims what was left open and ends it.
"""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Seat:
    platform: str
    """The first part of the conversation's key: `console-<machine and folder>-<number>`."""
    locked: int
    """The open descriptor of the locked file: whoever holds it knows that no other process does."""


class SeatError(Exception):
    """No seat can be taken; `str()` is one line that says what to do."""


@contextmanager
def take_seat(data_dir: Path) -> Iterator[Seat]:
    """The lowest seat that is free, for as long as we are inside."""
    folder = data_dir / "chats"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, locked = _first_free(folder)
    except OSError as error:
        reason = error.strerror or "not writable"
        raise SeatError(f"DATA_DIR: {folder} can't be used ({reason}). Name another.") from None
    try:
        yield Seat(seat_name(data_dir, number), locked)
    finally:
        os.close(locked)


def seat_name(data_dir: Path, number: int = 1) -> str:
    """What the chat in that seat is called as a platform."""
    folder = (data_dir / "chats").resolve()
    place = blake2b(f"{platform.node()}:{folder}".encode(), digest_size=4).hexdigest()
    return f"console-{place}-{number}"


def _first_free(folder: Path) -> tuple[int, int]:
    for number in count(1):
        locked = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(locked)
        else:
            return number, locked
    raise AssertionError  # count() has no end
