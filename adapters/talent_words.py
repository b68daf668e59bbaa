"""A talent's facts in words, the same on every platform: short, plain text, empty when unknown."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from bot.offline.phrases import CURRENCY_SIGNS
from bot.talent import DateSpan, DayRate, Range


def playing_age(span: Range | None) -> str:
    """ "plays 24–30"."""
    return f"plays {in_words(span)}" if span and in_words(span) else ""


def day_rate(rate: DayRate | None) -> str:
    """ "₹8,000–12,000"; other currencies by their code."""
    return in_words(rate, symbol(rate.currency)) if rate else ""


def symbol(currency: str) -> str:
    """What stands before an amount: "₹", or "AED "."""
    return CURRENCY_SIGNS.get(currency, f"{currency} ")


def in_words(span: Range, unit: str = "") -> str:
    """ "24–30", "from 24", "up to 30"; `unit` stands before the amount."""
    low, high = (None if bound is None else f"{bound:,.0f}" for bound in (span.min, span.max))
    if low and high:
        return f"{unit}{low}" if low == high else f"{unit}{low}–{high}"
    if low:
        return f"from {unit}{low}"
    return f"up to {unit}{high}" if high else ""


def availability(spans: tuple[DateSpan, ...], today: date) -> str:
    """The first span that is not over, and whether others follow it."""
    ahead = sorted((span for span in spans if span.to >= today), key=lambda span: span.from_)
    if not ahead:
        return ""
    first = ahead[0]
    words = f"until {day(first.to, today)}" if first.from_ <= today else dates(first, today)
    return f"{words}, and later" if len(ahead) > 1 else words


def dates(span: DateSpan, today: date) -> str:
    """ "3 Dec – 14 Dec", or the one day."""
    first, last = day(span.from_, today), day(span.to, today)
    return first if span.from_ == span.to else f"{first} – {last}"


def day(when: date, today: date) -> str:
    """ "3 Dec", with the year where it is not this one."""
    return f"{when.day} {when:%b}" if when.year == today.year else f"{when.day} {when:%b %Y}"


def is_https(url: str) -> bool:
    """Whether a photo or a reel may be shown from there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
