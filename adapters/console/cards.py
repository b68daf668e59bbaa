"""Matches in plain lines, and text made safe to print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.talent_words import in_words, playing_age
from bot.talent import Match, Talent

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
    yield playing_age(talent.playing_age)
    yield ", ".join(language.name for language in talent.languages)
    yield talent.city
    if talent.day_rate and (rate := in_words(talent.day_rate)):
        yield f"{talent.day_rate.currency} {rate} a day"
