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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from bench.replies import Scene, Writer
from bench.seen import seen_by_question, watch


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


def figures_of(
    dump: Mapping[str, Any], writer: Writer, *, name: str, scene: Scene, seconds: float
) -> Figures:
    """From the server's dump."""
    calls = dump["calls"]
    edits = [c["at"] for c in calls if c["method"] == "chat.update" and c["outcome"] == "ok"]
    seen = seen_by_question(dump["messages"])
    watched = watch(
        seen,
        words=[word.strip() for word in writer.words],
        begun_at=writer.begun,
        ended_at=writer.ended,
    )
    with_status = {
        f"{c['channel']}/{c['thread']}" for c in calls if c["status"] and c["outcome"] == "ok"
    }
    return Figures(
        name=name,
        replies=scene.replies,
        channels=scene.channels,
        refused=sum(call["outcome"] == "429" for call in calls),
        calls_per_1800=len(calls) / scene.replies / scene.characters * 1_800,
        first_slowest=watched.first_slowest,
        begun=watched.begun,
        last_slowest=watched.last_slowest,
        longest_pause=watched.longest_pause,
        edits_between=watched.edits_between,
        pushed_in=watched.pushed_in,
        without_status=sum(
            reply.steps[0] - writer.begun[question] > 1 and question not in with_status
            for question, reply in seen.items()
            if reply.steps
        ),
        lost=watched.lost,
        most_edits_a_minute=max(
            (sum(at - 60 < other <= at for other in edits) for at in edits), default=0
        ),
        seconds=seconds,
    )


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
