"""Consolidation in the background: what has faded goes, and what a channel no longer keeps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from memory.breaker import RedisAwayError

if TYPE_CHECKING:
    from pydantic import JsonValue

    from db.memory_tending import TendingRows
    from memory.working import WorkingMemory


class Tending:
    """`db.memory_tending.TEND_MEMORY`. It may be cut off anywhere and run again."""

    def __init__(self, rows: TendingRows, working: WorkingMemory) -> None:
        self._rows = rows
        self._working = working

    async def begin(self) -> None:
        """See that every organisation's job waits."""
        await self._rows.begin()

    async def job(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """The handler: once through, and again in an hour."""
        await self._rows.fade(org_id)
        for channel, days in await self._rows.channels(org_id):
            is_done = False
            while not is_done:
                conversations, is_done = await self._rows.empty_older(org_id, channel, days)
                with suppress(RedisAwayError):  # the rows' transaction has left a job for it
                    await self._working.forget_all(org_id, conversations)
        await self._rows.again(org_id)
