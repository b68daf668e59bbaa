"""A search by one person in Discord: begun, turned page by page, changed, shared."""

from __future__ import annotations

import structlog

from adapters.acts import DropFilter, PageSearch, ShareSearch
from adapters.chips import without
from adapters.discord import answers, results
from adapters.discord.access import Act, Asker, find_asker
from adapters.discord.answers import Answer, Look
from adapters.discord.events import PLATFORM
from adapters.discord.settings import GuildSettings
from adapters.discord.trust import Trust
from adapters.edges import Ports
from adapters.recent import Recent
from adapters.searches import Searches, today
from bot.conversation import Access, ConversationKey
from bot.stores import SavedSearch
from bot.talent import TalentQuery

log = structlog.get_logger(__name__)

MAY_NOT_POST = "You may not write in this channel, so I cannot share it here for you."
NOT_FOR_ALL = "Not everybody in this channel may see that, so I do not share it here."
OTHER_CHANNELS = "The server's admins let me write in other channels only: share it there."
SHARED_FOR_SECONDS = 3600.0
"""For how long sharing the same page again is taken for a double click."""


class Searching:
    def __init__(self, ports: Ports, trust: Trust) -> None:
        self._ports = ports
        self._trust = trust
        self._searches = Searches(ports, PLATFORM)
        self._shared = Recent(SHARED_FOR_SECONDS)

    async def begin(self, asker: Asker, query: TalentQuery) -> Look:
        """The first page of a new search."""
        search_id = await self._ports.searches.save(asker.alone, asker.channel, query, asker.author)
        return await self.page(asker, query, search_id, 0)

    async def page(
        self,
        asker: Asker,
        query: TalentQuery,
        search_id: str,
        page: int,
        *,
        is_shared: bool = False,
    ) -> Look:
        """One page, as the asker may see it now."""
        found = await self._searches.page(asker.alone, query, page)
        listed, like = await self.listed(asker), await self._like(asker, query)
        return lambda photos: results.results(
            found,
            search_id=search_id,
            today=today(),
            is_team=asker.is_team,
            listed=listed,
            like=like,
            photos=photos,
            is_shared=is_shared,
        )

    async def listed(self, asker: Asker) -> frozenset[str]:
        """The ids of the talents on the channel's shortlist, which is the team's."""
        if not asker.is_team:
            return frozenset()
        return await self._searches.listed(asker.alone, asker.channel)

    async def _like(self, asker: Asker, query: TalentQuery) -> str:
        """The name of the one whose likes are looked for, if that is so."""
        if not query.similar_to:
            return ""
        found = await self._ports.talents.get(asker.alone, [query.similar_to])
        return found[0].name if found else ""

    async def turn(self, click: Act, act: PageSearch) -> Answer:
        asker, saved = await self._saved(click, act.search_id)
        if saved is None:
            return _expired(asker)
        return await self.page(asker, saved.query, act.search_id, act.page)

    async def drop(self, click: Act, act: DropFilter) -> Answer:
        """The search without a piece of what was understood."""
        asker, saved = await self._saved(click, act.search_id)
        if saved is None:
            return _expired(asker)
        return await self.begin(asker, without(saved.query, act))

    async def share(self, click: Act, act: ShareSearch) -> Answer:
        """Post the page in the channel, as everybody there may see it: searched anew for them.
        What the asker's own message then shows."""
        asker, saved = await self._saved(click, act.search_id)
        if saved is None:
            return _expired(asker)
        if refusal := await self._may_not(click, asker.channel):
            return refusal
        look = await self._for_all(asker, saved, act.page)
        if look is None:
            return NOT_FOR_ALL
        if not self._shared.is_repeat(act):
            try:
                await answers.in_channel(click, look)
            except BaseException:
                self._shared.undone(act)
                raise
        return await self.page(asker, saved.query, act.search_id, act.page, is_shared=True)

    async def _for_all(self, asker: Asker, saved: SavedSearch, page: int) -> Look | None:
        """What everybody there may see of it; `None` where that is nothing."""
        query, there = saved.query, asker.there
        if query.similar_to and not await self._ports.talents.get(there, [query.similar_to]):
            return None
        found = (await self._searches.page(there, query, page)).result
        if not found.matches:
            return None
        return lambda photos: results.shared(
            found,
            by=asker.author.name,
            today=today(),
            is_team=there.access is Access.TEAM,
            photos=photos,
        )

    async def _may_not(self, click: Act, channel: ConversationKey) -> str:
        """Why nothing is posted there, if so: people write through us only where they may."""
        if click.guild_id is None:
            return ""
        may = click.permissions
        if not (may.send_messages_in_threads if channel.thread else may.send_messages):
            return MAY_NOT_POST
        settings = GuildSettings.of(
            await self._ports.workspace_settings.read(PLATFORM, channel.workspace)
        )
        return "" if settings.answers_in(channel.channel) else OTHER_CHANNELS

    async def _saved(self, click: Act, search_id: str) -> tuple[Asker, SavedSearch | None]:
        asker = await find_asker(click, self._trust)
        key = asker.channel
        saved = await self._searches.saved(
            key.workspace, asker.author.external_id, key.channel, search_id
        )
        return asker, saved


def _expired(asker: Asker) -> Look:
    log.info("discord_search_expired", guild=asker.channel.workspace)
    return lambda _: results.expired()
