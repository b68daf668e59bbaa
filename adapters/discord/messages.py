"""What people say in Discord becomes turns.

The gateway has no acknowledgements, and sends nothing again to a new session: what cannot be
stored is tried again here, and what was said while we were away is read later (`missed.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

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
    may_concern_us,
    to_message,
    workspace_of,
)
from adapters.discord.missed import Missed
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
TOLD_AGAIN_AFTER = 3600.0
STORED_FOR = 3600.0
"""Seconds for which a message that comes again costs no look at our data, which knows it too."""

CANNOT_WRITE = (
    "I can't answer in <#{channel}>: I lack the permission to {what} there. An admin of the server "
    "can allow it, or you ask me here."
)


class Messages:
    """Stores what people say. What is said in one channel is taken one after the other."""

    def __init__(
        self, turns: TurnQueue, settings: WorkspaceSettings, trust: Trust, missed: Missed
    ) -> None:
        self._turns = turns
        self._trust = trust
        self._settings = settings
        self.missed = missed
        self._lines = Lines()
        self._told = Recent(TOLD_AGAIN_AFTER)
        self._stored = Recent(STORED_FOR)

    async def said(self, said: discord.Message, me: int) -> None:
        self.missed.told(said)
        if not may_concern_us(said, me):
            return
        if is_direct(said):
            self.missed.met(said.author.id, said.channel.id)
        if self._stored.is_repeat(said.id):
            return
        try:
            async with self._lines.of(said.channel.id):
                await _insist(lambda: self._store(said, me))
        except BaseException:
            self._stored.undone(said.id)
            raise

    async def edited(self, said: discord.Message, me: int) -> None:
        """The text of a message became another; a preview that appeared is none."""
        if said.edited_at is None or not may_concern_us(said, me):
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
