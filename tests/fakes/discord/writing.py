"""What people and our bot do to messages: the deed, and the events that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.discord.intents import (
    DIRECT_MESSAGE_REACTIONS,
    DIRECT_MESSAGE_TYPING,
    DIRECT_MESSAGES,
    GUILD_MESSAGE_REACTIONS,
    GUILD_MESSAGE_TYPING,
    GUILD_MESSAGES,
)
from tests.fakes.discord.mentions import EVERYTHING_PINGS, REPLY
from tests.fakes.discord.message import Message
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.people import User


def say(
    author: User, channel: Channel, text: str, reply_to: Message | None, *, ping: bool
) -> Message:
    """A person's message."""
    assert channel.visible_to(author), f"{author} does not see {channel}"
    sending = Permission.SEND_MESSAGES
    if channel.is_thread:
        sending = Permission.SEND_MESSAGES_IN_THREADS
    assert channel.guild is None or sending in channel.permissions(author), (
        f"{author} may not write in {channel}"
    )
    assert 0 < len(text) <= 4000, "nobody can send that many characters"
    message = channel.add(
        author,
        content=text,
        kind=REPLY if reply_to else 0,
        reference=reply_to,
        allowed=EVERYTHING_PINGS | {"replied_user": ping},
    )
    posted(message)
    return message


def edit(author: User, message: Message, text: str) -> None:
    assert message.author is author, f"{author} did not write {message}"
    assert not message.deleted, f"{message} is gone"
    message.change(content=text, allowed=EVERYTHING_PINGS)
    changed(message)


def delete(author: User, message: Message) -> None:
    may = message.author is author or (
        message.channel.guild is not None
        and Permission.MANAGE_MESSAGES in message.channel.permissions(author)
    )
    assert may, f"{author} may not delete {message}"
    remove(message)


def typing(user: User, channel: Channel) -> None:
    """Somebody types, for ten seconds."""
    now = channel.server.clock.now()
    channel.typings.append((user, now))
    data: Json = {"channel_id": channel.id, "user_id": user.id, "timestamp": int(now)}
    if channel.guild:
        data |= {"guild_id": channel.guild.id, "member": channel.guild.member_wire(user)}
    intent = GUILD_MESSAGE_TYPING if channel.guild else DIRECT_MESSAGE_TYPING
    _tell(channel, "TYPING_START", data, intent)


def react(user: User, message: Message, emoji: str) -> None:
    users = message.reactions.setdefault(emoji, [])
    if user in users:
        return
    users.append(user)
    _tell(
        message.channel, "MESSAGE_REACTION_ADD", _reaction(user, message, emoji), _reacting(message)
    )


def unreact(user: User, message: Message, emoji: str) -> None:
    users = message.reactions.get(emoji, [])
    if user not in users:
        return
    users.remove(user)
    data = _reaction(user, message, emoji)
    _tell(message.channel, "MESSAGE_REACTION_REMOVE", data, _reacting(message))


def posted(message: Message) -> None:
    """Tell of a new message, also once more: a replay."""
    _tell_of(message, "MESSAGE_CREATE")


def unfurl(message: Message, title: str = "A page") -> None:
    """Show a preview of a link in a message, as Discord does by itself a moment later: the message
    is told of as changed, though nobody has edited it."""
    message.embeds = [*message.embeds, {"type": "link", "title": title, "url": "https://x.example"}]
    changed(message)


def changed(message: Message) -> None:
    _tell_of(message, "MESSAGE_UPDATE")


def remove(message: Message) -> None:
    """Take a message away, and tell of it."""
    if message.deleted:
        return
    message.deleted = True
    channel = message.channel
    if message.visible_to:
        return
    data: Json = {"id": message.id, "channel_id": channel.id}
    if channel.guild:
        data["guild_id"] = channel.guild.id
    _tell(channel, "MESSAGE_DELETE", data, _messages(channel))


def _tell_of(message: Message, event: str) -> None:
    if message.visible_to:
        return  # what one person alone sees is told to nobody
    channel = message.channel
    if not channel.visible_to(channel.server.bot):
        return
    shown, hidden = message.event(), message.event(content=False)
    channel.server.gateway.dispatch(
        event, shown, guild=channel.guild, intent=_messages(channel), without_content=hidden
    )


def _tell(channel: Channel, event: str, data: Json, intent: int) -> None:
    server = channel.server
    if channel.visible_to(server.bot):
        server.gateway.dispatch(event, data, guild=channel.guild, intent=intent)


def _messages(channel: Channel) -> int:
    return GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES


def _reacting(message: Message) -> int:
    return GUILD_MESSAGE_REACTIONS if message.channel.guild else DIRECT_MESSAGE_REACTIONS


def _reaction(user: User, message: Message, emoji: str) -> Json:
    data: Json = {
        "user_id": user.id,
        "channel_id": message.channel.id,
        "message_id": message.id,
        "message_author_id": message.author.id,
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if guild := message.channel.guild:
        data |= {"guild_id": guild.id, "member": guild.member_wire(user)}
    return data
