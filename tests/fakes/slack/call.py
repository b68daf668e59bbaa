"""One call of the Web API, and what a method of it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.app import Token
    from tests.fakes.slack.server import SlackServer
    from tests.fakes.slack.workspace import Channel, Workspace


@dataclass(eq=False)
class Call:
    """A call with its arguments, and its outcome: "ok", an error code, or an HTTP status."""

    method: str
    arguments: Json
    at: float
    """When it came in, seconds on the loop's clock."""
    server: SlackServer = field(repr=False)
    token: Token | None = field(default=None, repr=False)
    outcome: str = ""
    answered: bool = True
    """Whether the method's own answer went out; a fault may lose or replace it."""

    @property
    def workspace(self) -> Workspace:
        """The workspace of the token."""
        assert self.token is not None
        assert self.token.workspace is not None
        return self.token.workspace

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Booleans come as JSON, or as 1 and true in forms."""
        return str(self.arguments.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.arguments.get(name) or default)
        except ValueError:
            raise RefusedError("invalid_arguments") from None

    def value(self, name: str, error: str = "invalid_arguments") -> Any:
        """An object or list; forms carry it as a string of JSON. Refuses with `error`."""
        value = self.arguments.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value) if value else None
            except ValueError:
                raise RefusedError(error) from None
        return value

    def channel(self, name: str = "channel") -> Channel:
        """The channel that is named. Raises the API's `channel_not_found`."""
        channel = self.workspace.find_channel(self.text(name))
        if channel.kind != "channel" and not channel.has(self.workspace.bot):
            raise RefusedError("channel_not_found")  # a private one is not even known
        return channel


@dataclass(frozen=True, slots=True)
class Method:
    """What runs a method, and what its token must be and may do.

    Of `scopes` the token needs one. `tokens` is "none" where the call brings its own credentials.
    """

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tokens: Literal["bot", "app", "none"] = "bot"
    json_body: bool = True


Methods = Mapping[str, Method]
