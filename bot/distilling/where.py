"""Where a message was said, as far as it matters to what its words are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.facts import About


@dataclass(frozen=True, slots=True)
class Where:
    """For whom a message speaks."""

    author: str
    today: date
    is_direct: bool

    @property
    def us(self) -> About:
        return About.PERSON if self.is_direct else About.CHANNEL

    @property
    def we(self) -> str:
        return self.author if self.is_direct else "This channel"
