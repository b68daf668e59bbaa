"""Who keeps a server, and who serves: locks that the kernel lets go when their holder dies."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from db.embedded.errors import AlreadyServingError, DataFolderError
from db.embedded.folder import DataFolder
from db.process import lock_identity


class FileLock:
    """An exclusive `flock` on a file that also holds a small JSON note from the holder.

    The lock is the truth, the note is information: an unreadable one counts as absent.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def descriptor(self) -> int:
        """Of the open file that is locked."""
        if self._fd is None:
            raise RuntimeError(f"{self.path} is not held")
        return self._fd

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; whether it is ours now."""
        if self._fd is not None:
            return True
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataFolderError(
                f"The lock file {self.path} cannot be opened ({error.strerror}): "
                "remove it, or set DATA_DIR to a folder that is yours."
            ) from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        except OSError as error:
            os.close(fd)
            raise DataFolderError(
                f"{self.path} cannot be locked ({error.strerror}): its file system has no locks; "
                "set DATA_DIR to a folder on a local disk."
            ) from None
        self._fd = fd
        return True

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def write_note(self, note: dict[str, str | int]) -> None:
        """Replace the note; only the holder may."""
        data = json.dumps(note).encode()
        os.pwrite(self.descriptor, data, 0)
        os.ftruncate(self.descriptor, len(data))

    def read_note(self) -> dict[str, str | int]:
        """What the present or the last holder wrote."""
        try:
            note = json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}


class ServeLock:
    """At most one `castmatch serve` on a data folder; the others learn where it listens."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = DataFolder(data_dir)
        self._lock = FileLock(self._folder.path / "serve.lock")

    def acquire(self) -> None:
        """Raises `AlreadyServingError` with the other's process id and address, and
        `DataFolderError` where the folder cannot be used."""
        self._folder.prepare()
        if self._lock.try_acquire():
            self._lock.write_note({"pid": os.getpid()})
            return
        note = self._lock.read_note()
        pid, address = note.get("pid"), note.get("address")
        who = f"process {pid}" if pid else "another process"
        where = f" at {address}" if address else ""
        raise AlreadyServingError(
            f"CastMatch is already running on {self._folder.path} ({who}{where}): use that one, "
            "stop it, or set DATA_DIR to another folder.",
            pid=pid if isinstance(pid, int) else None,
            address=address if isinstance(address, str) else None,
        )

    @property
    def identity(self) -> str:
        """A name that every holder of this lock has had on this machine since it started.

        Empty where the system cannot tell.
        """
        return lock_identity(self._lock.descriptor)

    def update(self, address: str) -> None:
        """Tell others where the page is."""
        self._lock.write_note({"pid": os.getpid(), "address": address})

    def release(self) -> None:
        self._lock.release()
