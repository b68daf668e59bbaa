"""What can go wrong with the embedded servers: each message is one line that says what to do."""

from __future__ import annotations


class EmbeddedError(Exception):
    """An embedded server cannot be used. `str()` is for people: no traceback is needed."""


class DataFolderError(EmbeddedError):
    """The data folder cannot be used: unwritable, not a folder, or of another version."""


class StartError(EmbeddedError):
    """A server did not start; the message carries the gist of its log."""


class AlreadyServingError(EmbeddedError):
    """Another process serves from this data folder."""

    def __init__(self, message: str, *, pid: int | None, address: str | None) -> None:
        super().__init__(message)
        self.pid = pid
        self.address = address
