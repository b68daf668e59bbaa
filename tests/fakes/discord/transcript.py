"""A conversation as plain lines, for notes and for tests that fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.message import LOADING

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.message import Message

_MENTION = re.compile(r"<(@[!&]?|#)(\d+)>")
_STARTER, _CREATED = 21, 18


def transcript(channel: Channel) -> str:
    """What was said in a channel, with its threads: `name: what is shown`.

    What only one person sees says so; a command says who used it.
    """
    lines: list[str] = []
    for message in channel.everything():
        if message.deleted or message.kind in (_STARTER, _CREATED):
            continue
        lines += _lines(message)
        if message.thread:
            lines += [f"    {line}" for line in transcript(message.thread).split("\n") if line]
    begun = [t for t in channel.threads() if channel.find(t.id) is None]
    for thread in begun:
        lines.append(f"(thread {thread.name})")
        lines += [f"    {line}" for line in transcript(thread).split("\n") if line]
    if channel.is_typing(channel.server.bot):
        lines.append(f"({channel.server.bot.name} is typing)")
    return "\n".join(lines)


def _lines(message: Message) -> list[str]:
    lines = []
    asked = message.interaction
    if asked and asked["type"] == 2:
        user = message.channel.server.users[asked["user"]["id"]]
        lines.append(f"{user.name} used /{asked['name']}")
    author = message.author.name
    if message.visible_to:
        author += f" (only {message.visible_to.name} sees this)"
    if message.reference and not message.reference.deleted:
        author += f" (to {message.reference.author.name})"
    shown = "is thinking…" if message.flags & LOADING else named(message, message.shown)
    head, *rest = shown.split("\n")
    edits = len(message.versions) - 1
    if message.edited_at:
        head += f"  (edited {edits}x)" if edits > 1 else "  (edited)"
    return [*lines, f"{author}: {head}", *(f"    {line}" for line in rest)]


def named(message: Message, text: str, mark: str = "{}") -> str:
    """The text with names in place of ids, as the client shows mentions; each in `mark`."""
    server, guild = message.channel.server, message.channel.guild

    def name(found: re.Match[str]) -> str:
        kinds: dict[str, tuple[str, Any]] = {
            "#": ("#", server.channels.get(found[2])),
            "@&": ("@", guild.roles.get(found[2]) if guild else None),
        }
        sign, known = kinds.get(found[1], ("@", server.users.get(found[2])))
        return mark.format(f"{sign}{known.name}") if known else found[0]

    return _MENTION.sub(name, text)
