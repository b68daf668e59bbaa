"""Words that every part of the loopback Slack uses: JSON, ids, timestamps, refusals."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """What Slack answers with `ok: false`: its error code and what else stands in the answer."""

    def __init__(self, error: str, *messages: str, **details: object) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.details: Json = dict(details)
        if messages:
            self.details["response_metadata"] = {"messages": list(messages)}


class Ids:
    """Ids in Slack's shape, the same in every run."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}0CAST{next(self._numbers):05d}"


class Clock:
    """The time, and message timestamps: microseconds, none twice, none before another."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def ts(self) -> str:
        self._last = max(self._last + 1, int(self.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def without_nothing(**values: object) -> Json:
    """The values that are there: Slack leaves out what is empty."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
