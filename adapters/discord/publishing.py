"""Tells Discord of our commands: once over all processes, and only when they changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Callable, Sequence

import aiohttp
import discord
import structlog

from adapters.discord.commands import Commands
from adapters.discord.rest import Rest
from bot.pauses import pause_after
from bot.ports import UnavailableError
from bot.stores import Published

log = structlog.get_logger(__name__)

AGAIN_AFTER, LONGEST_PAUSE = 30.0, 900.0


class Publishing:
    """Runs beside the connection, so that nobody waits for it."""

    def __init__(
        self, rest: Rest, published: Published, register: Callable[[Commands], None]
    ) -> None:
        self._rest, self._published, self._register = rest, published, register

    async def run(self) -> None:
        """Return when Discord has our commands."""
        client = await self._rest.client()
        commands = Commands(client)
        self._register(commands)
        payload = [each.to_dict(commands) for each in commands.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        failures = 0
        while not await self._try(client, payload, digest):
            failures += 1
            pause = pause_after(failures, first=AGAIN_AFTER, longest=LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    async def _try(self, client: discord.Client, payload: Sequence[object], digest: str) -> bool:
        """Whether Discord has them now."""
        application = client.application_id
        assert application is not None  # noqa: S101 - logged in
        name = f"discord commands of {application}"
        try:
            claimed = await self._published.claim(name, digest)
            if claimed != "ours":
                return claimed == "done"
            is_done = await self._put(client, application, payload)
            await self._published.finish(name, digest, is_done=is_done)
        except UnavailableError:
            log.info("discord_commands_not_published", error="our data is away")
            return False
        return is_done

    async def _put(
        self, client: discord.Client, application: int, payload: Sequence[object]
    ) -> bool:
        try:
            await self._rest.call(
                lambda: client.http.bulk_upsert_global_commands(application, payload)  # type: ignore[arg-type]  # made by discord.py
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("discord_commands_not_published", error=str(error)[:500])
            return False
        log.info("discord_commands_published", count=len(payload))
        return True
