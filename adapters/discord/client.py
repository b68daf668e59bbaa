"""The connection to Discord's gateway, which is made anew whatever ends it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import aiohttp
import discord
import structlog

from adapters.discord.clicks import Clicks
from adapters.discord.commands import Commands
from adapters.discord.messages import Messages
from adapters.discord.rest import AWAY, TOKEN_REFUSED, Rest
from adapters.discord.shards import Identifying, TooFewShardsError
from bot.pauses import pause_after

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0
"""Seconds between two tries, doubled with each; Discord takes the token away from who begins a
thousand sessions a day."""
SETTLED_AFTER = 60.0
"""Seconds after which a connection was a good one."""
INTENT_OFF = (
    "Discord does not let us read messages: switch on Message Content Intent at "
    "discord.com/developers, your application, Bot, Privileged Gateway Intents"
)
SHARDING_REQUIRED = 4011
CLOSED = {
    4004: TOKEN_REFUSED,
    4012: "Discord no longer speaks the language of this version: update CastMatch",
    4013: "Discord does not know what this version asks to be told of: update CastMatch",
}
"""What it means for people that Discord closed a connection with that code
(https://docs.discord.com/developers/topics/opcodes-and-status-codes)."""
_HOPELESS = 7
"""Failures in a row after which pauses are longest."""
Register: TypeAlias = Callable[[Commands], None]


def intents() -> discord.Intents:
    """What we are told of: servers, what is said in them and in direct messages, and the words."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class Gateway(discord.AutoShardedClient):
    """One life of a shard's connection, until something ends it."""

    def __init__(
        self,
        shard: tuple[int, int],
        identifying: Identifying,
        messages: Messages,
        clicks: Clicks,
        register: Register,
        *,
        trace: aiohttp.TraceConfig,
    ) -> None:
        """`shard`: its number, and of how many."""
        super().__init__(
            intents=intents(),
            shard_ids=[shard[0]],
            shard_count=shard[1],
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=1.0,
            http_trace=trace,
        )
        self._identifying, self._said, self._clicks = identifying, messages, clicks
        self.was_ready = False
        self.tree = Commands(self)
        register(self.tree)
        # One payload that discord.py cannot read would end the whole client.
        state = self._connection
        state.parsers = {name: _guarded(name, parse) for name, parse in state.parsers.items()}
        state.parsers["READY"] = self._session_began(state.parsers["READY"])

    def _session_began(self, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """`on_ready` comes later, when the session may have told us something already."""

        def read(data: Any) -> Any:
            self._said.missed.session_began()
            return parse(data)

        return read

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        await self._identifying.turn(shard_id or 0)

    async def on_ready(self) -> None:
        """Also after a session was lost, as nothing tells what was said meanwhile."""
        self.was_ready = True
        assert self.user  # noqa: S101 - ready
        log.info(
            "discord_connected", bot=self.user.name, shards=self.shard_ids, servers=len(self.guilds)
        )
        await self._said.missed.read(self, self.on_message)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._said.missed.read_late(guild, self, self.on_message)

    async def on_message(self, message: discord.Message) -> None:
        if self.user:
            await self._said.said(message, self.user.id)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if self.user:
            await self._said.edited(payload.message, self.user.id)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self._said.deleted(payload.channel_id, payload.guild_id, {payload.message_id})

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self._said.deleted(payload.channel_id, payload.guild_id, payload.message_ids)

    async def on_interaction(self, interaction: discord.Interaction[Gateway]) -> None:
        if interaction.type in (
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        ):
            self._clicks.begin(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("discord_event_failed", on=event_method)


class Connection:
    """Keeps a shard connected until it is cancelled."""

    def __init__(
        self,
        token: str,
        *,
        rest: Rest,
        make: Callable[[], Gateway],
    ) -> None:
        self._token, self._rest, self._make = token, rest, make
        self._gateway: Gateway | None = None
        self._problem = ""

    def wrong(self) -> str:
        """Why we hear nothing from Discord; empty while we do."""
        if self._problem:
            return self._problem
        gateway = self._gateway
        if gateway is None or not gateway.was_ready:
            return "not connected yet"
        if any(shard.is_closed() for shard in gateway.shards.values()):
            return "the connection is being made again"
        return ""

    async def run(self) -> None:
        failures = 0
        while True:
            self._gateway = gateway = self._make()
            began = time.monotonic()
            try:
                await self._live(gateway)
            except discord.LoginFailure:
                await self._rest.log_in()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                log.info("discord_connection_ended", error=type(error).__name__)
                code = error.code if isinstance(error, discord.ConnectionClosed) else 0
                if code == SHARDING_REQUIRED:
                    raise TooFewShardsError from None
                is_off = isinstance(error, discord.PrivilegedIntentsRequired)
                self._tell(INTENT_OFF if is_off else CLOSED.get(code, AWAY))
                if is_off or code in CLOSED:
                    failures = _HOPELESS  # a person must do something first
            except Exception:  # the boundary of a connection: what Discord sent was unreadable
                log.exception("discord_connection_broke")
            lasted = gateway.was_ready and time.monotonic() - began > SETTLED_AFTER
            failures = 0 if lasted else min(failures + 1, _HOPELESS)
            pause = pause_after(failures + 1, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.75, 1.0))  # noqa: S311 - no secret

    async def _live(self, gateway: Gateway) -> None:
        ready = asyncio.create_task(self._clear_problem(gateway))
        try:
            await gateway.login(self._token)
            await gateway.connect()
        finally:
            ready.cancel()
            await gateway.close()

    async def _clear_problem(self, gateway: Gateway) -> None:
        while not gateway.is_ready():  # noqa: ASYNC110 - the client's own wait is not there yet
            await asyncio.sleep(0.2)
        self._problem = ""

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("discord_not_ready", problem=problem)
        self._problem = problem


def _guarded(name: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(data: Any) -> Any:
        try:
            return parse(data)
        except Exception:
            if name in ("READY", "RESUMED"):
                raise
            log.exception("discord_payload_unreadable", payload=name)
            return None

    return read
