"""What people do other than writing: commands, clicks, menus, forms; and how the app answers.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.channel import DM, GROUP_DM
from tests.fakes.discord.permissions import EVERYONE
from tests.fakes.discord.wire import Json
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.message import Message
    from tests.fakes.discord.people import Person
    from tests.fakes.discord.server import DiscordServer

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
FOLLOW_SECONDS = 15 * 60.0


@dataclass(eq=False, repr=False)
class Interaction:
    """One of them, and what the app has answered so far."""

    id: str
    token: str
    kind: int
    person: Person
    channel: Channel
    data: Json
    at: float
    """When it began, seconds since 1970."""
    source: Message | None = None
    """The message whose button or menu was used."""
    name: str = ""
    response: int = 0
    """The type of the first answer; 0 while there is none."""
    failed: bool = False
    """Whether nobody answered in time: Discord says "The application did not respond"."""
    message: Message | None = None
    """What answers it: a new message, or the one that was changed."""
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    """The form that opened."""
    choices: list[Json] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def __repr__(self) -> str:
        return f"<interaction {self.name} of {self.person.name}: {self.shown!r}>"

    @property
    def server(self) -> DiscordServer:
        return self.person.server

    @property
    def shown(self) -> str:
        """The text of the first answer and of all that followed."""
        messages = [*([self.message] if self.message else []), *self.followups]
        return "\n".join(m.shown for m in messages if not m.deleted)

    @property
    def is_private(self) -> bool:
        """Whether only that person sees the first answer."""
        return bool(self.message and self.message.visible_to)

    async def finished(self, seconds: float = 10.0) -> Interaction:
        """Wait until the answer is there and no longer says that the app "is thinking…"."""
        await wait_until(lambda: self.failed or self._has_answer, seconds=seconds)
        return self

    @property
    def _has_answer(self) -> bool:
        return bool(self.response) and not (self.message and self.message.thinking)

    def metadata(self) -> Json:
        """What stands in the messages that answer it."""
        data: Json = {
            "id": self.id,
            "type": self.kind,
            "user": self.person.wire(),
            "authorizing_integration_owners": self._owners(),
        }
        if self.kind == COMMAND:
            data |= {"name": self.name, "command_type": self.data.get("type", 1)}
        elif self.source:
            data["interacted_message_id"] = self.source.id
        return data

    def wire(self) -> Json:
        channel, guild, bot = self.channel, self.channel.guild, self.server.bot
        installed = guild is None or guild.installed
        app = channel.permissions(bot) if installed else EVERYONE
        context = 0 if guild else 1 if bot in channel.recipients else 2
        data: Json = {
            "id": self.id,
            "application_id": self.server.application_id,
            "type": self.kind,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "channel_id": channel.id,
            "channel": channel.wire() | {"permissions": str(int(channel.permissions(self.person)))},
            "locale": self.person.locale,
            "app_permissions": str(int(app)),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": self._owners(),
            "context": context,
            "attachment_size_limit": 10_485_760,
        }
        if self.source:
            data["message"] = self.source.wire()
        if guild is None:
            return data | {"user": self.person.wire()}
        mine = str(int(channel.permissions(self.person)))
        return data | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": guild.preferred_locale, "features": []},
            "guild_locale": guild.preferred_locale,
            "member": guild.whole_member(self.person) | {"permissions": mine},
        }

    def _owners(self) -> Json:
        guild = self.channel.guild
        if guild and guild.installed:
            return {"0": guild.id}
        if guild is None and self.channel.kind == DM and not self.person.has_app:
            return {"0": "0"}
        return {"1": self.person.id}


class Interactions:
    """All of them, by token."""

    def __init__(self, server: DiscordServer) -> None:
        self.all: dict[str, Interaction] = {}
        self._server = server

    async def send(
        self,
        kind: int,
        person: Person,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        name: str = "",
    ) -> Interaction:
        """Send it to the app and wait for the first answer, or until Discord gives up."""
        server = self._server
        assert channel.visible_to(person), f"{person} does not see {channel}"
        token = f"aW50ZXJhY3Rpb246{secrets.token_hex(24)}"
        now = server.clock.now()
        made = Interaction(
            server.clock.snowflake(), token, kind, person, channel, data, now, source, name
        )
        self.all[token] = made
        guild = channel.guild if channel.guild and channel.guild.installed else None
        server.gateway.dispatch("INTERACTION_CREATE", made.wire(), guild=guild)
        try:
            async with asyncio.timeout(server.ack_seconds):
                await made.answered.wait()
        except TimeoutError:
            made.failed = True
        return made

    def reaches_app(self, person: Person, channel: Channel) -> bool:
        """Whether the app's commands can be used there: its server, or one's own installation."""
        if channel.guild:
            return channel.guild.installed or person.has_app
        return channel.kind == DM or (channel.kind == GROUP_DM and person.has_app)


def resolved(values: list[Any]) -> Json:
    """The people, roles and channels among the values, as interactions carry them."""
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.guild import Role
    from tests.fakes.discord.people import User

    found: Json = {}
    for value in values:
        if isinstance(value, User):
            found.setdefault("users", {})[value.id] = value.wire()
        elif isinstance(value, Role):
            found.setdefault("roles", {})[value.id] = value.wire()
        elif isinstance(value, Channel):
            found.setdefault("channels", {})[value.id] = value.wire() | {"permissions": "0"}
    return found
