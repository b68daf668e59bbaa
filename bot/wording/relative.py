"""Bounds said against what was there before: "cheaper", "older", "taller"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.talent import DayRate, Filters, Range, Talent

_CHEAPER = re.compile(r"cheap|less|lower|sast|सस्त")
_DEARER = re.compile(r"expensive|pric|higher")
_AGE = re.compile(r"old|young|bad|chhot")
_UP = re.compile(r"old|bad|tall")
_CUT = 0.75
"""What "cheaper" makes of the most that could be paid."""


def moved_bound(way: str, filters: Filters, shown: Sequence[Talent]) -> dict[str, Any]:
    """The field that `way` changes and its new value: moved from the query's bound, else from
    what the talents shown have; nothing where neither is known."""
    field: str
    value: Range | None
    if _CHEAPER.search(way):
        field, value = "day_rate", _cheaper(filters.day_rate, shown)
    elif _DEARER.search(way):
        field, value = "day_rate", _dearer(filters.day_rate)
    elif _AGE.search(way):
        ages = [talent.playing_age for talent in shown]
        field, value = "playing_age", _moved(filters.playing_age, ages, way, step=10)
    else:
        heights = [Range(min=t.height_cm, max=t.height_cm) for t in shown if t.height_cm]
        field, value = "height_cm", _moved(filters.height_cm, heights, way, step=5)
    return {} if value is None else {field: value}


def _cheaper(rate: DayRate | None, shown: Sequence[Talent]) -> DayRate | None:
    if rate is not None and rate.max is not None:
        top = round(rate.max * _CUT)
        low = rate.min if rate.min is not None and rate.min <= top else None
        return DayRate(min=low, max=top, currency=rate.currency)
    rates = [talent.day_rate for talent in shown if talent.day_rate]
    costs = [
        cost
        for known in rates
        if known.currency == rates[0].currency and (cost := known.min or known.max)
    ]
    return DayRate(max=min(costs), currency=rates[0].currency) if costs else None


def _dearer(rate: DayRate | None) -> DayRate | None:
    if rate is None or rate.max is None:
        return None
    return DayRate(min=rate.max, currency=rate.currency)


def _moved(
    asked: Range | None, shown: Sequence[Range | None], way: str, *, step: int
) -> Range | None:
    """The neighbour of the range asked for, as wide as it is; else beyond all that were shown."""
    up = bool(_UP.search(way))
    if asked is None:
        return _beyond(shown, up=up)
    if asked.min is not None and asked.max is not None:
        width = max(asked.max - asked.min, step // 2)
        if up:
            return Range(min=asked.max, max=asked.max + width)
        return Range(min=max(asked.min - width, 0), max=asked.min)
    if up:
        return Range(min=asked.max if asked.min is None else asked.min + step)
    return Range(max=asked.min if asked.max is None else max(asked.max - step, 0))


def _beyond(shown: Sequence[Range | None], *, up: bool) -> Range | None:
    lows = [span.min for span in shown if span is not None and span.min is not None]
    highs = [span.max for span in shown if span is not None and span.max is not None]
    if not lows or not highs:
        return None
    return Range(min=max(highs) + 1) if up else Range(max=min(lows) - 1)
