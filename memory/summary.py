"""A long conversation's older turns in short, taken from their own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import PastTurn

LONGEST = 1_600
"""Characters, about 400 tokens."""

_ASKED, _NAMES = 110, 3
_NAMED = re.compile(r"\*\*([^*\n]{2,60})\*\*")
_SENTENCE = re.compile(r"(?<=[.!?।])\s")
_EMPTY = re.compile(
    r"(?:ok(?:ay)?|thanks?|thank you|great|cool|nice|perfect|yes|no|hi|hello|hey|more|next|sure|"
    r"got it|bye|lol)[\s.!]*(?:so much|a lot|all|you)?[\s.!]*",
    re.IGNORECASE,
)


def summarised(told: Sequence[PastTurn], *, longest: int = LONGEST) -> str:
    """What was asked and who was shown, a line a turn, the newest that fit. Pure."""
    lines: list[str] = []
    for past in reversed(told):
        line = _line(past)
        if not line:
            continue
        longest -= len(line) + 1
        if longest < 0:
            break
        lines.append(line)
    return "\n".join(reversed(lines))


def _line(past: PastTurn) -> str:
    asked = " ".join(past.said.split())
    if not asked or _EMPTY.fullmatch(asked):
        return ""
    asked = _SENTENCE.split(asked)[0]
    if len(asked) > _ASKED:
        asked = f"{asked[: _ASKED - 1].rstrip()}…"
    names = list(dict.fromkeys(_NAMED.findall(past.outcome.text)))
    shown = f" → {', '.join(names[:_NAMES])}" if names else ""
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{past.at.day} {past.at:%b}, {past.author.name}: {asked}{shown}{more}"
