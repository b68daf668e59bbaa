"""Servers (which Discord's API calls guilds), their roles and members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.discord.channel import TEXT, Channel
from tests.fakes.discord.people import Person, User
from tests.fakes.discord.permissions import EVERYONE, EVERYTHING, NOTHING, Permission
from tests.fakes.discord.wire import Json, iso

if TYPE_CHECKING:
    from tests.fakes.discord.server import DiscordServer


@dataclass(eq=False)
class Role:
    """A role of a server."""

    id: str
    name: str
    permissions: Permission = NOTHING
    managed: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    def wire(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": 1,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": False,
            "flags": 0,
        }


@dataclass
class Member:
    """A user's membership."""

    user: User
    roles: list[str]
    joined_at: float
    nick: str | None = None

    def wire(self) -> Json:
        return {
            "roles": self.roles,
            "nick": self.nick,
            "avatar": None,
            "joined_at": iso(self.joined_at),
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }


@dataclass(eq=False, repr=False)
class Guild:
    """A server."""

    server: DiscordServer
    id: str
    name: str
    owner: Person
    installed: bool = False
    """Whether our bot is on it."""
    preferred_locale: str = "en-US"
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(self.id, "@everyone", EVERYONE)
        self.join(self.owner)

    def __repr__(self) -> str:
        return f"<server {self.name}>"

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]

    @property
    def bot_role(self) -> Role:
        """The role that came with our bot; people mention it as readily as the bot itself."""
        mine = self.members[self.server.bot.id].roles
        return next(role for role in map(self.roles.__getitem__, mine) if role.managed)

    @property
    def channels(self) -> list[Channel]:
        """Its channels and threads."""
        return [c for c in self.server.channels.values() if c.guild is self and not c.deleted]

    # --- our bot -----------------------------------------------------------------------------

    def install(self, permissions: Permission = EVERYONE) -> None:
        """Add our bot, with the permissions that its invite link asked for."""
        self.join(self.server.bot, self.role(self.server.bot.name, permissions, managed=True))
        self.installed = True
        self.server.gateway.guild_made(self)

    def remove(self) -> None:
        """Kick our bot."""
        self.server.gateway.guild_left(self)
        self.installed = False
        del self.members[self.server.bot.id]

    # --- people and places -------------------------------------------------------------------

    def member(self, name: str, *roles: Role, locale: str = "en-GB") -> Person:
        """A new person who is a member."""
        person = self.server.person(name, locale=locale)
        self.join(person, *roles)
        return person

    def role(self, name: str, permissions: Permission = NOTHING, *, managed: bool = False) -> Role:
        role = Role(self.server.clock.snowflake(), name, permissions, managed)
        self.roles[role.id] = role
        self.server.gateway.role_made(self, role)
        return role

    def join(self, user: User, *roles: Role, nick: str | None = None) -> None:
        now = self.server.clock.now()
        self.members[user.id] = Member(user, [role.id for role in roles], now, nick)
        self.server.gateway.member_joined(self, user)

    def give(self, user: User, *roles: Role) -> None:
        """Give a member further roles."""
        self.members[user.id].roles += [role.id for role in roles]
        self.server.gateway.member_changed(self, user)

    def channel(self, name: str, *, private_to: Iterable[User | Role] = ()) -> Channel:
        """A text channel. One that is private is seen by those named and by our bot alone."""
        channel = Channel(self.server.clock.snowflake(), name, TEXT, self.server, self)
        if whom := [*private_to]:
            channel.overwrites[self.id] = (NOTHING, Permission.VIEW_CHANNEL)
            for each in [*whom, self.server.bot]:
                channel.overwrites[each.id] = (Permission.VIEW_CHANNEL, NOTHING)
        self.server.channels[channel.id] = channel
        self.server.gateway.channel_made(channel)
        return channel

    def permissions(self, user: User) -> Permission:
        """What a user may do on the server, before channels say otherwise."""
        if user is self.owner:
            return EVERYTHING
        if user.id not in self.members:
            return NOTHING
        found = self.everyone.permissions
        for role in self.members[user.id].roles:
            found |= self.roles[role].permissions
        return EVERYTHING if Permission.ADMINISTRATOR in found else found

    # --- on the wire -------------------------------------------------------------------------

    def member_wire(self, user: User) -> Json | None:
        """A member without the account, as it stands beside one; None for strangers."""
        member = self.members.get(user.id)
        return member.wire() if member else None

    def whole_member(self, user: User) -> Json:
        return self.members[user.id].wire() | {"user": user.wire()}

    def wire(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner.id,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "banner": None,
            "description": None,
            "vanity_url_code": None,
            "features": [],
            "emojis": [],
            "stickers": [],
            "roles": [role.wire() for role in self.roles.values()],
            "afk_channel_id": None,
            "afk_timeout": 300,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.preferred_locale,
            "max_members": 500000,
        }

    def created(self, *, members: bool) -> Json:
        """The whole server, as GUILD_CREATE has it. Without the intent `members` Discord gives
        only our bot's own membership."""
        bot = self.server.bot
        seen = [m.user for m in self.members.values()] if members else [bot]
        channels = self.channels
        return self.wire() | {
            "joined_at": iso(self.members[bot.id].joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.whole_member(user) for user in seen],
            "channels": [c.wire() for c in channels if not c.is_thread],
            "threads": [
                c.wire() for c in channels if c.is_thread and not c.archived and c.visible_to(bot)
            ],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
