"""One request of the REST API, and what a route of it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.wire import Json, refusal

if TYPE_CHECKING:
    from tests.fakes.discord.channel import Channel
    from tests.fakes.discord.guild import Guild
    from tests.fakes.discord.message import Message
    from tests.fakes.discord.people import User
    from tests.fakes.discord.server import DiscordServer


@dataclass(eq=False)
class Call:
    """A request, and its outcome: a status, with Discord's code where it refused."""

    route: str
    """Verb and path, `{}` for each id."""
    ids: tuple[str, ...]
    """What stood in the path."""
    query: Mapping[str, str]
    body: Any
    at: float
    """When it came in, seconds on the loop's clock."""
    server: DiscordServer = field(repr=False)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    """The files that came with it, by name."""
    status: int = 0
    code: int = 0
    answered: bool = True
    """Whether the route's own answer went out; a fault may lose or replace it."""

    @property
    def fields(self) -> Json:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise refusal(50109)
        return self.body

    @property
    def me(self) -> User:
        return self.server.bot

    # --- what the path names -----------------------------------------------------------------

    def guild(self, at: int = 0) -> Guild:
        guild = self.server.guilds.get(self.ids[at])
        if guild is None or not guild.installed:
            raise refusal(10004)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """The channel that the path begins with, in which our bot may do all that is `needed`."""
        channel = self.server.channels.get(self.ids[0])
        if channel is None or channel.deleted:
            raise refusal(10003)
        if not channel.visible_to(self.me):
            raise refusal(50001)
        mine = channel.permissions(self.me)
        if any(each not in mine for each in needed):
            raise refusal(50013)
        return channel

    def message(self, channel: Channel, at: int = 1) -> Message:
        message = channel.find(self.ids[at])
        if message is None or message.visible_to:
            raise refusal(10008)
        return message


Answer = Json | list[Any] | None
"""The body of the answer; None is 204."""


@dataclass(frozen=True, slots=True)
class Route:
    """What runs a route. Those that carry their own token in the path need none in the header."""

    run: Callable[[Call], Answer]
    status: int = 200
    needs_token: bool = True
    counts: bool = True
    """Whether the limit over everything holds for it."""


Routes = dict[str, Route]


class Paths:
    """Finds the route of a request."""

    def __init__(self, routes: Routes) -> None:
        self._known: list[tuple[re.Pattern[str], str, Route]] = []
        for name, route in routes.items():
            pattern = re.escape(name).replace(r"\{\}", "([^/]+)").replace(r"\ ", " ")
            self._known.append((re.compile(pattern), name, route))

    def find(self, method: str, path: str) -> tuple[str, tuple[str, ...], Route] | None:
        asked = f"{method} {path}"
        for pattern, name, route in self._known:
            if found := pattern.fullmatch(asked):
                return name, found.groups(), route
        return None
