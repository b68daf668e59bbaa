"""Whether the tokens are accepted, whose they are, and whether they may do what we need."""

from __future__ import annotations

from typing import Any

import httpx2

from adapters.slack.scopes import SCOPES
from bot.doctor import NotSetError, PartFailedError

_RENEW = "Copy the Bot User OAuth Token of the app again into SLACK_BOT_TOKEN."
_RENEW_APP = (
    "Make an app-level token with the scope connections:write (Basic Information of the app)"
    " and copy it into SLACK_APP_TOKEN."
)
_SECONDS = 15


async def check_token(
    token: str | None, api_url: str, *, app_token: str | None = None, client_id: str | None = None
) -> str:
    """Bot, workspace, and how events come: `auth.test`, and with an app-level token
    `apps.connections.open` (https://docs.slack.dev/reference/methods)."""
    if token is None and client_id is None:
        raise NotSetError("SLACK_BOT_TOKEN is not set")
    async with httpx2.AsyncClient(timeout=_SECONDS) as client:
        said = "workspaces install the app themselves"
        if token is not None:
            answer, scopes = await _call(client, api_url, "auth.test", token)
            if not answer.get("ok"):
                raise PartFailedError(
                    f"Slack refused the token: {answer.get('error', 'no reason')}", _RENEW
                )
            _check_scopes(scopes)
            said = f"the token is {answer.get('user')}'s in {answer.get('team')}"
        if app_token is None:
            return f"{said}; events come by HTTP"
        answer, _ = await _call(client, api_url, "apps.connections.open", app_token)
        if not answer.get("ok"):
            raise PartFailedError(
                f"Slack refused the app-level token: {answer.get('error', 'no reason')}",
                _RENEW_APP,
            )
        return f"{said}; events come by Socket Mode"


def _check_scopes(granted: str) -> None:
    """The header that Slack sends with every answer; where it is missing nothing is known."""
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if granted and missing:
        raise PartFailedError(
            f"the app may not: {', '.join(missing)}",
            "Put adapters/slack/manifest.yaml into the app's settings and install it again.",
        )


async def _call(
    client: httpx2.AsyncClient, api_url: str, method: str, token: str
) -> tuple[dict[str, Any], str]:
    try:
        response = await client.post(
            f"{api_url.rstrip('/')}/{method}", headers={"Authorization": f"Bearer {token}"}
        )
        answer: dict[str, Any] = response.json()
    except (httpx2.HTTPError, ValueError):
        raise PartFailedError(
            "Slack cannot be reached", "Check the network and SLACK_API_URL."
        ) from None
    return answer, response.headers.get("x-oauth-scopes", "")
