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
    if _CHEAPER.search(way):
        field, value = "day_rate", _cheaper(filters.day_rate, shown)
    elif _DEARER.search(way):
        field, value = "day_rate", _dearer(filters.day_rate)
    elif _AGE.search(way):
        span = filters.playing_age or _hull([talent.playing_age for talent in shown])
        return {"playing_age": _moved(span, up=bool(_UP.search(way)), step=10)} if span else {}
    else:
        heights = [Range(min=t.height_cm, max=t.height_cm) for t in shown if t.height_cm]
        span = filters.height_cm or _hull(heights)
        return {"height_cm": _moved(span, up=bool(_UP.search(way)), step=5)} if span else {}
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


def _hull(spans: Sequence[Range | None]) -> Range | None:
    lows = [span.min for span in spans if span is not None and span.min is not None]
    highs = [span.max for span in spans if span is not None and span.max is not None]
    return Range(min=min(lows), max=max(highs)) if lows and highs else None


def _moved(span: Range, *, up: bool, step: float) -> Range:
    """The neighbouring range of the same width, upwards or downwards."""
    if span.min is not None and span.max is not None:
        width = max(span.max - span.min, step / 2)
        if up:
            return Range(min=span.max, max=span.max + width)
        return Range(min=max(span.min - width, 0), max=span.min)
    if up:
        return Range(min=span.max if span.min is None else span.min + step)
    return Range(max=span.min if span.max is None else max(span.max - step, 0))
