"""A conversation as plain lines, for notes and for tests that fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.workspace import Channel

_ID = re.compile(r"@([UW][A-Z0-9]{6,})")


def transcript(channel: Channel, thread: str | None = None) -> str:
    """What was said in a channel (with its threads), or in one thread, as `name: what is shown`.

    What only one person sees says so, and so does the status that stands at the end.
    """
    first = [m for m in channel.everything() if not m.deleted]
    if thread is not None:
        lines = _thread([m for m in first if thread in (m.ts, m.thread_ts)])
        return "\n".join([*lines, *_status(channel, thread)])
    lines = []
    for message in first:
        if message.is_reply and not message.broadcast:
            continue
        lines += _lines(message, "")
        replies = [m for m in first if m.is_reply and m.thread_ts == message.ts]
        for reply in replies:
            lines += _lines(reply, "    ")
        lines += [f"    {line}" for line in _status(channel, message.ts)]
    return "\n".join(lines)


def _thread(messages: list[Message]) -> list[str]:
    return [line for m in messages for line in _lines(m, "    " if m.is_reply else "")]


def _lines(message: Message, indent: str) -> list[str]:
    author = _name(message, message.author.id)
    if message.visible_to:
        author += f" (only {_name(message, message.visible_to)} sees this)"
    text = _ID.sub(lambda found: "@" + _name(message, found[1]), message.shown)
    head, *rest = text.split("\n")
    edits = len(message.versions) - 1
    if message.edited:
        head += f"  (edited {edits}x)" if edits > 1 else "  (edited)"
    return [f"{indent}{author}: {head}", *(f"{indent}    {line}" for line in rest)]


def _status(channel: Channel, thread: str) -> list[str]:
    status = channel.status(thread)
    return [f"({channel.workspace.bot.real_name} {status})"] if status else []


def _name(message: Message, user_id: str) -> str:
    user = message.channel.workspace.users.get(user_id)
    if user is None:
        return user_id
    return getattr(user, "real_name", "") or user.name
