"""What was said while no session told us. Discord does not tell it later: it is read where it was
said."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias

import aiohttp
import discord
import structlog

from adapters.discord.calls import Calls
from adapters.discord.events import PLATFORM
from adapters.discord.pace import Urgency
from bot.ports import UnavailableError
from bot.stores import People

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(minutes=5)
"""At the start, when we do not know until when we were told."""
OVERLAP = timedelta(seconds=30)
"""For clocks that differ, and what was on its way."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between tries to read a channel."""
MOST_PEOPLE = 100
"""Whose direct messages are looked at: of those who wrote to us last, wherever that was. Discord
does not say with whom we have any, and does not like many to be opened."""
_AT_ONCE = 2
"""Channels that are read side by side: these calls go before all others, which need room too."""
_KEPT, _PAGE = 1_000, 100

Hear: TypeAlias = Callable[[discord.Message], Awaitable[None]]


class Missed:
    """Knows until when a shard's sessions told us everything, and reads what came after."""

    def __init__(self, people: People, calls: Calls) -> None:
        self._people, self._calls = people, calls
        self._direct = _Direct()
        self._heard_until: datetime | None = None
        """By Discord's clock. It stands still while something may be missing."""
        self._sessions, self._is_behind = 0, True
        self._marks: dict[int, int] = {}
        """While something may be missing: up to which message each channel was read."""
        self._task: asyncio.Task[None] | None = None
        self._absent: dict[int, int] = {}
        """Servers that Discord did not tell us of yet, and after what they are to be read."""

    def session_began(self) -> None:
        """A new one, which tells nothing of what was said before it."""
        self._sessions += 1
        self._is_behind = True

    def told(self, said: discord.Message) -> None:
        """The session told us this, and so all that was said before it."""
        if not self._is_behind:
            self._heard_until = max(said.created_at, self._heard_until or said.created_at)

    def met(self, person_id: int, channel_id: int) -> None:
        """They have direct messages with us."""
        self._direct.keep(str(person_id), channel_id)

    async def read(self, client: discord.AutoShardedClient, hear: Hear) -> None:
        """Read what was said since the last session told us all. It goes on where an earlier
        reading, which this one ends, had come to."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.current_task()
        session, began = self._sessions, datetime.now(UTC)
        since = began - LOOK_BACK if self._heard_until is None else self._heard_until - OVERLAP
        after = discord.utils.time_snowflake(since)
        reading = _Reading(client, self._calls, after, self._marks, hear)
        for guild in client.guilds:
            if guild.unavailable:
                self._absent.setdefault(guild.id, after)
        is_all = await reading.all(*(reading.guild(guild) for guild in client.guilds))
        people = await self._writers(client)
        is_all &= people is not None
        is_all &= await reading.all(*(reading.direct(one, self._direct) for one in people or ()))
        if is_all and session == self._sessions:
            self._heard_until, self._is_behind = began, False
            self._marks.clear()

    async def read_late(self, guild: discord.Guild, client: discord.Client, hear: Hear) -> None:
        """A server is there, perhaps one that was not when the session began."""
        if after := self._absent.pop(guild.id, None):
            await _Reading(client, self._calls, after, {}, hear).guild(guild)

    async def _writers(self, client: discord.AutoShardedClient) -> list[str] | None:
        """Whose direct messages are to be read; `None` where our data does not tell."""
        if 0 not in (client.shard_ids or ()):
            return []  # direct messages are told to the first shard
        for pause in PAUSES:
            try:
                return list(await self._people.lately(PLATFORM, limit=MOST_PEOPLE))
            except UnavailableError:
                if client.is_closed():
                    return None  # the next one reads it all
                await asyncio.sleep(pause)
        log.warning("discord_direct_messages_not_read")
        return None


class _Direct:
    """The channels of direct messages, by person. Bounded."""

    def __init__(self) -> None:
        self._channels: OrderedDict[str, int] = OrderedDict()
        self.opening = asyncio.Lock()
        """One is opened at a time."""

    def find(self, person_id: str) -> int | None:
        return self._channels.get(person_id)

    def keep(self, person_id: str, channel_id: int) -> None:
        self._channels[person_id] = channel_id
        self._channels.move_to_end(person_id)
        while len(self._channels) > _KEPT:
            self._channels.popitem(last=False)


class _Reading:
    """Reads what was said after a message's id."""

    def __init__(
        self,
        client: discord.Client,
        calls: Calls,
        after: int,
        marks: dict[int, int],
        hear: Hear,
    ) -> None:
        self._client, self._calls, self._hear = client, calls, hear
        self._after, self._marks = after, marks
        self._limit = asyncio.Semaphore(_AT_ONCE)

    @staticmethod
    async def all(*reads: Awaitable[bool]) -> bool:
        return all(await asyncio.gather(*reads))

    async def guild(self, guild: discord.Guild) -> bool:
        """Read where something was said, as far as we may; whether all of it was read."""
        rooms: list[
            discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
        ] = [*guild.text_channels, *guild.voice_channels, *guild.stage_channels, *guild.threads]
        return await self.all(
            *(
                self._insist(partial(self._read, room, room.id), self._limit)
                for room in rooms
                if (room.last_message_id or 0) > self._read_until(room.id)
                and room.permissions_for(guild.me).read_message_history
            )
        )

    async def direct(self, person_id: str, known: _Direct) -> bool:
        """The same with a person's direct messages."""

        async def open_it() -> None:
            opened = await self._calls.make(
                partial(self._client.http.start_private_message, int(person_id)),
                urgency=Urgency.OVERDUE,
            )
            known.keep(person_id, int(opened["id"]))

        if known.find(person_id) is None and not await self._insist(open_it, known.opening):
            return False
        channel_id = known.find(person_id)
        if channel_id is None:
            return True  # we may not
        private = discord.ChannelType.private
        place = self._client.get_partial_messageable(channel_id, type=private)
        return await self._insist(partial(self._read, place, channel_id), self._limit)

    def _read_until(self, channel_id: int) -> int:
        return max(self._after, self._marks.get(channel_id, 0))

    async def _read(self, place: discord.abc.Messageable, channel_id: int) -> None:
        while True:
            after = self._read_until(channel_id)
            page = await self._calls.make(partial(_page, place, after), urgency=Urgency.OVERDUE)
            for said in page:
                await self._hear(said)
            if page:
                self._marks[channel_id] = page[-1].id
            if len(page) < _PAGE:
                return

    async def _insist(
        self, read: Callable[[], Awaitable[None]], limit: asyncio.Lock | asyncio.Semaphore
    ) -> bool:
        """Try until it works; whether it did, or never will."""
        async with limit:
            for pause in (*PAUSES, None):
                try:
                    await read()
                except (discord.Forbidden, discord.NotFound):
                    return True
                # A client that was closed raises the last of these; the next one reads it all.
                except (discord.HTTPException, aiohttp.ClientError, OSError, RuntimeError) as error:
                    if self._client.is_closed():
                        return False
                    if pause is None:
                        log.warning("discord_channel_not_read", error=type(error).__name__)
                        return False
                    await asyncio.sleep(pause)
                else:
                    return True
        return False


async def _page(place: discord.abc.Messageable, after: int) -> list[discord.Message]:
    history = place.history(limit=_PAGE, after=discord.Object(after), oldest_first=True)
    return [said async for said in history]
