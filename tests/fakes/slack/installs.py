"""Installing, OAuth v2 and token rotation, and taking the app away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.slack.app import Token
from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.server import SlackServer
    from tests.fakes.slack.workspace import Workspace

CODE_SECONDS = 600.0
TOKEN_SECONDS = 43_200
"""How long a rotating token lives: twelve hours."""


@dataclass(eq=False)
class Grant:
    """What a person agreed to on Slack's page; its code is good for one exchange."""

    workspace: Workspace
    person: Person
    scopes: frozenset[str]
    redirect_uri: str
    at: float
    used: bool = False


class Installs:
    """Slack's side of OAuth."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Token] = {}

    @property
    def refresh_tokens(self) -> list[str]:
        """Those that are still good."""
        return list(self._refresh)

    # --- what a person does on Slack's page ------------------------------------------------

    def approve(self, authorize_url: str, person: Person) -> str:
        """Press Allow on the page of this address. Where the browser goes then.

        The page refuses what the app was not made for, which fails the test.
        """
        asked = self._asked(authorize_url)
        code = self._server.ids.new("code-")
        scopes = frozenset(filter(None, asked["scope"].split(",")))
        now = self._server.clock.now()
        self._codes[code] = Grant(person.home, person, scopes, asked["redirect_uri"], now)
        return _back(asked, code=code)

    def deny(self, authorize_url: str) -> str:
        """Press Cancel. Where the browser goes then."""
        return _back(self._asked(authorize_url), error="access_denied")

    def expire_codes(self) -> None:
        for grant in self._codes.values():
            grant.at -= CODE_SECONDS + 1

    def _asked(self, authorize_url: str) -> dict[str, str]:
        query = parse_qs(urlsplit(authorize_url).query)
        asked = {name: values[0] for name, values in query.items()}
        app = self._server.app
        assert asked.get("client_id") == app.client_id, "invalid client_id parameter"
        beyond = set(asked.get("scope", "").split(",")) - app.scopes
        assert not beyond, f"scopes that the app does not have: {beyond}"
        return {"redirect_uri": "", "state": "", **asked}

    # --- what the app does -----------------------------------------------------------------

    def exchange(self, arguments: Json) -> Json:
        """`oauth.v2.access`: a code, or a refresh token, for an access token."""
        app = self._server.app
        if arguments.get("client_id") != app.client_id:
            raise RefusedError("invalid_client_id")
        if arguments.get("client_secret") != app.client_secret:
            raise RefusedError("bad_client_secret")
        if arguments.get("grant_type") == "refresh_token":
            return self._rotate(str(arguments.get("refresh_token")))
        grant = self._codes.get(str(arguments.get("code")))
        if grant is None or self._server.clock.now() - grant.at > CODE_SECONDS:
            raise RefusedError("invalid_code")
        if grant.used:
            raise RefusedError("code_already_used")
        if grant.redirect_uri and arguments.get("redirect_uri") != grant.redirect_uri:
            raise RefusedError("bad_redirect_uri")
        grant.used = True
        grant.workspace.installed = True
        answer = self._give(grant.workspace, grant.scopes)
        return answer | {"authed_user": {"id": grant.person.id}}

    def _rotate(self, refresh_token: str) -> Json:
        old = self._refresh.pop(refresh_token, None)
        if old is None or old.state or old.workspace is None:
            raise RefusedError("invalid_refresh_token")
        return self._give(old.workspace, old.scopes)

    def _give(self, workspace: Workspace, scopes: frozenset[str]) -> Json:
        app, new = self._server.app, self._server.ids.new
        rotating = app.token_rotation
        value = f"{'xoxe.xoxb-1' if rotating else 'xoxb'}-{workspace.id}-{new('')}"
        token = self._server.tokens.add(Token(value, "bot", scopes, workspace))
        workspace.bot_token = value
        enterprise = workspace.enterprise_id
        answer: Json = {
            "app_id": app.id,
            "scope": ",".join(sorted(scopes)),
            "token_type": "bot",
            "access_token": value,
            "bot_user_id": workspace.bot.id,
            "team": {"id": workspace.id, "name": workspace.name},
            "enterprise": {"id": enterprise, "name": "Acme"} if enterprise else None,
            "is_enterprise_install": False,
        }
        if rotating:
            refresh = f"xoxe-1-{new('')}"
            self._refresh[refresh] = token
            token.expires_at = self._server.clock.now() + TOKEN_SECONDS
            answer |= {"expires_in": TOKEN_SECONDS, "refresh_token": refresh}
        return answer

    # --- taking it away ----------------------------------------------------------------------

    def uninstall(self, workspace: Workspace) -> None:
        """Remove the app: its tokens end at once, and it is told of both, in no certain order."""
        for token in self._server.tokens.of(workspace):
            token.state = "account_inactive"
        self._tell(
            workspace, "tokens_revoked", {"tokens": {"oauth": [], "bot": [workspace.bot.id]}}
        )
        self._tell(workspace, "app_uninstalled", {})
        workspace.installed = False

    def revoke(self, workspace: Workspace) -> None:
        """Revoke the app's tokens, and tell it."""
        for token in self._server.tokens.of(workspace):
            token.state = "token_revoked"
        self._tell(
            workspace, "tokens_revoked", {"tokens": {"oauth": [], "bot": [workspace.bot.id]}}
        )

    def _tell(self, workspace: Workspace, name: str, event: Json) -> None:
        event = event | {"event_ts": self._server.clock.ts()}
        self._server.events.send(workspace, name, name, event, authorized=False)


def _back(asked: dict[str, str], **answer: str) -> str:
    query = urlencode({**answer, "state": asked["state"]})
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return f"{asked['redirect_uri']}{joint}{query}"
