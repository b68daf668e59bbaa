"""What the model may do, bound to one turn and its audience."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.conversation import Audience
from bot.talent import SearchResult, Talent, TalentQuery

if TYPE_CHECKING:
    from bot.ports import TalentRepository


class ToolError(Exception):
    """A tool was called wrongly or could not answer; `str()` tells the model what to do."""


class Toolbox:
    """The tools of one turn.

    It notes what was found, so that the reply can show cards and the next turn knows what
    "the second one" means: `query` is the last search, `found` every match shown so far.
    """

    def __init__(self, talents: TalentRepository, audience: Audience) -> None:
        self._talents = talents
        self._audience = audience

    async def search(self, query: TalentQuery, *, limit: int = 5) -> SearchResult:
        return await self._talents.search(self._audience, query, limit=limit)

    async def get(self, talent_ids: Sequence[str]) -> Sequence[Talent]:
        return await self._talents.get(self._audience, talent_ids)

    async def find_by_name(self, name: str, *, limit: int = 5) -> Sequence[Talent]:
        return await self._talents.find_by_name(self._audience, name, limit=limit)
