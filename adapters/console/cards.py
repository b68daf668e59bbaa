"""Matches in plain lines, and text made safe to print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.talent import Match, Range, Talent

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """Without what a terminal would obey: a bio must not move the cursor or set the title."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def card_lines(matches: Sequence[Match]) -> Iterator[str]:
    """Two lines for each: who it is, and why; a third for what it misses."""
    for number, match in enumerate(matches, start=1):
        facts = " · ".join(fact for fact in _facts(match.talent) if fact)
        yield printable(f"{number}. {match.talent.name}" + (f" · {facts}" if facts else ""))
        if match.reasons:
            yield printable("   " + "; ".join(match.reasons))
        if match.misses:
            yield printable("   but " + "; ".join(match.misses))


def _facts(talent: Talent) -> Iterator[str]:
    if talent.playing_age and (age := _span(talent.playing_age)):
        yield f"plays {age}"
    yield ", ".join(language.name for language in talent.languages)
    yield talent.city
    if talent.day_rate and (rate := _span(talent.day_rate)):
        yield f"{talent.day_rate.currency} {rate} a day"


def _span(span: Range) -> str:
    low, high = (None if bound is None else f"{bound:,.0f}" for bound in (span.min, span.max))
    if low and high:
        return low if low == high else f"{low}–{high}"
    return f"from {low}" if low else f"up to {high}" if high else ""
