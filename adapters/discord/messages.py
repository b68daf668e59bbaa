"""What people say in Discord becomes turns.

The gateway has no acknowledgements, and sends nothing again to a new session: what cannot be
stored is tried again here, and what was said while we were away is read from the channels.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import structlog

from adapters.discord.events import (
    DMS,
    PLATFORM,
    Addressed,
    Overheard,
    is_addressed,
    is_direct,
    to_message,
    workspace_of,
)
from adapters.discord.settings import GuildSettings
from adapters.discord.trust import Trust
from adapters.lines import Lines
from adapters.recent import Recent
from bot.conversation import Message, Place
from bot.ports import TurnQueue, UnavailableError
from bot.stores import WorkspaceSettings

log = structlog.get_logger(__name__)

PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries to store a message."""
LOOK_BACK = timedelta(minutes=5)
"""At the start, and at most as far, unless the connection was lost for longer."""
OVERLAP = timedelta(seconds=10)
_KEPT_DMS, _AT_ONCE, _PAGE = 200, 4, 100
TOLD_AGAIN_AFTER = 3600.0

CANNOT_WRITE = (
    "I can't answer in <#{channel}>: I lack the permission to {what} there. An admin of the server "
    "can allow it, or you ask me here."
)


class Messages:
    """Stores what people say. What is said in one channel is taken one after the other."""

    def __init__(self, turns: TurnQueue, settings: WorkspaceSettings, trust: Trust) -> None:
        self._turns = turns
        self._trust = trust
        self._settings = settings
        self._lines = Lines()
        self._told = Recent(TOLD_AGAIN_AFTER)
        self._dms: OrderedDict[int, None] = OrderedDict()
        self._heard_until: datetime | None = None
        """Up to when we were told all; it stands still while something may be missing."""
        self._losses, self._is_whole = 0, False

    async def said(self, said: discord.Message, me: int) -> None:
        async with self._lines.of(said.channel.id):
            if self._is_whole:
                self._heard_until = datetime.now(UTC)
            if is_direct(said):
                self._dms[said.channel.id] = None
                self._dms.move_to_end(said.channel.id)
                while len(self._dms) > _KEPT_DMS:
                    self._dms.popitem(last=False)
            await _insist(lambda: self._store(said, me))

    async def edited(self, said: discord.Message, me: int) -> None:
        """The text of a message became another; a preview that appeared is none."""
        if said.edited_at is None or said.author.bot:
            return
        async with self._lines.of(said.channel.id):
            await _insist(lambda: self._amend(said, me))

    async def deleted(self, channel_id: int, guild_id: int | None, message_ids: set[int]) -> None:
        workspace = str(guild_id) if guild_id else DMS
        async with self._lines.of(channel_id):
            for message_id in message_ids:
                await _insist(
                    lambda one=str(message_id): self._turns.withdraw(PLATFORM, workspace, one)  # type: ignore[misc]
                )

    def lost(self) -> None:
        """A connection is gone: from now on something may be said that we are not told of."""
        self._losses += 1
        self._is_whole = False

    def resumed(self) -> None:
        """The session goes on, and tells what was said meanwhile."""
        self._is_whole = self._heard_until is not None

    async def catch_up(self, client: discord.Client) -> None:
        """Read what was said while no session told us: the channels in which something was."""
        assert client.user  # noqa: S101 - we are connected
        me, now = client.user.id, datetime.now(UTC)
        heard, losses = self._heard_until, self._losses
        since = now - LOOK_BACK if heard is None else heard - OVERLAP
        after = discord.utils.time_snowflake(since)
        places: list[discord.abc.Messageable] = [
            client.get_partial_messageable(channel_id, type=discord.ChannelType.private)
            for channel_id in self._dms
        ]
        for guild in client.guilds:
            rooms: list[discord.TextChannel | discord.Thread] = [*guild.text_channels]
            places += [
                room
                for room in [*rooms, *guild.threads]
                if (room.last_message_id or 0) > after
                and room.permissions_for(guild.me).read_message_history
            ]
        limit = asyncio.Semaphore(_AT_ONCE)

        async def read(place: discord.abc.Messageable) -> None:
            async with limit:
                try:
                    history = place.history(
                        limit=_PAGE, after=discord.Object(after), oldest_first=True
                    )
                    async for said in history:
                        await self.said(said, me)
                except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                    log.info("discord_channel_not_read", error=type(error).__name__)

        await asyncio.gather(*(read(place) for place in places))
        if losses == self._losses:
            self._heard_until, self._is_whole = now, True

    async def _store(self, said: discord.Message, me: int) -> None:
        heard = to_message(said, me, await self._guild_settings(said))
        if isinstance(heard, Addressed) and await self._may_answer(said):
            await self._accept(heard.message)
        elif isinstance(heard, Overheard):
            await self._turns.follow_up(heard.message)

    async def _amend(self, said: discord.Message, me: int) -> None:
        heard = to_message(said, me, await self._guild_settings(said))
        if not isinstance(heard, Addressed | Overheard):
            return
        if await self._turns.amend(heard.message):
            return
        if isinstance(heard, Addressed) and is_addressed(said, me) and await self._may_answer(said):
            await self._accept(heard.message)  # a repeat, unless the edit called us

    async def _accept(self, message: Message) -> None:
        if message.place is Place.DM:
            claim = await self._trust.direct(message.author.external_id)
            message = replace(message, **claim._asdict())
        await self._turns.accept(message)

    async def _guild_settings(self, said: discord.Message) -> GuildSettings:
        if is_direct(said):
            return GuildSettings()
        return GuildSettings.of(await self._settings.read(PLATFORM, workspace_of(said)))

    async def _may_answer(self, said: discord.Message) -> bool:
        """Whether we may write there; where not, whoever asked is told, once in a while."""
        channel = said.channel
        if said.guild is None or isinstance(channel, discord.PartialMessageable):
            return True
        mine = channel.permissions_for(said.guild.me)
        is_thread = isinstance(channel, discord.Thread)
        may = mine.send_messages_in_threads if is_thread else mine.send_messages
        if may and mine.view_channel:
            return True
        if not self._told.is_repeat((channel.id, said.author.id)):
            log.info("discord_cannot_write", channel=str(channel.id), guild=str(said.guild.id))
            what = "send messages in threads" if is_thread else "send messages"
            await tell(said.author, CANNOT_WRITE.format(channel=channel.id, what=what))
        return False


async def tell(person: discord.User | discord.Member, words: str) -> None:
    """One sentence by direct message, if they take any."""
    try:
        await person.send(words, allowed_mentions=discord.AllowedMentions.none())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("discord_could_not_tell", error=type(error).__name__)


async def _insist(store: Callable[[], Awaitable[object]]) -> None:
    """Try until our data is back: Discord does not send it again."""
    began = time.monotonic()
    for pause in (*PAUSES, None):
        try:
            await store()
        except UnavailableError:
            if pause is None:
                log.exception("discord_message_lost", seconds=round(time.monotonic() - began))
                return
            await asyncio.sleep(pause)
        else:
            return
