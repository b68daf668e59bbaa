"""A search by one person, the same on every platform: kept for its buttons, found page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from adapters.edges import Ports
from bot.conversation import Audience, ConversationKey
from bot.offline.replies import nothing_near, relaxed_lead, unclear
from bot.stores import SavedSearch
from bot.talent import Filters, SearchResult, Talent, TalentQuery

PAGE_SIZE = 5
"""Talents on a page: what is seen without much scrolling."""
MOST_PAGES = 10
"""What is further down fits so little that a filter helps more. The same number is searched for
each page, so that the pages don't shift."""
_NAMES = 8


def today() -> date:
    """The day by which dates without a year are read."""
    return datetime.now(UTC).date()


class FoundPage(NamedTuple):
    """One page of what a search found: `result` has the matches of this page only."""

    result: SearchResult
    page: int
    """From 0."""
    pages: int
    """About how many there are."""


class NotTheirsError(Exception):
    """A button that this person was never shown; `str()` is for the log."""


class Searches:
    """What people of one platform look for in the roster."""

    def __init__(self, ports: Ports, platform: str) -> None:
        self._ports = ports
        self._platform = platform

    async def saved(
        self, workspace: str, person: str, channel: str, search_id: str
    ) -> SavedSearch | None:
        """The search behind a button; `None` where it has expired. `NotTheirsError` where it is
        somebody else's, or of another channel."""
        saved = await self._ports.searches.find(self._platform, workspace, search_id)
        if saved is None:
            return None
        if saved.owner.external_id != person:
            raise NotTheirsError("a search of somebody else")
        if channel and saved.channel.channel != channel:
            raise NotTheirsError("a search of another channel")
        return saved

    async def page(self, audience: Audience, query: TalentQuery, page: int) -> FoundPage:
        """A page of what is found; the last one where there are not so many."""
        found = await self._ports.talents.search(audience, query, limit=PAGE_SIZE * MOST_PAGES)
        pages = max(1, -(-len(found.matches) // PAGE_SIZE))
        page = min(page, pages - 1)
        shown = found.matches[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
        return FoundPage(found.model_copy(update={"matches": shown}), page, pages)

    async def listed(self, audience: Audience, channel: ConversationKey) -> frozenset[str]:
        """The ids of the talents on the channel's shortlist."""
        listed = await self._ports.shortlists.listed(audience, channel)
        return frozenset(each.talent.id for each in listed)

    async def named(self, audience: Audience, name: str) -> list[Talent]:
        """The one of that id or whole name, else those whose names resemble it."""
        found = list(await self._ports.talents.get(audience, [name]))
        if found:
            return found
        found = list(await self._ports.talents.find_by_name(audience, name, limit=_NAMES))
        exact = [talent for talent in found if talent.name.casefold() == name.casefold()]
        return exact or found


def lead(found: SearchResult, *, nobody: str) -> str:
    """What has to be said before the matches, if anything, in Markdown. `nobody` is said where the
    roster has none to show."""
    if is_unclear(found):
        return nothing_near(found.query.text) if found.query.text.strip() else unclear()
    if not found.matches:
        return nobody
    return relaxed_lead(found) if found.relaxed else ""


def is_unclear(found: SearchResult) -> bool:
    """Whether nothing was asked for, or only words that are nowhere in the roster."""
    query = found.query
    gave_all_up = "text" in found.relaxed and query.filters == Filters() and not query.similar_to
    return query.is_empty or gave_all_up


def nearest_note(name: str, talent: Talent) -> str:
    """What to say of a talent who was asked for by another name."""
    names = {each.casefold() for each in (talent.name, *talent.other_names)}
    is_exact = name == talent.id or name.casefold() in names
    return "" if is_exact else f"Nobody is called exactly “{name}”; this is the nearest name."
