"""What Claude is sent: the system prompt, the conversation so far, and the message to answer.

Caching on Claude's side goes by identical bytes from the start of a request, so everything here
depends only on what will read the same next time: tools and prompt never change, a past turn is
rendered from its row alone, and what belongs to now (the date, the room) comes after it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from anthropic.types import (
    ContentBlock,
    ContentBlockParam,
    MessageParam,
    TextBlockParam,
    ToolResultBlockParam,
)

from bot.claude.failures import REFUSED
from bot.conversation import Access, Author, Outcome, PastTurn, Place, Turn, TurnStatus

PROMPT = (Path(__file__).parent.parent / "prompt.md").read_text(encoding="utf-8")

_LONG = 16
"""Turns of a history from which on its beginning may be left out."""

_PLACES = {
    Place.DM: "a direct conversation with this person",
    Place.PRIVATE: "a private channel",
    Place.PUBLIC: "a public channel of the workspace",
    Place.SHARED: "a channel that people of other organisations read too",
}
_OUR_TAG = re.compile(r"<(?=/?(?:message|shown|now|roster_data)\b)", re.IGNORECASE)


def system() -> list[TextBlockParam]:
    """The system prompt. Its breakpoint makes the cache keep it and the tools before it."""
    return [{"type": "text", "text": PROMPT, "cache_control": {"type": "ephemeral"}}]


def conversation(history: Sequence[PastTurn], turn: Turn) -> list[MessageParam]:
    """The messages of a first round: past turns, then the one to answer.

    After the last past turn stands a breakpoint: up to there the next turn reads the same.
    """
    past = [past for past in _steady(history) if past.outcome.error != REFUSED]
    messages: list[MessageParam] = []
    shown: tuple[str, ...] = ()
    for index, told in enumerate(past):
        asked = _asked(told.author, told.said, shown)
        answered: TextBlockParam = {"type": "text", "text": _answered(told.outcome)}
        if index == len(past) - 1:
            answered["cache_control"] = {"type": "ephemeral"}
        messages.append({"role": "user", "content": [{"type": "text", "text": asked}]})
        messages.append({"role": "assistant", "content": [answered]})
        shown = told.outcome.talent_ids or shown
    message = turn.message
    asking: list[ContentBlockParam] = [
        {"type": "text", "text": _asked(message.author, message.text, shown)},
        {"type": "text", "text": _now(turn)},
    ]
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


def marked(messages: Sequence[MessageParam]) -> list[MessageParam]:
    """The messages with a breakpoint at their end, for this turn's next round to read from."""
    *before, last = messages
    *blocks, end = cast(list[ContentBlockParam], last["content"])
    ending = {**end, "cache_control": {"type": "ephemeral"}}
    return [*before, cast(MessageParam, {**last, "content": [*blocks, ending]})]


def _steady(history: Sequence[PastTurn]) -> Sequence[PastTurn]:
    """A long history without its beginning, so that the rest begins alike for several turns.

    Memory gives the newest turns, so a long conversation would begin with another turn each time
    and nothing after the system prompt could be read from the cache. Instead it begins with the
    first turn that its id makes an anchor, about one in four, for as long as that is remembered.
    """
    if len(history) < _LONG:
        return history
    anchors = (index for index, past in enumerate(history) if past.turn_id.int % 4 == 0)
    return history[next(anchors, 0) :]


def _asked(author: Author, text: str, shown: Sequence[str]) -> str:
    """A person's message, marked as theirs, after the talents that the answer before it showed."""
    name = " ".join(author.name.split()).replace('"', "'")
    lines = [f'<message from="{_untagged(name)}">', _untagged(text), "</message>"]
    if shown:
        numbered = " ".join(f"{number}. {id_}" for number, id_ in enumerate(shown, start=1))
        lines.insert(0, f"<shown>{numbered}</shown>")
    return "\n".join(lines)


def _answered(outcome: Outcome) -> str:
    text = outcome.text.strip()
    if outcome.status is TurnStatus.DONE and text:
        return text
    if outcome.status is TurnStatus.STOPPED:
        return f"{text}\n\n(The person stopped this answer here.)".strip()
    return f"{text}\n\n(This answer ended early, by a failure.)".strip()


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


def _untagged(text: str) -> str:
    """Text in which none of our own tags can be opened or closed."""
    return _OUR_TAG.sub("‹", text)
