"""What is remembered of a person, wherever it is kept: shown to them, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, JsonValue

from bot.stores import Forgotten, Person
from memory.breaker import RedisAwayError

if TYPE_CHECKING:
    from db.people import PeopleRows
    from memory.working import WorkingMemory


class _Again(BaseModel):
    """The payload of a `db.forgetting.FORGET_PERSON` job."""

    users: Sequence[UUID] = ()
    turns: Sequence[UUID] = ()
    heard: Sequence[UUID] = ()
    conversations: Sequence[str] = ()


class People:
    """`bot.stores.People`: the rows first, then the copies in Redis.

    Both again a little later, by a job that the rows' transaction has left: Redis may be away, the
    process may die between the two, and somebody may have pressed "try again" at that moment.
    """

    def __init__(self, rows: PeopleRows, memory: WorkingMemory) -> None:
        self._rows = rows
        self._memory = memory

    async def known(self, platform: str, workspace: str, external_id: str) -> Person | None:
        return await self._rows.known(platform, workspace, external_id)

    async def lately(self, platform: str, *, limit: int) -> Sequence[str]:
        return await self._rows.lately(platform, limit=limit)

    async def forget(self, platform: str, workspace: str, external_id: str) -> Forgotten:
        removal = await self._rows.forget(platform, workspace, external_id)
        with suppress(RedisAwayError):
            for org_id, conversations in removal.conversations.items():
                await self._memory.forget_all(org_id, conversations)
        return removal.forgotten

    async def forget_again(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """The job's handler. Where Redis is still away it leaves the same job, however long that
        is: what it kept is there when it comes back."""
        again = _Again.model_validate(payload)
        conversations = await self._rows.empty_again(
            org_id,
            users=again.users,
            turns=again.turns,
            heard=again.heard,
            conversations=again.conversations,
        )
        try:
            await self._memory.forget_all(org_id, conversations)
        except RedisAwayError:
            await self._rows.make_sure_later(org_id, payload)
