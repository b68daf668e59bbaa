"""Who acts in Discord, and what may be told: to them alone, and to everybody who is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from adapters.discord.events import DMS, PLATFORM, place_in
from bot.conversation import Access, Audience, Author, ConversationKey, Place, access_within
from bot.stores import WorkspaceSettings

Act: TypeAlias = "discord.Interaction[Any]"
"""What a person did other than write: a command, a click, a choice."""


@dataclass(frozen=True, slots=True)
class Asker:
    author: Author
    alone: Audience
    """They alone read the answer."""
    there: Audience
    """Everybody in the channel does."""
    channel: ConversationKey
    """Where they act."""


async def find_asker(act: Act, settings: WorkspaceSettings) -> Asker:
    """Who it is. Where we are only because they installed us for themselves, the server is not
    ours to know: that is as in direct messages, and what others read is for the community."""
    key = _channel_of(act)
    place = _place_of(act)
    alone = await settings.audience(
        PLATFORM, key.workspace, Place.DM, default_access=Access.COMMUNITY
    )
    there = Audience(alone.org_id, access_within(alone.access, place), place)
    return Asker(author_of(act), alone, there, key)


def author_of(act: Act) -> Author:
    return Author(str(act.user.id), act.user.display_name)


def is_ours(act: Act) -> bool:
    """Whether it comes from a server that we were added to."""
    return act.is_guild_integration()


def _channel_of(act: Act) -> ConversationKey:
    workspace = str(act.guild_id) if is_ours(act) else DMS
    channel = act.channel
    if isinstance(channel, discord.Thread):
        return ConversationKey(PLATFORM, workspace, str(channel.parent_id), str(channel.id))
    return ConversationKey(PLATFORM, workspace, str(act.channel_id or ""))


def _place_of(act: Act) -> Place:
    if is_ours(act):
        return place_in(act.channel, act.guild)
    is_direct = act.guild_id is None and act.context.dm_channel
    return Place.DM if is_direct else Place.SHARED
