"""Ranges, money and dates in the words of a reason: short, in English on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.talent import DateSpan, DayRate, Range
from db.talents import INT8, whole_bounds

_SYMBOLS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}


def range_in_words(bounds: Range, unit: str = "") -> str:
    low, high = whole_bounds(bounds, INT8)
    if low is not None and high is not None:
        return f"{low:,}{unit}" if low == high else f"{low:,}-{high:,}{unit}"
    if low is not None:
        return f"{low:,}{unit} or more"
    return "any" if high is None else f"up to {high:,}{unit}"


def money_in_words(rate: DayRate) -> str:
    symbol = _SYMBOLS.get(rate.currency, f"{rate.currency} ")
    low, high = whole_bounds(rate, INT8)
    if low is not None and high is not None:
        return f"{symbol}{low:,}" if low == high else f"{symbol}{low:,}-{high:,}"
    if low is not None:
        return f"{symbol}{low:,} or more"
    return f"any rate in {rate.currency}" if high is None else f"up to {symbol}{high:,}"


def span_in_words(span: DateSpan) -> str:
    """`1-14 Dec`; with the year only where it changes in between."""
    if span.from_ == span.to:
        return day_in_words(span.from_)
    if (span.from_.year, span.from_.month) == (span.to.year, span.to.month):
        return f"{span.from_.day}-{day_in_words(span.to)}"
    if span.from_.year == span.to.year:
        return f"{day_in_words(span.from_)} - {day_in_words(span.to)}"
    return f"{day_in_words(span.from_)} {span.from_.year} - {day_in_words(span.to)} {span.to.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date) -> str:
    """Not `strftime`: the language of the phrases is ours, not the machine's."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)
