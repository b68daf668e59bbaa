"""Where a memory comes from, in words: for people who ask "why do you think so?"."""

from __future__ import annotations

from bot.conversation import Place, Turn
from bot.facts import Source

SOMEBODY = "somebody"
"""Whoever has no name on their platform."""


def said_by(source: Source, turn: Turn) -> str:
    """ "said by Priya in #casting on 3 May 2026", to whoever reads the answer to the turn; with the
    message's link where there is one."""
    who = source.author.name or SOMEBODY
    said = f"said by {who} {where_said(source, turn)} on {day_of(source)}"
    return f"{said}, {source.link}" if source.link else said


def is_theirs(source: Source, turn: Turn) -> bool:
    """Whether whoever asks said it."""
    here, there = turn.message.conversation, source.conversation
    return (here.platform, here.workspace, turn.message.author.external_id) == (
        there.platform,
        there.workspace,
        source.author.external_id,
    )


def is_here(source: Source, turn: Turn) -> bool:
    """Whether it was said in the room in which the turn is answered."""
    here, there = turn.message.conversation, source.conversation
    return (here.platform, here.workspace, here.channel) == (
        there.platform,
        there.workspace,
        there.channel,
    )


def day_of(source: Source) -> str:
    """ "3 May 2026"."""
    return f"{source.at.day} {source.at:%B %Y}"


def where_said(source: Source, turn: Turn) -> str:
    """ "in #casting", as far as people there can tell the room by it."""
    if source.place is Place.DM:
        same = turn.message.place is Place.DM and is_here(source, turn)
        return "in this conversation" if same else "in another direct conversation"
    if source.room_name:
        return f"in {source.room_name}"
    return "in this channel" if is_here(source, turn) else "in another channel"
