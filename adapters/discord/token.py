"""Whether a bot token is accepted, whose it is, and how the bot is invited."""

from __future__ import annotations

import httpx2

from bot.doctor import NotSetError, PartFailedError

MESSAGE_CONTENT = (1 << 18) | (1 << 19)
"""Flags of an application whose Message Content Intent is on, verified or not
(https://docs.discord.com/developers/resources/application)."""
PERMISSIONS = 309237730304
"""View channels, send messages, also in threads, create public threads, embed links, read history,
as https://docs.discord.com/developers/topics/permissions numbers them."""


def invite_link(application_id: str) -> str:
    """Where an admin adds the bot to a server."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={PERMISSIONS}"
    )


async def check_token(token: str | None, api_url: str) -> str:
    """`GET /applications/@me` (https://docs.discord.com/developers/resources/application): the
    bot's name, and its invite link."""
    if token is None:
        raise NotSetError("DISCORD_TOKEN is not set")
    async with httpx2.AsyncClient(timeout=15) as client:
        try:
            response = await client.get(
                f"{api_url.rstrip('/')}/applications/@me", headers={"Authorization": f"Bot {token}"}
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
    if not int(answer.get("flags") or 0) & MESSAGE_CONTENT:
        raise PartFailedError(
            "the bot may not read messages",
            "Switch on Message Content Intent at discord.com/developers, your application, Bot.",
        )
    return f"the token is {answer.get('name')}'s. Invite it: {invite_link(str(answer.get('id')))}"
