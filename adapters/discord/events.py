"""What a message in Discord means for us: a question, something overheard, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import discord

from adapters.discord import inbound
from adapters.discord.readers import only_trusted_read, place_of
from adapters.discord.settings import GuildSettings
from bot.conversation import Access, Author, ConversationKey, Message

PLATFORM = "discord"
DMS = "@me"
"""The workspace of direct messages, which belong to no server."""
_SAID = (discord.MessageType.default, discord.MessageType.reply)
_GREETING = "Hello"
"""What calling us by name alone stands for."""
_TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Addressed:
    """To be answered."""

    message: Message


@dataclass(frozen=True, slots=True)
class Overheard:
    """Said in a thread, and not to us."""

    message: Message


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not for us; `reason` is a few words for the log."""

    reason: str


Heard: TypeAlias = Addressed | Overheard | Dropped


def to_message(said: discord.Message, me: int, settings: GuildSettings) -> Heard:
    """What the message is, where `me` is our user id. Nothing of other bots is answered."""
    is_dm, addressed = is_direct(said), is_addressed(said, me)
    text = _text(said, me) or (_GREETING if addressed and not is_dm else "")
    if reason := _why_not(said, me, text):
        return Dropped(reason)
    heard = Message(
        id=str(said.id),
        conversation=_conversation(said, settings, opens=addressed),
        place=place_of(said.channel, said.guild),
        author=Author(str(said.author.id), said.author.display_name),
        text=text,
        sent_at=said.created_at,
        default_access=Access.COMMUNITY,
        access_at_least=Access.TEAM
        if only_trusted_read(said.channel, settings.trusted_roles)
        else None,
        room_name=_room_name(said),
        link=said.jump_url,
    )
    if not is_dm and not settings.answers_in(heard.conversation.channel):
        return Dropped("another channel")
    if is_dm or addressed:
        return Addressed(heard)
    return Overheard(heard) if heard.conversation.thread else Dropped("not to us")


def _why_not(said: discord.Message, me: int, text: str) -> str:
    if said.author.id == me:
        return "our own"
    if said.author.bot or said.webhook_id is not None:
        return "a bot"
    if said.type not in _SAID:
        return "no words"
    return "" if text else "empty"


def may_concern_us(said: discord.Message, me: int) -> bool:
    """Whether `to_message` may make something of it, whatever is set: most of what is said is said
    to others, and costs no look at what is set."""
    if said.author.id == me or said.author.bot or said.type not in _SAID:
        return False
    return isinstance(said.channel, discord.Thread) or is_direct(said) or is_addressed(said, me)


def is_direct(said: discord.Message) -> bool:
    return said.channel.type is discord.ChannelType.private


def is_addressed(said: discord.Message, me: int) -> bool:
    """Whether it mentions us or our role, or replies to us."""
    if any(user.id == me for user in said.mentions):
        return True
    if _our_role(said) in {str(role) for role in said.raw_role_mentions}:
        return True
    answered = said.reference.resolved if said.reference else None
    return isinstance(answered, discord.Message) and answered.author.id == me


def workspace_of(said: discord.Message) -> str:
    """The id of the server, or `DMS`."""
    if is_direct(said):
        return DMS
    if said.guild is not None:
        return str(said.guild.id)
    return str(getattr(said.channel, "guild_id", None) or "")


def title(text: str) -> str:
    """The name of a thread that a question opens."""
    words = " ".join(text.split())
    return words if len(words) <= _TITLE_LIMIT else f"{words[: _TITLE_LIMIT - 1].rstrip()}…"


def _room_name(said: discord.Message) -> str:
    """What people call the channel, also of what is said in its threads."""
    channel = said.channel.parent if isinstance(said.channel, discord.Thread) else said.channel
    name = getattr(channel, "name", "")
    return f"#{name}" if name else ""


def _conversation(
    said: discord.Message, settings: GuildSettings, *, opens: bool
) -> ConversationKey:
    channel = said.channel
    workspace = workspace_of(said)
    if isinstance(channel, discord.Thread):
        return ConversationKey(PLATFORM, workspace, str(channel.parent_id), str(channel.id))
    # A thread that is opened from a message has the message's id.
    thread = str(said.id) if settings.threads and opens and _can_open_thread(said) else ""
    return ConversationKey(PLATFORM, workspace, str(channel.id), thread)


def _can_open_thread(said: discord.Message) -> bool:
    channel = said.channel
    if said.guild is None or channel.type is not discord.ChannelType.text:
        return False
    mine = channel.permissions_for(said.guild.me)
    return mine.create_public_threads and mine.send_messages_in_threads


def _our_role(said: discord.Message) -> str:
    role = said.guild.self_role if said.guild else None
    return str(role.id) if role else ""


def words_of(said: discord.Message) -> str:
    """What a message says, whoever wrote it and whomever it calls; with what is laid out in it."""
    return _text(said, 0, [text for embed in said.embeds for text in _texts_of(embed)])


def _texts_of(embed: discord.Embed) -> list[str]:
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return [text for text in (embed.title, embed.description, *fields) if text]


def _text(said: discord.Message, me: int, more: Sequence[str] = ()) -> str:
    channels = said.guild.channels if said.guild else ()
    roles = said.guild.roles if said.guild else ()
    words = [said.content, *(snapshot.content for snapshot in said.message_snapshots), *more]
    return inbound.plain(
        "\n".join(filter(None, words)),
        users={str(user.id): user.display_name for user in said.mentions},
        roles={str(role.id): role.name for role in roles} if "<@&" in said.content else {},
        channels={str(one.id): one.name for one in channels} if "<#" in said.content else {},
        without=frozenset({str(me), _our_role(said)}),
    )
