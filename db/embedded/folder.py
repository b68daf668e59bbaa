"""The data folder: what lies where, made and checked before anything is started in it."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from db.embedded.errors import DataFolderError

LAYOUT_VERSION = "1"
"""Counts up when a release lays the folder out in a way that older ones cannot use."""

MAX_SOCKET_PATH = 100
"""Bytes. The kernel's limit is 104 (macOS) or 108 (Linux), with the closing zero."""


class DataFolder:
    """Paths inside the data folder of the embedded servers.

    `run` holds the sockets: inside the folder where their path is short enough, else a folder
    in the temp folder that is named after this one and open to its owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        self.postgres = self.path / "postgres"
        self.redis = self.path / "redis"
        self.logs = self.path / "logs"
        self.run = self._socket_folder()

    def _socket_folder(self) -> Path:
        inside = self.path / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) < MAX_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"castmatch-{os.geteuid()}-{digest}"

    def prepare(self) -> None:
        """Make the folder, or check that it is ours and of our layout: `DataFolderError`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_version()
            for folder in (self.run, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.path / f".write-{os.getpid()}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise DataFolderError(self._explain(error)) from None
        self._check_run_is_ours()

    def _check_version(self) -> None:
        file = self.path / "VERSION"
        try:
            version = file.read_text().strip()
        except FileNotFoundError:
            file.write_text(LAYOUT_VERSION + "\n")
            return
        except UnicodeDecodeError:
            version = "?"
        if version != LAYOUT_VERSION:
            raise DataFolderError(
                f"{self.path} was laid out by another CastMatch (version {version or '?'}, this "
                f"one uses {LAYOUT_VERSION}): run the release that made it, or set DATA_DIR to "
                "another folder."
            )

    def _check_run_is_ours(self) -> None:
        """Others can write to the temp folder: they must not be able to offer us a socket."""
        info = self.run.lstat()
        if self.run.is_symlink() or info.st_uid != os.geteuid():
            raise DataFolderError(
                f"{self.run} belongs to somebody else: remove it, or set DATA_DIR to a folder "
                "with a shorter path."
            )
        self.run.chmod(0o700)

    def _explain(self, error: OSError) -> str:
        place = error.filename or self.path
        match error.errno:
            case errno.EEXIST | errno.ENOTDIR:
                return f"{place} is a file, not a folder: set DATA_DIR to a folder."
            case errno.EACCES | errno.EPERM | errno.EROFS:
                return (
                    f"{self.path} cannot be written to ({error.strerror}): make it writable, or "
                    "set DATA_DIR to a folder that is."
                )
            case errno.ENOSPC | errno.EDQUOT:
                return disk_full(self.path)
            case _:
                return f"{self.path} cannot be used ({error.strerror}): set DATA_DIR to another."


def disk_full(path: Path) -> str:
    return (
        f"The disk that holds {path} is full: free some space (a new database takes about "
        "100 MB), or set DATA_DIR to a folder on another disk."
    )
