"""What was just done, so that a double click does nothing twice."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Hashable

KEPT = 10_000
DOUBLE_CLICK_SECONDS = 3.0


class Recent:
    """What was done within `seconds`. Bounded in number; of this process only."""

    def __init__(self, seconds: float = DOUBLE_CLICK_SECONDS) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[Hashable, float] = OrderedDict()

    def is_repeat(self, what: Hashable) -> bool:
        """Whether it was done just now; from now on it was."""
        now = time.monotonic()
        if now - self._kept.get(what, -math.inf) < self._seconds:
            return True
        self._kept[what] = now
        self._kept.move_to_end(what)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return False

    def undone(self, what: Hashable) -> None:
        """It was not done after all."""
        self._kept.pop(what, None)
