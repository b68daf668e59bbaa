"""Discord's REST API for replies: one client that outlives every connection to the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

log = structlog.get_logger(__name__)

AGAIN_AFTER = 10.0
CLOSE_WITHIN = 1.0
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

    def __init__(self, token: str) -> None:
        self._token = token
        self._client = discord.Client(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self._is_ready, self._logging_in = asyncio.Event(), asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()
        self.problem = "not connected yet"
        """What is wrong, for people; empty while all is well."""

    @classmethod
    @asynccontextmanager
    async def open(cls, token: str) -> AsyncIterator[Rest]:
        rest = cls(token)
        try:
            yield rest
        finally:
            await rest._close()

    async def client(self) -> discord.Client:
        await self._is_ready.wait()
        return self._client

    async def log_in(self) -> discord.Client:
        """Try until it works. One line in the log for each thing that is wrong."""
        async with self._logging_in:
            return await self._log_in()

    async def _log_in(self) -> discord.Client:
        while True:
            try:
                await self._client.login(self._token)
            except discord.LoginFailure:
                self._tell(TOKEN_REFUSED)
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
                self._tell(AWAY)
            else:
                self.problem = ""
                self._is_ready.set()
                return self._client
            await self._client.http.close()
            await asyncio.sleep(AGAIN_AFTER)

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Make a call, and let it come to its end even where we are cancelled: a call of
        discord.py that is cancelled while it waits out a limit over everything leaves all later
        ones waiting."""

        async def run() -> T:
            return await make()

        task = asyncio.create_task(run())
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[T]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits has it; nobody else need hear of it

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("discord_not_ready", problem=problem)
        self.problem = problem

    async def _close(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_WITHIN)
        await self._client.http.close()
