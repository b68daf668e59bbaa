"""A long conversation's older turns in short: the edge towards who can write that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.conversation import PastTurn


class SummaryError(Exception):
    """Nothing was written. `is_final`: to ask again for the same turns would change nothing."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        """A short token for logs: `overloaded`, `refusal`, …"""
        self.is_final = is_final


class Summariser(Protocol):
    """Writes what replies are told of turns that they are not given any more."""

    async def summarise(self, so_far: str, told: Sequence[PastTurn]) -> str:
        """What a summary so far and the turns after it come to: lines, each with its day and who
        it is of, the newest last. Raises `SummaryError`.

        What comes back has been checked: no line gives orders or holds a secret.
        """
