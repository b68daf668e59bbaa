"""What people saw of replies that streamed into a platform, from what its server noted."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

WAITS = 0.35
"""Seconds after which a text that is not in view counts as waiting."""

_WORD = re.compile(r"\b[0-9a-z]{3}\b")


@dataclass
class Seen:
    """What people saw of one reply: when text grew, and the last of it."""

    budget: str = ""
    """Whose calls share a limit with it: a workspace or a channel."""
    steps: list[float] = field(default_factory=list)
    text: str = ""


@dataclass
class Watched:
    """All replies of a scene."""

    begun: int = 0
    """Replies of which text was seen before the model had ended."""
    first_slowest: float = 0.0
    """Of these, from the model's first token to the first text that people see."""
    last_slowest: float = 0.0
    """From the model's end to the whole text in view, of whole replies."""
    longest_pause: float = 0.0
    """In which a begun reply stood still."""
    edits_between: int = 0
    pushed_in: int = 0
    """Of these, made while a first or last text of the same budget waited."""
    lost: int = 0
    """Replies that were not shown whole, each word once."""


def seen_by_question(messages: Sequence[dict[str, Any]]) -> dict[str, Seen]:
    """When there was more to read, and the text in the end. The messages are in order; each has
    the `question` that it answers, a `budget`, `shown`, and its `versions` as [time, text]."""
    found: dict[str, Seen] = {}
    for message in messages:
        reply = found.setdefault(message["question"], Seen(message["budget"]))
        length = 0
        for at, text in message["versions"]:
            words = len(_WORD.findall(text))
            if words > length:
                length = words
                reply.steps.append(at)
        reply.text += message["shown"] + "\n"
    for reply in found.values():
        reply.steps.sort()
    return found


def watch(
    seen: Mapping[str, Seen],
    *,
    words: Sequence[str],
    begun_at: Mapping[str, float],
    ended_at: Mapping[str, float],
    firsts_share: bool = True,
) -> Watched:
    """`begun_at` and `ended_at` are the model's, by question: seconds since 1970; `words` is what
    each reply should show. `firsts_share`: a first text takes from what edits take from."""
    watched = Watched()
    waits: dict[str, list[tuple[float, float]]] = defaultdict(list)
    between: list[tuple[str, float]] = []
    for question, first_token in begun_at.items():
        reply, end = seen.get(question, Seen()), ended_at.get(question, time.time())
        whole = _WORD.findall(reply.text) == list(words)
        watched.lost += not whole
        if not reply.steps:
            continue
        first, last = reply.steps[0], reply.steps[-1]
        waits[reply.budget] += [(end, last), *([(first_token, first)] if firsts_share else [])]
        if whole:
            watched.last_slowest = max(watched.last_slowest, last - end)
        if first < end:
            watched.begun += 1
            watched.first_slowest = max(watched.first_slowest, first - first_token)
            pauses = [after - before for before, after in pairwise(reply.steps)]
            watched.longest_pause = max(watched.longest_pause, *pauses, 0)
            between += [(reply.budget, step) for step in reply.steps[1:-1] if step < end]
    watched.edits_between = len(between)
    watched.pushed_in = sum(
        any(since + WAITS < step < until for since, until in waits[budget])
        for budget, step in between
    )
    return watched
