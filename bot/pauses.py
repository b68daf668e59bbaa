"""How long to wait between tries: twice as long after each failure, up to a limit."""

from __future__ import annotations

_MOST_DOUBLINGS = 30
"""Enough for any limit; a float holds no more than 1,023, which an outage of a day comes to."""


def pause_after(failures: int, *, first: float, longest: float) -> float:
    """Seconds after so many failures on end: `first` after one, none after none."""
    if failures <= 0:
        return 0.0
    return min(first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), longest)
