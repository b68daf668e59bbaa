"""Words that every part of the loopback Discord uses: JSON, snowflakes, times, refusals."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

Json = dict[str, Any]

_EPOCH_MS = 1_420_070_400_000
_ERRORS = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30032: (400, "Maximum number of application commands reached (100)."),
    30046: (
        429,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    ),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "Maximum number of follow up messages reached for this interaction."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "This thread is locked"),
}
"""Status and message of each error code.
https://docs.discord.com/developers/topics/opcodes-and-status-codes"""


class RefusedError(Exception):
    """What Discord answers instead of the deed: status, code, message and what else it says."""

    def __init__(self, status: int, code: int, message: str, **details: object) -> None:
        super().__init__(f"{status} {code} {message} {details or ''}".strip())
        self.status = status
        self.code = code
        self.body: Json = {"message": message, "code": code, **details}


def refusal(code: int, **details: object) -> RefusedError:
    """The refusal of a code that has one meaning only."""
    status, message = _ERRORS[code]
    return RefusedError(status, code, message, **details)


class Form:
    """What is wrong with a request's body, gathered as Discord gathers it."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def wrong(self, path: str, code: str, message: str) -> None:
        """Note a mistake at a place like "embeds.0.title"."""
        node = self._errors
        for step in path.split(".") if path else []:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, value: object, most: int, least: int = 0) -> None:
        """Check the length of a text; None passes."""
        if value is None:
            return
        if not isinstance(value, str):
            self.wrong(path, "BASE_TYPE_STRING", "Only strings are supported.")
        elif not least <= len(value) <= most:
            if least:
                said = f"Must be between {least} and {most} in length."
                self.wrong(path, "BASE_TYPE_BAD_LENGTH", said)
            else:
                said = f"Must be {most} or fewer in length."
                self.wrong(path, "BASE_TYPE_MAX_LENGTH", said)

    def check(self) -> None:
        """Raise "Invalid Form Body" if anything was wrong."""
        if self._errors:
            raise RefusedError(400, 50035, "Invalid Form Body", errors=self._errors)


class Clock:
    """The time, and snowflakes: none twice, none before another."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def snowflake(self, *, apart: bool = False) -> str:
        """A new id. With `apart` none other has its millisecond: the shard of a server depends
        on it."""
        at = (int(self.now() * 1000) - _EPOCH_MS) << 22
        least = ((self._last >> 22) + 1) << 22 if apart else self._last + 1
        self._last = max(at, least)
        return str(self._last)


def iso(seconds: float) -> str:
    """A time as Discord writes it."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
