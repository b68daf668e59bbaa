"""The app as Slack knows it: its credentials, scopes and subscriptions; and its tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from tests.fakes.slack.workspace import Workspace

BOT_SCOPES = frozenset({
    "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write",
    "commands", "groups:history", "groups:read", "im:history", "im:read", "im:write",
    "mpim:history", "mpim:read", "reactions:read", "reactions:write", "team:read", "users:read",
})  # fmt: skip
BOT_EVENTS = frozenset({
    "agent_session_stopped", "app_home_opened", "app_mention", "app_uninstalled",
    "assistant_thread_context_changed", "assistant_thread_started", "member_joined_channel",
    "message.channels", "message.groups", "message.im", "message.mpim", "tokens_revoked",
})  # fmt: skip


@dataclass
class App:
    """One app, as its settings page has it. Every secret is made up."""

    id: str = "A0CASTMATCH"
    name: str = "CastMatch"
    client_id: str = "1111111111.2222222222"
    client_secret: str = "client-secret-for-tests"
    signing_secret: str = "signing-secret-for-tests"
    verification_token: str = "verification-token-for-tests"
    app_token: str = "xapp-1-A0CASTMATCH-1-for-tests"
    scopes: frozenset[str] = BOT_SCOPES
    events: frozenset[str] = BOT_EVENTS
    commands: frozenset[str] = frozenset({"/talent", "/memory"})
    shortcuts: frozenset[str] = frozenset()
    """Message shortcuts by callback id. Empty: whichever a test names."""
    token_rotation: bool = False
    """Whether bot tokens expire after twelve hours and come with a refresh token."""

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Self:
        """The app that this manifest would make."""
        settings = manifest.get("settings", {})
        features = manifest.get("features", {})
        return cls(
            name=manifest["display_information"]["name"],
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=frozenset(each["command"] for each in features.get("slash_commands", ())),
            shortcuts=frozenset(each["callback_id"] for each in features.get("shortcuts", ())),
            token_rotation=bool(settings.get("token_rotation_enabled")),
        )


@dataclass
class Token:
    """A token and what it may do. `state` is the error that its use brings; empty while good."""

    value: str
    kind: Literal["bot", "app"]
    scopes: frozenset[str]
    workspace: Workspace | None = None
    expires_at: float = float("inf")
    state: Literal["", "token_revoked", "account_inactive"] = ""


@dataclass
class Tokens:
    """Every token ever given out."""

    _known: dict[str, Token] = field(default_factory=dict)

    def add(self, token: Token) -> Token:
        self._known[token.value] = token
        return token

    def find(self, value: str) -> Token | None:
        return self._known.get(value)

    def of(self, workspace: Workspace) -> Iterable[Token]:
        return [token for token in self._known.values() if token.workspace is workspace]
