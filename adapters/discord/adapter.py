"""Discord as a platform: what people say there, and where replies to them appear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import discord
import structlog

from adapters.afterwards import Afterwards
from adapters.discord import help_command, setup_form
from adapters.discord.calls import ANSWER_WITHIN
from adapters.discord.clicks import Clicks
from adapters.discord.client import Connection, Gateway
from adapters.discord.commands import Commands
from adapters.discord.memory_clicks import MemoryClicks
from adapters.discord.memory_commands import MemoryCommands
from adapters.discord.messages import CANNOT_WRITE, TOLD_AGAIN_AFTER, Messages, tell
from adapters.discord.missed import Missed
from adapters.discord.pace import Pace
from adapters.discord.publishing import Publishing
from adapters.discord.reply import DiscordReply
from adapters.discord.rest import Rest, use_api
from adapters.discord.server_commands import ServerCommands
from adapters.discord.shards import Identifying, Shards
from adapters.discord.talent_acts import TalentActs
from adapters.discord.talent_commands import Talents
from adapters.discord.trust import Trust
from adapters.edges import Ports
from adapters.recent import Recent
from bot.conversation import Turn
from bot.ports import Reply
from bot.running import beside

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DiscordConfig:
    """The settings of Discord."""

    api_url: str
    token: str = field(repr=False)
    call_seconds: float = ANSWER_WITHIN
    """Until a call that Discord has not answered is given up."""


class Discord:
    """`bot.ports.Adapter`. Run `run()` until the worker has ended."""

    platform = "discord"

    def __init__(self, rest: Rest, shards: Shards, afterwards: Afterwards) -> None:
        self._rest, self._shards, self._afterwards = rest, shards, afterwards
        self._pace = Pace()
        self._told = Recent(TOLD_AGAIN_AFTER)

    def reply(self, turn: Turn) -> Reply:
        return DiscordReply(turn, rest=self._rest, pace=self._pace, refused=self._cannot_write)

    async def wrong(self) -> str:
        """For `/readyz`: why Discord and we cannot work together now."""
        return self.problem()

    def problem(self) -> str:
        return self._shards.wrong()

    def running(self) -> str:
        """Which shards this replica runs, for people."""
        return self._shards.ours()

    async def run(self) -> None:
        """Whatever Discord does, this goes on until it is cancelled."""
        async with beside(self._shards.run()):
            try:
                await asyncio.Event().wait()
            finally:
                # What is being answered ends before the connections through which it is.
                await self._afterwards.close()

    async def _cannot_write(self, turn: Turn) -> None:
        """Say to whoever asked that we may not write where they did; once in a while."""
        key, person = turn.message.conversation, turn.message.author.external_id
        if self._told.is_repeat((key, person)):
            return
        log.info("discord_cannot_write", channel=key.channel, guild=key.workspace)
        client = await self._rest.client()
        words = CANNOT_WRITE.format(channel=key.thread or key.channel, what="send messages")
        try:
            user = await self._rest.call(lambda: client.fetch_user(int(person)))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("discord_could_not_tell", error=type(error).__name__)
            return
        await tell(user, words)


@asynccontextmanager
async def open_discord(config: DiscordConfig, ports: Ports) -> AsyncIterator[Discord]:
    """Discord, joined. Nothing is asked of it before `run()`."""
    use_api(config.api_url)
    afterwards = Afterwards()
    async with Rest.open(config.token, call_seconds=config.call_seconds) as rest:
        trust = Trust(ports.workspace_settings, rest)
        clicks = Clicks(ports, afterwards, trust)
        talents = TalentActs(ports, trust)
        clicks.handlers |= talents.handlers
        clicks.handlers |= MemoryClicks(ports.memory, trust).handlers
        identifying = Identifying(ports.singletons)

        def connect(number: int, count: int) -> Connection:
            missed = Missed(ports.people, rest.calls)
            messages = Messages(ports.turns, ports.workspace_settings, trust, missed)

            def make() -> Gateway:
                shard, trace = (number, count), rest.calls.trace
                return Gateway(shard, identifying, messages, clicks, register, trace=trace)

            return Connection(config.token, rest=rest, make=make)

        shards = Shards(rest, ports.singletons, identifying, connect)
        adapter = Discord(rest, shards, afterwards)
        server = ServerCommands(
            ports,
            afterwards,
            health=lambda: {**ports.probes, Discord.platform: adapter.wrong},
            running=shards.ours,
        )
        clicks.handlers[setup_form.CALLBACK] = server.submitted

        def register(tree: Commands) -> None:
            """Every command, for each new connection. The one place where commands are added."""
            own = Talents(talents, afterwards)
            memory = MemoryCommands(ports.memory, trust, afterwards)
            for each in (own, own.menu(), memory, server):
                tree.add_command(each)
            help_command.register(tree)

        try:
            async with beside(Publishing(rest, ports.published, register).run()):
                yield adapter
        finally:
            await afterwards.close()
