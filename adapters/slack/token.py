"""Whether a bot token is accepted, and whose it is."""

from __future__ import annotations

import httpx2

from bot.doctor import NotSetError, PartFailedError

_RENEW = "Copy the Bot User OAuth Token of the app again into SLACK_BOT_TOKEN."


async def check_token(token: str | None, api_url: str) -> str:
    """`auth.test` (https://docs.slack.dev/reference/methods/auth.test): bot and workspace."""
    if token is None:
        raise NotSetError("SLACK_BOT_TOKEN is not set")
    async with httpx2.AsyncClient(timeout=15) as client:
        try:
            response = await client.post(
                f"{api_url.rstrip('/')}/auth.test", headers={"Authorization": f"Bearer {token}"}
            )
            answer = response.json()
        except (httpx2.HTTPError, ValueError):
            raise PartFailedError(
                "Slack cannot be reached", "Check the network and SLACK_API_URL."
            ) from None
    if not answer.get("ok"):
        raise PartFailedError(
            f"Slack refused the token: {answer.get('error', 'no reason')}", _RENEW
        )
    return f"the token is {answer.get('user')}'s in {answer.get('team')}"
