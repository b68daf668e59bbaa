"""A long conversation's older turns in short, taken from their own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import PastTurn
from memory.budget import tokens

LONGEST = 400
"""Tokens of a summary."""

_ASKED, _NAMES = 110, 3
_NAMED = re.compile(r"\*\*([^*\n]{2,60})\*\*")
_SENTENCE = re.compile(r"(?<=[.!?।])\s")
_EMPTY = re.compile(
    r"(?:ok(?:ay)?|thanks?|thank you|great|cool|nice|perfect|yes|no|hi|hello|hey|more|next|sure|"
    r"got it|noted|bye|lol)[\s.!]*(?:so much|a lot|all|you)?[\s.!]*",
    re.IGNORECASE,
)


def summarised(told: Sequence[PastTurn], *, longest: int = LONGEST) -> str:
    """What was asked and who was shown, a line a turn, the newest that fit. Pure."""
    return newest([_line(past) for past in told], longest)


def composed(summary: str, since: Sequence[PastTurn]) -> str:
    """A summary that was written, and after it the turns since in their own words. Pure."""
    if not summary:
        return summarised(since)
    since_then = summarised(since, longest=LONGEST // 2)
    return f"{newest(summary.splitlines(), LONGEST)}\n{since_then}".strip()


def newest(lines: Sequence[str], longest: int = LONGEST) -> str:
    """The last lines that are together no longer than so many tokens, empty ones left out. Pure."""
    taken: list[str] = []
    for line in reversed(lines):
        if not line:
            continue
        longest -= tokens(line) + 1
        if longest < 0:
            break
        taken.append(line)
    return "\n".join(reversed(taken))


def says_nothing(text: str) -> bool:
    """Whether it is a mere "ok" or "thanks". Pure."""
    return not text.strip() or _EMPTY.fullmatch(text.strip()) is not None


def _line(past: PastTurn) -> str:
    asked = " ".join(past.said.split())
    if says_nothing(asked):
        return ""
    asked = _SENTENCE.split(asked)[0]
    if len(asked) > _ASKED:
        asked = f"{asked[: _ASKED - 1].rstrip()}…"
    names = list(dict.fromkeys(_NAMED.findall(past.outcome.text)))
    shown = f" → {', '.join(names[:_NAMES])}" if names else ""
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{past.at.day} {past.at:%b}, {past.author.name}: {asked}{shown}{more}"
