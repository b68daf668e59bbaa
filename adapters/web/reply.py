"""One answer on the pages that watch its conversation."""

from __future__ import annotations

import asyncio
import time

from adapters.web.room import Room
from bot.conversation import Turn
from bot.ports import Page, Step

WATCHED_SECONDS = 0.08
"""Between two edits of a reply that somebody watches."""
UNWATCHED_SECONDS = 1.0
RENDER_SHARE = 0.1
"""The most of the time that one reply's Markdown may take; a costly one is edited less often."""


class WebReply:
    """`bot.ports.Reply`. Message ids come from the turn, so posting again after a crash makes no
    second message."""

    page_limit = 1_000_000
    """A page holds any reply whole, so a reply is one message here."""

    def __init__(self, room: Room, turn: Turn) -> None:
        self._room = room
        self._turn = turn
        self._posted = len(turn.message_ids)
        self._changed_at = float("-inf")
        room.begin(turn)

    async def pace(self, step: Step) -> None:
        if step is Step.LAST:
            return
        await self._room.watched(self._remaining(UNWATCHED_SECONDS))
        costs = self._room.render_seconds(self._turn.id) / RENDER_SHARE
        await asyncio.sleep(self._remaining(max(WATCHED_SECONDS, costs)))

    async def post(self, page: Page) -> str:
        message_id = f"{self._turn.id}.{self._posted}"
        self._posted += 1
        self._show(message_id, page)
        return message_id

    async def edit(self, message_id: str, page: Page) -> None:
        self._show(message_id, page)

    async def delete(self, message_id: str) -> None:
        self._room.remove(self._turn.id, message_id)

    async def activity(self, doing: str) -> None:
        self._room.doing(self._turn.id, doing)

    async def close(self) -> None:
        """Nothing is held."""

    def _show(self, message_id: str, page: Page) -> None:
        self._room.show(self._turn.id, message_id, page)
        self._changed_at = time.monotonic()

    def _remaining(self, seconds: float) -> float:
        return max(0.0, self._changed_at + seconds - time.monotonic())
