"""A search by one person: run, kept for its buttons, and shown page by page."""

from __future__ import annotations

from adapters.edges import Ports
from adapters.searches import Searches, today
from adapters.slack import results
from adapters.slack.answers import Look
from adapters.slack.asker import Asker
from adapters.slack.events import PLATFORM
from adapters.slack.interaction import Interaction
from adapters.slack.origins import OnPage, with_origin
from adapters.slack.reply_view import Shown
from bot.conversation import ConversationKey, Place
from bot.injection import note_injection
from bot.stores import SavedSearch
from bot.talent import SearchResult, Talent, TalentQuery


class Searching:
    """Searches over the roster, as views."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._searches = Searches(ports, PLATFORM)

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
        found, page, pages = await self._searches.page(audience, saved.query, page)
        note_injection(match.talent for match in found.matches)
        listed = await self._listed(asker, saved, found)
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
        found, _, _ = await self._searches.page(asker.there, saved.query, page)
        note_injection(match.talent for match in found.matches)
        listed = await self._listed(asker, saved, found)

        def look(photos: bool) -> Shown:
            return results.shared(
                found, by=asker.author.name, today=today(), listed=listed, photos=photos
            )

        return look

    async def saved(self, did: Interaction, search_id: str) -> SavedSearch | None:
        """The search behind a button, as `Searches.saved`."""
        return await self._searches.saved(did.team, did.user, did.channel, search_id)

    async def _listed(
        self, asker: Asker, saved: SavedSearch, found: SearchResult
    ) -> frozenset[str]:
        """Those found that are on the channel's shortlist."""
        ids = [match.talent.id for match in found.matches]
        return await self._ports.shortlists.which(asker.there, saved.channel, ids)

    async def named(self, asker: Asker, name: str) -> list[Talent]:
        """The one of that id or whole name, else those whose names resemble it."""
        return await self._searches.named(asker.alone, name)


def is_of_all(saved: SavedSearch) -> bool:
    """Whether a search draws on what everybody in its channel may see, and no more."""
    return saved.audience.place is not Place.DM
