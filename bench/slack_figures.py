"""What people saw of replies that streamed into Slack, from what the server noted.

429           calls that Slack refused
calls         calls of any kind for each 1,800 characters
begun         replies of which text was seen before the model had ended
first         of these, from the model's first token to the first text that people see: the
              slowest reply's
last          from the model's end to the whole text in view, the slowest whole reply's
pause         the longest time in which a begun reply stood still
pushed in     edits in between that Slack took while a first or last text waited; what is
              appended to a stream has a limit of its own and takes nothing from those
no status     replies that waited over a second with nothing to show for it
lost          replies that were not shown whole, each word once (the naive loop's long one
              does not fit one message, and after three minutes it is given up)
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rich.table import Table

WAITS = 0.35
"""Seconds after which a text that is not in view counts as waiting."""

_WORD = re.compile(r"\b[0-9a-z]{3}\b")


@dataclass
class Figures:
    name: str
    replies: int
    channels: int
    refused: int
    calls_per_1800: float
    first_slowest: float
    begun: int
    last_slowest: float
    longest_pause: float
    edits_between: int
    pushed_in: int
    without_status: int
    lost: int
    most_edits_a_minute: int
    seconds: float


@dataclass
class Seen:
    """What people saw of one reply: when text grew, and the last of it."""

    steps: list[float] = field(default_factory=list)
    text: str = ""


def figures_of(
    dump: Mapping[str, Any],
    *,
    words: Sequence[str],
    begun_at: Mapping[str, float],
    ended_at: Mapping[str, float],
    name: str,
    replies: int,
    channels: int,
    characters: int,
    seconds: float,
) -> Figures:
    """From the server's dump. `begun_at` and `ended_at` are the model's, by thread: seconds since
    1970; `words` is what each reply should show."""
    seen = _seen(dump["messages"])
    calls = dump["calls"]
    edits = [c["at"] for c in calls if c["method"] == "chat.update" and c["outcome"] == "ok"]
    waits, firsts, lasts, pauses = [], [], [], []
    steps_between: list[float] = []
    statuses = {(c["channel"], c["thread"]) for c in calls if c["status"] and c["outcome"] == "ok"}
    threads_with_status = {thread for _, thread in statuses}
    begun = without_status = lost = 0
    for thread, first_token in begun_at.items():
        reply, end = seen.get(thread, Seen()), ended_at.get(thread, time.time())
        whole = _WORD.findall(reply.text) == list(words)
        lost += not whole
        if not reply.steps:
            continue
        first, last = reply.steps[0], reply.steps[-1]
        waits += [(first_token, first), (end, last)]
        if whole:
            lasts.append(last - end)
        if first < end:
            begun += 1
            firsts.append(first - first_token)
            pauses += [after - before for before, after in pairwise(reply.steps)]
            steps_between += [step for step in reply.steps[1:-1] if step < end]
        without_status += first - first_token > 1 and thread not in threads_with_status
    return Figures(
        name=name,
        replies=replies,
        channels=channels,
        refused=sum(call["outcome"] == "429" for call in calls),
        calls_per_1800=len(calls) / replies / characters * 1_800,
        first_slowest=max(firsts, default=0),
        begun=begun,
        last_slowest=max(lasts, default=0),
        longest_pause=max(pauses, default=0),
        edits_between=len(steps_between),
        pushed_in=sum(
            any(since + WAITS < step < until for since, until in waits) for step in steps_between
        ),
        without_status=without_status,
        lost=lost,
        most_edits_a_minute=max(
            (sum(at - 60 < other <= at for other in edits) for at in edits), default=0
        ),
        seconds=seconds,
    )


def _seen(messages: Sequence[dict[str, Any]]) -> dict[str, Seen]:
    """By thread: the moments at which there was more to read, and the text in the end."""
    seen: dict[str, Seen] = {}
    for message in sorted(messages, key=lambda message: float(message["ts"])):
        reply = seen.setdefault(message["thread"], Seen())
        length = 0
        for at, text in message["versions"]:
            words = len(_WORD.findall(text))
            if words > length:
                length = words
                reply.steps.append(at)
        reply.text += message["shown"] + "\n"
    for reply in seen.values():
        reply.steps.sort()
    return seen


def table(figures: Sequence[Figures]) -> Table:
    shown = Table(title="Replies of 1,800 characters into Slack, 60 tokens a second each")
    for heading in ("", "replies", "channels", "429", "calls", "first s", "begun", "last s"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for heading in ("pause s", "pushed in", "no status", "lost"):
        shown.add_column(heading, justify="right")
    for one in figures:
        shown.add_row(
            one.name,
            str(one.replies),
            str(one.channels),
            str(one.refused),
            f"{one.calls_per_1800:.1f}",
            f"{one.first_slowest:.2f}",
            str(one.begun),
            f"{one.last_slowest:.2f}",
            f"{one.longest_pause:.2f}",
            str(one.pushed_in),
            str(one.without_status),
            str(one.lost),
        )
    return shown
