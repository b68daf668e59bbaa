"""Where a memory comes from, in words: for people who ask "why do you think so?"."""

from __future__ import annotations

from bot.conversation import Place, Turn
from bot.facts import Source


def said_by(source: Source, turn: Turn, *, you: bool = False) -> str:
    """ "said by Priya in this channel on 3 May 2026", for whoever reads the turn's reply.

    With `you`, that is what its author is called, where nobody else reads it.
    """
    is_theirs = source.author.external_id == turn.message.author.external_id
    alone = you and is_theirs and turn.message.place is Place.DM
    who = "you" if alone else source.author.name or "somebody"
    return f"said by {who} {where(source, turn)} on {source.at.day} {source.at:%B %Y}"


def where(source: Source, turn: Turn) -> str:
    """ "in this channel", for whoever reads the turn's reply."""
    here, there = turn.message.conversation, source.conversation
    if source.place is Place.DM:
        return "in a direct message"
    if (here.platform, here.workspace, here.channel) != (
        there.platform,
        there.workspace,
        there.channel,
    ):
        return "in another channel"
    return "in this channel"
