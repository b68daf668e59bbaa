"""Users: our bot, other bots, and persons, whom a test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import acting, writing
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.interactions import Interaction
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
    has_app: bool = False
    """Whether they have installed our app for themselves, to use it anywhere."""

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

    # --- acting: each waits for the app's first answer, or until Discord gives up ------------

    async def commands(self, channel: Channel, line: str, **options: Any) -> Interaction:
        """Type a slash command: `asha.commands(casting, "/talent search", city="Mumbai")`.
        What Discord itself would not let one type fails the test."""
        return await acting.command(self, channel, line, options)

    async def autocompletes(
        self, channel: Channel, line: str, option: str, begun: str, **others: Any
    ) -> list[str]:
        """What is suggested for an option in which `begun` was typed."""
        options = {**others, option: begun}
        interaction = await acting.command(self, channel, line, options, focused=option)
        return [choice["name"] for choice in interaction.choices or ()]

    async def menu(self, name: str, message: Message) -> Interaction:
        """Choose the app's entry in a message's menu."""
        return await acting.menu(self, name, message)

    async def clicks(self, message: Message, what: str, *, forged: bool = False) -> Interaction:
        """Click the button of that label, emoji or custom_id. Only what is shown can be clicked,
        except `forged`: then a button of this custom_id is claimed to have been there."""
        return await acting.click(self, message, what, forged=forged)

    async def chooses(self, message: Message, what: str, *values: Any) -> Interaction:
        """Choose, by label, in the menu of that placeholder or custom_id."""
        return await acting.choose(self, message, what, values)

    async def submits(self, opened: Interaction, **values: Any) -> Interaction:
        """Fill in the form that an interaction opened, by label or custom_id, and send it."""
        return await acting.submit(self, opened, values)

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
