"""How a page of a reply is shown: as well as Slack takes it, with what is shortlisted marked so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TypeAlias
from uuid import UUID

from adapters.slack import inert
from adapters.slack.parts import SECTION_LIMIT
from adapters.slack.reply_view import Shown, show
from adapters.slack.rich_text import Element
from bot.ports import Page, UnavailableError

WhichListed: TypeAlias = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Those of these talents that are on the channel's shortlist. Raises `UnavailableError`."""

LOOK_UP_WITHIN = 0.5
"""Seconds that a reply's end waits to learn who is shortlisted already. Where it does not learn it
☆ is offered once more, which does no harm."""


async def nobody(talent_ids: Sequence[str]) -> Collection[str]:
    """`WhichListed` where there is no shortlist."""
    return ()


class Looks:
    """The looks of one reply's pages."""

    def __init__(self, turn_id: UUID, which_listed: WhichListed) -> None:
        self._turn_id = turn_id
        self._which_listed = which_listed
        self._listed: Collection[str] = ()
        self._left = [self._with_photos, self._without_photos, self._plain]

    async def show(self, page: Page) -> Shown:
        """The page in the best look that is left."""
        if page.matches:
            ids = [match.talent.id for match in page.matches]
            with suppress(UnavailableError, TimeoutError):
                async with asyncio.timeout(LOOK_UP_WITHIN):
                    self._listed = await self._which_listed(ids)
        return self._left[0](page)

    def simplify(self) -> None:
        """Slack took offence at the blocks: from now on a simpler look, if there is one left."""
        if len(self._left) > 1:
            del self._left[0]

    def _with_photos(self, page: Page) -> Shown:
        return show(page, self._turn_id, today=_today(), listed=self._listed)

    def _without_photos(self, page: Page) -> Shown:
        return show(page, self._turn_id, today=_today(), listed=self._listed, photos=False)

    def _plain(self, page: Page) -> Shown:
        """The words alone, in blocks that nothing can be wrong with."""
        said = "\n\n".join(part for part in (page.text, page.notice) if part.strip())
        words = inert.plain(said) or "…"
        starts = range(0, len(words), SECTION_LIMIT)
        sections = [_section(words[start : start + SECTION_LIMIT]) for start in starts]
        return Shown(sections, self._without_photos(page).text)


def _section(words: str) -> Element:
    text = {"type": "plain_text", "text": words, "emoji": False}
    return {"type": "section", "text": text}


def _today() -> date:
    return datetime.now(UTC).date()
