"""Whose memory it is: each one is kept in the scope of the place where it was learned, for good,
and a conversation recalls only from the scopes that everybody who reads it belongs to.

Postgres enforces this (`castmatch_scopes()` in the row-level-security policies); nothing here is
trusted to.
"""

from __future__ import annotations

from urllib.parse import quote

from bot.conversation import Message, Place


def kept_in(message: Message) -> str:
    """The scope of what is learned from a message.

    A direct conversation's is its person's, a public channel's is the workspace's, and private
    threads, private and shared channels keep to themselves.
    """
    key = message.conversation
    match message.place:
        case Place.DM:
            return _scope("person", key.platform, key.workspace, message.author.external_id)
        case Place.THREAD:
            return _scope("thread", key.platform, key.workspace, key.channel, key.thread)
        case Place.PRIVATE | Place.SHARED:
            return _channel(message)
        case Place.PUBLIC:
            return _scope("workspace", key.platform, key.workspace)


def read_from(message: Message) -> tuple[str, ...]:
    """The scopes that an answer to the message may draw on, its own first.

    What was said in a workspace's public channels may be told anywhere in it, save where people of
    other organisations read along. Whoever reads a private thread may read its channel.
    """
    key = message.conversation
    own = kept_in(message)
    if message.place in (Place.PUBLIC, Place.SHARED):
        return (own,)
    public = _scope("workspace", key.platform, key.workspace)
    return (own, _channel(message), public) if message.place is Place.THREAD else (own, public)


def _channel(message: Message) -> str:
    key = message.conversation
    return _scope("channel", key.platform, key.workspace, key.channel)


def _scope(*parts: str) -> str:
    """The parts as one text of letters, digits, `_.-~%` and `/` only; two never read the same."""
    return "/".join(quote(part, safe="") for part in parts)
