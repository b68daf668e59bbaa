"""Who acts in Discord, and what may be told: to them alone, and to everybody who is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from adapters.discord.events import DMS, PLATFORM
from adapters.discord.readers import only_trusted_read, place_of
from adapters.discord.settings import GuildSettings
from adapters.discord.trust import NONE, Claim, Trust, claim_if
from bot.conversation import Access, Audience, Author, ConversationKey, Place

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
    claim: Claim
    """What trust adds for everybody there."""

    @property
    def is_team(self) -> bool:
        """Whether they may see what is the casting team's."""
        return self.alone.access is Access.TEAM


async def find_asker(act: Act, trust: Trust) -> Asker:
    """Who it is. Where we are only because they installed us for themselves, the server is not
    ours to know: that is as in direct messages, and what others read is for the community."""
    key, place = _channel_of(act), _place_of(act)
    own, everybodys = await _claims(act, trust)
    alone, there = await asyncio.gather(
        _audience(key, Place.DM, own, trust), _audience(key, place, everybodys, trust)
    )
    return Asker(author_of(act), alone, there, key, everybodys)


async def find_alone(act: Act, trust: Trust) -> Audience:
    """What they alone may be told, as `Asker.alone`."""
    own, _ = await _claims(act, trust)
    return await _audience(_channel_of(act), Place.DM, own, trust)


async def _claims(act: Act, trust: Trust) -> tuple[Claim, Claim]:
    """What trust adds for the person alone, and for everybody there."""
    if not is_ours(act):
        own = await trust.direct(str(act.user.id))
        return own, own if _place_of(act) is Place.DM else NONE
    workspace = str(act.guild_id)
    kept = GuildSettings.of(await trust.settings.read(PLATFORM, workspace))
    roles = act.user.roles if isinstance(act.user, discord.Member) else ()
    own = claim_if(kept.trusts([str(role.id) for role in roles], workspace))
    return own, claim_if(only_trusted_read(_known_channel(act), kept.trusted_roles))


async def _audience(key: ConversationKey, place: Place, claim: Claim, trust: Trust) -> Audience:
    return await trust.settings.audience(
        PLATFORM, key.workspace, place, default_access=Access.COMMUNITY, **claim._asdict()
    )


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
        return place_of(_known_channel(act), act.guild)
    is_direct = act.guild_id is None and act.context.dm_channel
    return Place.DM if is_direct else Place.SHARED


def _known_channel(act: Act) -> object:
    """As the gateway told us of it: what comes with an act does not say who may see it."""
    return act.guild.get_channel_or_thread(act.channel_id or 0) if act.guild else None
