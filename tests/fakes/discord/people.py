"""Users: our bot, other bots, and persons, whom a test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.discord import writing
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.message import Message
    from tests.fakes.discord.server import DiscordServer


@dataclass(eq=False, repr=False)
class User:
    """An account."""

    id: str
    name: str
    server: DiscordServer = field(repr=False)
    bot: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def wire(self) -> Json:
        return {
            "id": self.id,
            "username": self.name.lower().replace(" ", "."),
            "global_name": None if self.bot else self.name,
            "discriminator": "0000" if self.bot else "0",
            "avatar": None,
            "public_flags": 0,
            **({"bot": True} if self.bot else {}),
        }


@dataclass(eq=False, repr=False)
class Person(User):
    """Somebody with a Discord open."""

    dms_open: bool = True
    """Whether bots may write to them."""
    locale: str = "en-GB"

    # --- writing -----------------------------------------------------------------------------

    async def says(
        self, channel: Channel, text: str, *, reply_to: Message | None = None, ping: bool = True
    ) -> Message:
        """Write a message; perhaps as a reply, which pings unless switched off."""
        return writing.say(self, channel, text, reply_to, ping=ping)

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        writing.edit(self, message, text)

    async def deletes(self, message: Message) -> None:
        """Delete one's own message, or any where one may."""
        writing.delete(self, message)

    async def types(self, channel: Channel) -> None:
        writing.typing(self, channel)

    async def reacts(self, message: Message, emoji: str) -> None:
        writing.react(self, message, emoji)

    # --- what they see -----------------------------------------------------------------------

    @property
    def dm(self) -> Channel:
        """Their direct messages with our bot."""
        return self.server.dm(self)

    def sees(self, channel: Channel) -> list[Message]:
        """The messages on their screen, oldest first, with what only they see."""
        if not channel.visible_to(self):
            return []
        return [m for m in channel.everything() if not m.deleted and m.is_seen_by(self)]
