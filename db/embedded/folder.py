"""The data folder: what lies where, made and checked before anything is started in it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from db.embedded.errors import DataFolderError

LAYOUT_VERSION = "1"
"""Counts up when a release lays the folder out in a way that older ones cannot use."""

NEW_DATABASE_BYTES = 100 * 2**20
FULL_BYTES = 20 * 2**20
"""Postgres writes its log of changes in files of 16 MB."""

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
        longest = os.fsencode(inside / ".s.PGSQL.5432.lock")
        if len(longest) < MAX_SOCKET_PATH and b"," not in longest:  # a comma parts two hosts
            return inside
        digest = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"castmatch-{os.geteuid()}-{digest}"

    def prepare(self) -> None:
        """Make the folder, or check that it is ours and of our layout: `DataFolderError`."""
        try:
            self._make()
            self._check_version()
            for folder in (self.run, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.path / f".write-{os.getpid()}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise DataFolderError(self.explain(error)) from None
        self._check_run_is_ours()

    def _make(self) -> None:
        """As root in an ordinary user's folder: theirs. It is often closed to everybody else,
        also to root in a user namespace."""
        if self.path.is_dir():
            return
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        above = self.path.parent.stat()
        if os.geteuid() == 0 and above.st_uid != 0:
            os.chown(self.path, above.st_uid, above.st_gid)

    def _check_version(self) -> None:
        file = self.path / "VERSION"
        try:
            version = file.read_text().strip()
        except FileNotFoundError:
            fresh = self.path / f".version-{os.getpid()}"  # whole at once: others may read it now
            fresh.write_text(LAYOUT_VERSION + "\n")
            fresh.rename(file)
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
        allowed = {os.geteuid()}
        if os.geteuid() == 0:
            allowed.add(self.path.stat().st_uid)
        if self.run.is_symlink() or self.run.lstat().st_uid not in allowed:
            raise DataFolderError(
                f"{self.run} belongs to somebody else: remove it, or set DATA_DIR to a folder "
                "with a shorter path."
            )
        self.run.chmod(0o700)

    @property
    def is_full(self) -> bool:
        """Whether a server cannot go on: on a full disk it cannot even write to its log why."""
        return shutil.disk_usage(self.path).free < FULL_BYTES

    def require_space(self) -> None:
        """`DataFolderError` where a new database would not fit."""
        if shutil.disk_usage(self.path).free < NEW_DATABASE_BYTES:
            raise DataFolderError(self.explain_full())

    def explain_full(self) -> str:
        return (
            f"The disk that holds {self.path} is full: free some space (a new database takes "
            f"about {NEW_DATABASE_BYTES // 2**20} MB), or set DATA_DIR to a folder on another "
            "disk."
        )

    def explain(self, error: OSError) -> str:
        """One line that says what is wrong with the folder, and the cure."""
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
                return self.explain_full()
            case _:
                return f"{self.path} cannot be used ({error.strerror}): set DATA_DIR to another."
