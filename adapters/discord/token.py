"""Whether a bot token is accepted, and whose it is."""

from __future__ import annotations

import httpx2

from bot.doctor import NotSetError, PartFailedError


async def check_token(token: str | None, api_url: str) -> str:
    """`GET /users/@me` (https://docs.discord.com/developers/resources/user): the bot's name."""
    if token is None:
        raise NotSetError("DISCORD_TOKEN is not set")
    async with httpx2.AsyncClient(timeout=15) as client:
        try:
            response = await client.get(
                f"{api_url.rstrip('/')}/users/@me", headers={"Authorization": f"Bot {token}"}
            )
            answer = response.json()
        except (httpx2.HTTPError, ValueError):
            raise PartFailedError(
                "Discord cannot be reached", "Check the network and DISCORD_API_URL."
            ) from None
    if response.status_code == httpx2.codes.UNAUTHORIZED:
        raise PartFailedError(
            "Discord refused the token", "Copy the bot's token again into DISCORD_TOKEN."
        )
    if response.status_code != httpx2.codes.OK:
        raise PartFailedError(
            f"Discord answered with status {response.status_code}", "Try again in a few minutes."
        )
    return f"the token is {answer.get('username')}'s"
