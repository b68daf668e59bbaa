"""Channels, threads and direct messages, and what was said in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.message import Message
from tests.fakes.discord.permissions import EVERYTHING, NOTHING, Permission
from tests.fakes.discord.wire import Json, iso

if TYPE_CHECKING:
    from tests.fakes.discord.guild import Guild, Role
    from tests.fakes.discord.people import User
    from tests.fakes.discord.server import DiscordServer

TEXT, DM, GROUP_DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 3, 11, 12


@dataclass(eq=False, repr=False)
class Channel:
    """A channel, a thread, or direct messages; and what was said in it."""

    id: str
    name: str
    kind: int
    server: DiscordServer
    guild: Guild | None = None
    parent: Channel | None = None
    recipients: list[User] = field(default_factory=list)
    owner: User | None = None
    members: list[User] = field(default_factory=list)
    """Who is in the thread."""
    overwrites: dict[str, tuple[Permission, Permission]] = field(default_factory=dict)
    """What a role or user, by id, is allowed and denied here."""
    archived: bool = False
    locked: bool = False
    auto_archive: int = 4320
    deleted: bool = False
    typings: list[tuple[User, float]] = field(default_factory=list)
    """Who typed, and when (seconds since 1970)."""
    _messages: dict[str, Message] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<channel {self.name or 'DM'}>"

    @property
    def is_thread(self) -> bool:
        return self.kind in (PUBLIC_THREAD, PRIVATE_THREAD)

    # --- what people see ---------------------------------------------------------------------

    def messages(self) -> list[Message]:
        """What everyone in the channel sees, oldest first."""
        return [m for m in self._messages.values() if not m.deleted and not m.visible_to]

    def everything(self) -> list[Message]:
        """Every message ever posted here, also deleted and ephemeral ones."""
        return list(self._messages.values())

    def from_bot(self) -> list[Message]:
        """The messages of our app among `messages`."""
        return [m for m in self.messages() if m.author is self.server.bot]

    def threads(self) -> list[Channel]:
        """The threads under this channel."""
        return [c for c in self.server.channels.values() if c.parent is self and not c.deleted]

    def is_typing(self, user: User) -> bool:
        """Whether "… is typing" shows: for ten seconds, or until that user's next message."""
        began = max((at for who, at in self.typings if who is user), default=0.0)
        said = max((m.posted_at for m in self._messages.values() if m.author is user), default=0.0)
        return began > said and began + 10 > self.server.clock.now()

    # --- who may what ------------------------------------------------------------------------

    def permissions(self, user: User) -> Permission:
        """What a user may do here."""
        if self.guild is None:
            return EVERYTHING if user in self.recipients else NOTHING
        if self.is_thread and self.parent:
            found = self.parent.permissions(user)
            if self.kind == PRIVATE_THREAD and user not in self.members:
                found = found if Permission.MANAGE_THREADS in found else NOTHING
            return found
        found = self.guild.permissions(user)
        if Permission.ADMINISTRATOR in found or found is NOTHING:
            return found
        roles = self.guild.members[user.id].roles
        for ids in ([self.guild.id], roles, [user.id]):
            marks = [self.overwrites[each] for each in ids if each in self.overwrites]
            for _, denied in marks:
                found &= ~denied
            for allowed, _ in marks:
                found |= allowed
        return found

    def visible_to(self, user: User) -> bool:
        return Permission.VIEW_CHANNEL in self.permissions(user)

    def allow(self, whom: User | Role, permissions: Permission) -> None:
        """Allow a role or user something here."""
        allowed, denied = self.overwrites.get(whom.id, (NOTHING, NOTHING))
        self.overwrites[whom.id] = (allowed | permissions, denied & ~permissions)
        self.server.gateway.channel_changed(self)

    def deny(self, whom: User | Role, permissions: Permission) -> None:
        """Deny a role or user something here."""
        allowed, denied = self.overwrites.get(whom.id, (NOTHING, NOTHING))
        self.overwrites[whom.id] = (allowed & ~permissions, denied | permissions)
        self.server.gateway.channel_changed(self)

    # --- how the server keeps it -------------------------------------------------------------

    def find(self, message_id: str) -> Message | None:
        message = self._messages.get(message_id)
        return None if message is None or message.deleted else message

    def add(self, author: User, message_id: str = "", **fields: Any) -> Message:
        """Put a message at the end."""
        clock = self.server.clock
        made = message_id or clock.snowflake()
        message = Message(self, made, author, posted_at=clock.now(), **fields)
        self._messages[message.id] = message
        return message

    def wire(self) -> Json:
        last = next(reversed(self._messages), None)
        data: Json = {"id": self.id, "type": self.kind, "last_message_id": last, "flags": 0}
        if self.guild is None:
            others = [user for user in self.recipients if user is not self.server.bot]
            return data | {"recipients": [user.wire() for user in others]}
        data |= {"guild_id": self.guild.id, "name": self.name, "rate_limit_per_user": 0}
        if self.is_thread:
            assert self.parent is not None
            assert self.owner is not None
            return data | {
                "parent_id": self.parent.id,
                "owner_id": self.owner.id,
                "message_count": len(self._messages),
                "total_message_sent": len(self._messages),
                "member_count": len(self.members),
                "thread_metadata": {
                    "archived": self.archived,
                    "locked": self.locked,
                    "auto_archive_duration": self.auto_archive,
                    "archive_timestamp": iso(self.server.clock.now()),
                    "create_timestamp": iso(self.server.clock.now()),
                    **({"invitable": True} if self.kind == PRIVATE_THREAD else {}),
                },
            }
        roles = self.guild.roles
        return data | {
            "position": 0,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": each,
                    "type": 0 if each in roles else 1,
                    "allow": str(int(allowed)),
                    "deny": str(int(denied)),
                }
                for each, (allowed, denied) in self.overwrites.items()
            ],
        }
