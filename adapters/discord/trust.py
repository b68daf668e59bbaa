"""Whom the admins of servers trust: members of roles that they named see what the team sees, where
only such people read the answer. An answer never shows more than everybody who can read it may see.

It counts where whoever operates CastMatch linked the server so; the database decides on that. Roles
are asked for each time, so that nobody keeps what a role gave them for longer than the role.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import aiohttp
import discord
import structlog

from adapters.discord.events import PLATFORM
from adapters.discord.rest import Rest
from adapters.discord.settings import GuildSettings
from bot.conversation import Access
from bot.stores import WorkspaceSettings

log = structlog.get_logger(__name__)

_ASK_WITHIN = 3.0
_MOST_SERVERS = 10


class Claim(NamedTuple):
    """What trust adds, as `bot.conversation.Message` has it."""

    access_at_least: Access | None = None
    trusted_in: str = ""


NONE, TRUSTED = Claim(), Claim(Access.TEAM)


def claim_if(is_trusted: bool) -> Claim:
    """On a server, where it is of that server's own admins."""
    return TRUSTED if is_trusted else NONE


class Trust:
    """Whom the servers' admins trust."""

    def __init__(self, settings: WorkspaceSettings, rest: Rest) -> None:
        self.settings = settings
        self._rest = rest

    async def direct(self, user_id: str) -> Claim:
        """For a person who reads it in direct messages, on account of any server."""
        servers = await self.settings.trusting(PLATFORM)
        asked = [
            self._is_trusted_in(server, user_id, GuildSettings.of(kept))
            for server, kept in list(servers.items())[:_MOST_SERVERS]
        ]
        answers = zip(servers, await asyncio.gather(*asked), strict=False)
        trusting = next((server for server, is_trusted in answers if is_trusted), "")
        return Claim(Access.TEAM, trusting) if trusting else NONE

    async def _is_trusted_in(self, server: str, user_id: str, known: GuildSettings) -> bool:
        if not known.trusted_roles:
            return False
        try:
            async with asyncio.timeout(_ASK_WITHIN):
                client = await self._rest.client()
                member = await self._rest.call(
                    lambda: client.http.get_member(int(server), int(user_id))
                )
        except discord.NotFound:
            return False
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("discord_roles_not_known", guild=server, error=type(error).__name__)
            return False
        return known.trusts([str(role) for role in member["roles"]], server)
