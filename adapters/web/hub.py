"""The rooms of this process: opened when somebody watches or a reply begins, dropped when idle."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from adapters.web.cards import restore
from adapters.web.room import Room, stored_page
from bot.conversation import Audience, ConversationKey, TranscriptEntry
from bot.ports import Page, TalentRepository, TurnQueue, UnavailableError

TRANSCRIPT_TURNS = 60
"""How far back a page shows a conversation."""
IDLE_ROOMS = 256
"""Rooms kept although nobody watches and nothing runs, so that a reload is quick."""
REFRESH_SECONDS = 2.0
"""How soon a page shows what becomes of its open turns elsewhere: in another replica, or dead."""

_log = structlog.get_logger(__name__)


class Hub:
    def __init__(self, turns: TurnQueue, talents: TalentRepository) -> None:
        self._turns = turns
        self._talents = talents
        self._rooms: OrderedDict[ConversationKey, Room] = OrderedDict()

    def room(self, conversation: ConversationKey) -> Room:
        """The room as this process knows it; empty if it knows nothing."""
        room = self._rooms.get(conversation)
        if room is None:
            room = self._rooms[conversation] = Room(conversation)
        self._rooms.move_to_end(conversation)
        return room

    @asynccontextmanager
    async def watch(self, conversation: ConversationKey) -> AsyncIterator[Room]:
        """The room with what is stored of it; `UnavailableError` where that cannot be read."""
        room = self.room(conversation)
        room.enter()
        try:
            await self.refresh(room)
            yield room
        finally:
            room.leave()
            self._drop_idle()

    async def refresh(self, room: Room) -> None:
        """Bring a room up to the stored transcript."""
        transcript = await self._turns.transcript(room.conversation, limit=TRANSCRIPT_TURNS)
        if transcript is None:  # all of it was forgotten, or nothing was stored yet
            room.merge([])
            return
        audience, entries = transcript
        room.merge([(entry, await self._page(room, audience, entry)) for entry in entries])

    async def refresh_all(self) -> None:
        """The rooms that somebody watches; the others are read when somebody does."""
        for room in [room for room in self._rooms.values() if room.watchers]:
            await self.refresh(room)

    async def keep_fresh(self) -> None:
        """Until cancelled: show on open pages what becomes of turns that run elsewhere."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            for room in [room for room in self._rooms.values() if room.watchers]:
                if not any(turn.is_elsewhere for turn in room.turns.values()):
                    continue
                try:
                    await self.refresh(room)
                except UnavailableError as error:
                    _log.debug("conversation_not_refreshed", reason=str(error))

    async def _page(self, room: Room, audience: Audience, entry: TranscriptEntry) -> Page | None:
        if room.knows_better(entry):
            return None
        page = stored_page(entry)
        if page and entry.outcome:
            page = replace(page, matches=await restore(self._talents, audience, entry.outcome))
        return page

    def _drop_idle(self) -> None:
        idle = [
            key
            for key, room in self._rooms.items()
            if not room.watchers and not room.has_open_turns
        ]
        for key in idle[: max(0, len(idle) - IDLE_ROOMS)]:
            del self._rooms[key]
