"""What goes wrong on cue: errors, statuses, silence, and answers lost after the deed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Fault:
    """How a call of `method` fails: Slack's name of it, or Discord's verb and path with `{}` for
    each id ("PATCH /channels/{}/messages/{}").

    With `acts` the call does its work first, and only its answer is bad. `lose_answer` drops the
    connection after the work; `timeout` never answers (together with `acts`: after the work).
    """

    method: str
    error: str = ""
    """Slack's error code."""
    code: int = 0
    """Discord's error code, of those that `discord/wire.py` knows."""
    status: int = 0
    retry_after: int | None = None
    timeout: bool = False
    lose_answer: bool = False
    acts: bool = False
    times: float = 1
    share: float = 1.0
    """The share of calls that it hits, by a seeded dice."""
    where: dict[str, object] = field(default_factory=dict)
    """Only calls with these arguments."""

    def hits(self, method: str, arguments: dict[str, object], dice: random.Random) -> bool:
        if self.times <= 0 or self.method not in (method, "*"):
            return False
        if any(arguments.get(name) != value for name, value in self.where.items()):
            return False
        return self.share >= 1 or dice.random() < self.share


class Faults:
    """The faults that wait for their calls."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._dice = random.Random(20)

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def next(self, method: str, arguments: dict[str, object]) -> Fault | None:
        """The fault of this call, used up once."""
        for fault in self._faults:
            if fault.hits(method, arguments, self._dice):
                fault.times -= 1
                return fault
        return None
