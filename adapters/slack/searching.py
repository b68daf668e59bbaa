"""A search by one person: run, kept for its buttons, and shown page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime

from adapters.edges import Ports
from adapters.slack import results
from adapters.slack.answers import Look
from adapters.slack.asker import Asker
from adapters.slack.events import PLATFORM
from adapters.slack.interaction import Interaction
from adapters.slack.origins import OnPage, with_origin
from adapters.slack.reply_view import Shown
from bot.conversation import Audience, ConversationKey, Place
from bot.stores import SavedSearch
from bot.talent import SearchResult, TalentQuery

MOST_PAGES = 10
"""What is further down fits so little that a filter helps more. The same number is searched for
each page, so that the pages don't shift."""


def today() -> date:
    """The day by which dates without a year are read."""
    return datetime.now(UTC).date()


class Searching:
    """Searches over the roster, as views."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def begin(
        self,
        asker: Asker,
        channel: ConversationKey,
        query: TalentQuery,
        *,
        of_all: bool = False,
    ) -> Look:
        """The first page of a new search. `of_all`: it draws on no more than everybody in the
        channel may see, although it is shown to the asker alone."""
        audience = asker.there if of_all else asker.alone
        search_id = await self._ports.searches.save(audience, channel, query, asker.author)
        saved = SavedSearch(audience, channel, query, asker.author)
        return await self.page(asker, saved, search_id, 0)

    async def page(self, asker: Asker, saved: SavedSearch, search_id: str, page: int) -> Look:
        """One page, as the asker may see it; the last one where there are not so many."""
        audience = asker.there if is_of_all(saved) else asker.alone
        found, page, pages = await self._found(audience, saved.query, page)
        listed = await self.listed(asker.there, saved.channel)
        origin = OnPage(search_id, page)

        def look(photos: bool) -> Shown:
            blocks, text = results.results(
                found,
                search_id=search_id,
                page=page,
                pages=pages,
                today=today(),
                listed=listed,
                photos=photos,
            )
            return Shown(with_origin(blocks, origin), text)

        return look

    async def shared(self, asker: Asker, saved: SavedSearch, page: int) -> Look:
        """The page as everybody in the channel may see it: searched anew for them."""
        found, _, _ = await self._found(asker.there, saved.query, page)
        listed = await self.listed(asker.there, saved.channel)

        def look(photos: bool) -> Shown:
            return results.shared(
                found, by=asker.author.name, today=today(), listed=listed, photos=photos
            )

        return look

    async def saved(self, did: Interaction, search_id: str) -> SavedSearch | None:
        """The search behind a button; `None` where it has expired. `NotTheirsError` where it is
        somebody else's, or of another channel."""
        saved = await self._ports.searches.find(PLATFORM, did.team, search_id)
        if saved is None:
            return None
        if saved.owner.external_id != did.user:
            raise NotTheirsError("a search of somebody else")
        if did.channel and saved.channel.channel != did.channel:
            raise NotTheirsError("a search of another channel")
        return saved

    async def listed(self, audience: Audience, channel: ConversationKey) -> frozenset[str]:
        """The ids of the talents on the channel's shortlist."""
        listed = await self._ports.shortlists.listed(audience, channel)
        return frozenset(each.talent.id for each in listed)

    async def _found(
        self, audience: Audience, query: TalentQuery, page: int
    ) -> tuple[SearchResult, int, int]:
        """A page of what is found, which one it is, and how many there are."""
        size = results.PAGE_SIZE
        found = await self._ports.talents.search(audience, query, limit=size * MOST_PAGES)
        pages = max(1, -(-len(found.matches) // size))
        page = min(page, pages - 1)
        shown = found.matches[page * size : (page + 1) * size]
        return found.model_copy(update={"matches": shown}), page, pages


def is_of_all(saved: SavedSearch) -> bool:
    """Whether a search draws on what everybody in its channel may see, and no more."""
    return saved.audience.place is not Place.DM


class NotTheirsError(Exception):
    """A button that this person was never shown; `str()` is for the log."""
