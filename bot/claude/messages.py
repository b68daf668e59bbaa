"""What Claude is sent: the system prompt, the conversation so far, and the message to answer.

Caching on Claude's side goes by identical bytes from the start of a request, so everything here
depends only on what will read the same next time: tools and prompt never change, a past turn is
rendered from its row and from what was overheard before it, and what belongs to now (the date, the
room, what was remembered for this question) comes after it all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from anthropic.types import (
    CacheControlEphemeralParam,
    ContentBlock,
    ContentBlockParam,
    MessageParam,
    TextBlockParam,
    ToolResultBlockParam,
)

from bot.claude.failures import REFUSED
from bot.conversation import (
    Access,
    Author,
    Outcome,
    Overheard,
    Place,
    Recollection,
    Turn,
    TurnStatus,
)
from bot.fences import one_line, untagged
from bot.memory_text import episodes_text, facts_text

PROMPT = (Path(__file__).parent.parent / "prompt.md").read_text(encoding="utf-8")

_PLACES = {
    Place.DM: "a direct conversation with this person",
    Place.THREAD: "a private thread, which only some of the channel's people read",
    Place.PRIVATE: "a private channel",
    Place.PUBLIC: "a public channel of the workspace",
    Place.SHARED: "a channel that people of other organisations read too",
}


_KEPT: CacheControlEphemeralParam = {"type": "ephemeral", "ttl": "1h"}
"""People answer after minutes more often than within the five for which the cache keeps things by
default. Writing costs more so, but of each turn only what is new is written."""
_OF_THIS_TURN: CacheControlEphemeralParam = {"type": "ephemeral"}
"""Read within seconds, and stands after what is kept longer, as the API demands."""


def system() -> list[TextBlockParam]:
    """The system prompt. Its breakpoint makes the cache keep it and the tools before it."""
    return [{"type": "text", "text": PROMPT, "cache_control": _KEPT}]


def conversation(recollection: Recollection, turn: Turn) -> list[MessageParam]:
    """The messages of a first round: past turns, then the one to answer.

    After the last past turn stands a breakpoint: up to there the next turn reads the same.
    """
    heard_before: defaultdict[UUID | None, list[Overheard]] = defaultdict(list)
    for one in recollection.overheard:
        heard_before[one.before].append(one)
    messages: list[MessageParam] = []
    answered: TextBlockParam | None = None
    shown: tuple[str, ...] = ()
    heard: list[Overheard] = []
    for told in recollection.history:
        heard += heard_before[told.turn_id]
        if told.outcome.error == REFUSED:
            continue
        asked = _asked(told.author, told.said, told.at, shown, heard)
        answered = {"type": "text", "text": _answered(told.outcome)}
        messages.append({"role": "user", "content": [{"type": "text", "text": asked}]})
        messages.append({"role": "assistant", "content": [answered]})
        shown, heard = told.outcome.talent_ids or shown, []
    if answered is not None:
        answered["cache_control"] = _KEPT
    message = turn.message
    heard += heard_before[None]
    asked = _asked(message.author, message.text, message.sent_at, shown, heard)
    asking: list[ContentBlockParam] = [{"type": "text", "text": asked}]
    if remembered := _remembered(recollection, turn):
        asking.append({"type": "text", "text": remembered})
    asking.append({"type": "text", "text": _now(turn)})
    messages.append({"role": "user", "content": asking})
    return messages


def extended(
    messages: Sequence[MessageParam],
    content: Iterable[ContentBlock],
    follow_up: Sequence[ToolResultBlockParam | TextBlockParam],
) -> list[MessageParam]:
    """The messages of the next round: Claude's answer so far and what follows on it.

    Nothing follows on a paused answer: handed back as it is, it is gone on with.
    """
    said = [
        cast(ContentBlockParam, block.to_dict())  # a response block is its own parameter
        for block in content
        if block.type != "text" or block.text.strip()  # the API refuses blank text
    ]
    longer = list(messages)
    if said:
        longer.append({"role": "assistant", "content": said})
    if follow_up:
        longer.append({"role": "user", "content": list(follow_up)})
    return longer


def marked(messages: Sequence[MessageParam], before: int | None = None) -> list[MessageParam]:
    """The messages with a breakpoint at their end, for this turn's next round to read from, and
    another where the round before it ended: at the number `before` of the messages.

    An entry is looked for 20 blocks back from a breakpoint, and a round of many tools has more.
    With those of the system prompt and the last past turn that is four, the most there may be.
    """
    ends = {len(messages) - 1, len(messages) - 1 if before is None else before}
    return [
        _ended(message) if number in ends else message for number, message in enumerate(messages)
    ]


def _ended(message: MessageParam) -> MessageParam:
    *blocks, end = cast(list[ContentBlockParam], message["content"])
    ending = {**end, "cache_control": _OF_THIS_TURN}
    return cast(MessageParam, {**message, "content": [*blocks, ending]})


def _asked(
    author: Author, text: str, at: datetime, shown: Sequence[str], heard: Sequence[Overheard]
) -> str:
    """A person's message, marked as theirs, after the talents that the answer before it showed
    and what others said since."""
    parts = []
    if shown:
        numbered = " ".join(f"{number}. {id_}" for number, id_ in enumerate(shown, start=1))
        parts.append(f"<shown>{numbered}</shown>")
    parts += [_said("overheard", one.author, one.text, one.at) for one in heard]
    parts.append(_said("message", author, text, at))
    return "\n".join(parts)


def _said(tag: str, author: Author, text: str, at: datetime) -> str:
    name = one_line(author.name).replace('"', "'")
    return f'<{tag} from="{name}" on="{at.day} {at:%b %Y}">\n{untagged(text)}\n</{tag}>'


def _answered(outcome: Outcome) -> str:
    text = outcome.text.strip()
    if outcome.status is TurnStatus.DONE and text:
        return text
    if outcome.status is TurnStatus.STOPPED:
        return f"{text}\n\n(The person stopped this answer here.)".strip()
    return f"{text}\n\n(This answer ended early, by a failure.)".strip()


def _remembered(recollection: Recollection, turn: Turn) -> str:
    """What memory found for this question, each with its source; nothing where it found nothing.

    It stands in this request only: the next one remembers for itself.
    """
    parts = []
    if recollection.summary:
        lines = [f"- {one_line(line)}" for line in recollection.summary.splitlines()]
        parts.append("\n".join(["Earlier in this conversation, in short:", *lines]))
    parts.append(facts_text(recollection.facts, turn))
    parts.append(episodes_text(recollection.episodes, turn))
    parts = [part for part in parts if part]
    return "\n\n".join(["<memory>", *parts, "</memory>"]) if parts else ""


def _now(turn: Turn) -> str:
    """What holds at this moment only. Dated by the message, so that a repeat reads the same."""
    readers = _PLACES[turn.audience.place]
    sees = (
        "the casting team"
        if turn.audience.access is Access.TEAM
        else "the community: private details of talents are hidden from you here"
    )
    return (
        f"<now>\nToday is {turn.message.sent_at:%A, %d %B %Y}. This is {readers}."
        f" Its people belong to {sees}.\n</now>"
    )
