"""A person's say over what is remembered, wherever it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from memory.breaker import RedisAwayError

if TYPE_CHECKING:
    from pydantic import JsonValue

    from bot.conversation import Access, ConversationKey
    from bot.facts import Fact
    from bot.stores import Choices, Forgotten
    from db.memory_export import Exports
    from db.remembered import RememberedRows, Removed
    from memory.working import WorkingMemory


class Memories:
    """`bot.stores.Memories`: the rows first, then the copies in Redis; both again a little later,
    by a job that the rows' transaction has left."""

    def __init__(self, rows: RememberedRows, exports: Exports, working: WorkingMemory) -> None:
        self._rows = rows
        self._exports = exports
        self._working = working

    async def facts(self, platform: str, workspace: str, external_id: str) -> Sequence[Fact]:
        return await self._rows.facts(platform, workspace, external_id)

    async def choices(self, channel: ConversationKey, external_id: str) -> Choices:
        return await self._rows.choices(channel, external_id)

    async def forget_fact(
        self, platform: str, workspace: str, external_id: str, beginning: str
    ) -> Forgotten | None:
        removed = await self._rows.forget_fact(platform, workspace, external_id, beginning)
        return await self._forgotten(removed) if removed else None

    async def said_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Forgotten:
        return await self._rows.said_about(platform, workspace, external_id, words)

    async def forget_about(
        self, platform: str, workspace: str, external_id: str, words: str
    ) -> Forgotten:
        removed = await self._rows.forget_about(platform, workspace, external_id, words)
        return await self._forgotten(removed)

    async def elsewhere(self, platform: str, workspace: str, external_id: str) -> Sequence[str]:
        return await self._rows.elsewhere(platform, workspace, external_id)

    async def export(
        self, platform: str, workspace: str, external_id: str
    ) -> Mapping[str, JsonValue]:
        return await self._exports.of_person(platform, workspace, external_id)

    async def turn_person(
        self,
        platform: str,
        workspace: str,
        external_id: str,
        *,
        on: bool,
        default_access: Access,
    ) -> None:
        await self._rows.turn_person(
            platform, workspace, external_id, on=on, default_access=default_access
        )

    async def turn_channel(
        self, channel: ConversationKey, *, on: bool, default_access: Access
    ) -> None:
        await self._rows.turn_channel(channel, on=on, default_access=default_access)

    async def keep_channel(
        self, channel: ConversationKey, days: int | None, *, default_access: Access
    ) -> None:
        await self._rows.keep_channel(channel, days, default_access=default_access)

    async def _forgotten(self, removed: Removed) -> Forgotten:
        with suppress(RedisAwayError):
            for org_id, conversations in removed.conversations.items():
                await self._working.forget_all(org_id, conversations)
        return removed.forgotten
