"""Folders for the servers that tests start."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30
"""Bytes: a whole run on two workers takes less than half of it."""


@contextmanager
def server_folder(prefix: str) -> Iterator[Path]:
    """A new folder with a path short enough for sockets, gone afterwards.

    In memory where there is room: each database is a thousand files, and making them on a disk
    takes ten times as long.
    """
    in_memory = os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if in_memory else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
