"""Who can read a channel: everybody on its server, some, or only those whom its admins trust."""

from __future__ import annotations

from collections.abc import Collection

import discord

from bot.conversation import Place


def place_of(channel: object, guild: discord.Guild | None) -> Place:
    """PUBLIC only where every member of the server can read it; THREAD where not everybody who
    reads the channel does."""
    if getattr(channel, "type", None) is discord.ChannelType.private:
        return Place.DM
    if isinstance(channel, discord.Thread):
        if channel.is_private():
            return Place.THREAD
        channel = channel.parent
    if guild is None or not isinstance(channel, discord.abc.GuildChannel):
        return Place.PRIVATE
    everyone = channel.permissions_for(guild.default_role)
    return Place.PUBLIC if everyone.view_channel else Place.PRIVATE


def only_trusted_read(channel: object, roles: Collection[str]) -> bool:
    """Whether nobody sees the channel but members of these roles, and administrators.

    These could give themselves any role. Whatever is not plain to see counts as no: the channel
    must be closed to everyone by an overwrite of its own, and be opened again to nobody else.
    """
    if isinstance(channel, discord.Thread):
        channel = channel.parent  # who does not see that sees none of its threads
    if not isinstance(channel, discord.abc.GuildChannel) or not roles:
        return False
    guild = channel.guild
    if channel.type is discord.ChannelType.news:
        return False  # what is said there can be passed on to other servers
    if channel.overwrites_for(guild.default_role).view_channel is not False:
        return False
    allowed = {*roles, str(guild.me.id)} - {str(guild.id)}
    return all(
        str(whom.id) in allowed
        or whom == guild.self_role
        or (isinstance(whom, discord.Role) and whom.permissions.administrator)
        for whom, overwrite in channel.overwrites.items()
        if overwrite.view_channel
    )
