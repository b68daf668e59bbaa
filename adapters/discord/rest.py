"""Discord's REST API for replies: one client that outlives every connection to the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.calls import ANSWER_WITHIN, Calls

log = structlog.get_logger(__name__)

AGAIN_AFTER, REFUSED_AGAIN_AFTER = 10.0, 60.0
T = TypeVar("T")
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here

TOKEN_REFUSED = (
    "Discord refused the token: copy the bot's token again into DISCORD_TOKEN "  # noqa: S105
    "(discord.com/developers, your application, Bot, Reset Token)"
)
AWAY = "Discord cannot be reached; trying again"


def use_api(url: str) -> None:
    """Point discord.py at another address. It has no option for it: the addresses are of its
    classes, and so of the whole process."""
    Route.BASE = url.rstrip("/")


def use_gateway(url: str) -> None:
    """Where shards connect when their number is given, and after a session has become invalid."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


class Rest:
    """Logged in as soon as Discord lets us; calls wait for that."""

    def __init__(self, token: str, *, call_seconds: float = ANSWER_WITHIN) -> None:
        self._token = token
        self.calls = Calls(answer_within=call_seconds)
        self._client: discord.Client | None = None
        self._is_ready, self._logging_in = asyncio.Event(), asyncio.Lock()
        self.problem = "not connected yet"
        """What is wrong, for people; empty while all is well."""

    @classmethod
    @asynccontextmanager
    async def open(cls, token: str, *, call_seconds: float = ANSWER_WITHIN) -> AsyncIterator[Rest]:
        rest = cls(token, call_seconds=call_seconds)
        try:
            yield rest
        finally:
            await rest.calls.close()
            if rest._client:
                await rest._client.http.close()

    async def client(self) -> discord.Client:
        await self._is_ready.wait()
        assert self._client  # noqa: S101 - it is ready
        return self._client

    async def log_in(self) -> None:
        """Try until it works. One line in the log for each thing that is wrong."""
        async with self._logging_in:
            await self._log_in()

    async def _log_in(self) -> None:
        while True:
            pause = AGAIN_AFTER
            # A new one for each try: what discord.py connects with is closed for good with it.
            client = discord.Client(
                intents=discord.Intents(guilds=True),
                allowed_mentions=discord.AllowedMentions.none(),
                max_messages=None,
                http_trace=self.calls.trace,
            )
            try:
                await self.calls.make(partial(client.login, self._token))
            except discord.LoginFailure:
                self._tell(TOKEN_REFUSED)
                pause = REFUSED_AGAIN_AFTER
            except (discord.HTTPException, aiohttp.ClientError, OSError):
                self._tell(AWAY)
            else:
                before, self._client = self._client, client
                if before:
                    await before.http.close()
                self.problem = ""
                self._is_ready.set()
                return
            finally:
                if self._client is not client:
                    await client.http.close()
            await asyncio.sleep(pause)

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Make a call that has no pace of its own; see `Calls.make`."""
        return await self.calls.make(make)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("discord_not_ready", problem=problem)
        self.problem = problem
