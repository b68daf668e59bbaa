"""What people do with talents: what commands show, and what buttons and menus do then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from adapters.acts import (
    DropFilter,
    PageSearch,
    ShareSearch,
    ShortlistTalent,
    ShowTalent,
    SimilarTalents,
    UnknownActError,
    UnlistTalent,
    decode,
    decode_as,
)
from adapters.discord import answers, layouts, profiles, results
from adapters.discord.access import Asker, find_asker
from adapters.discord.answers import Answer
from adapters.discord.clicks import GONE, Click, Handler, SomebodyElsesError, chosen
from adapters.discord.completing import Completing
from adapters.discord.events import PLATFORM
from adapters.discord.searching import Searching
from adapters.discord.trust import Trust
from adapters.edges import Ports
from adapters.searches import Searches, today
from bot.stores import TalentGoneError
from bot.talent import Talent, TalentQuery

Change: TypeAlias = ShortlistTalent | UnlistTalent
Shows: TypeAlias = Callable[[Asker], Awaitable[Answer]]


class TalentActs:
    """`handlers` are for `Clicks`."""

    def __init__(self, ports: Ports, trust: Trust) -> None:
        self._ports = ports
        self._trust = trust
        self._searches = Searches(ports, PLATFORM)
        self.completing = Completing(ports.talents, trust)
        self.searching = Searching(ports, trust)
        self.handlers: Mapping[str, Handler] = {
            PageSearch.name: self._turn,
            DropFilter.name: self._drop,
            ShareSearch.name: self._share,
            ShowTalent.name: self._show,
            SimilarTalents.name: self._similar,
            ShortlistTalent.name: self._list,
            UnlistTalent.name: self._take_off,
            results.LIST: self._list_found,
            profiles.UNLIST: self._unlist,
        }

    async def _turn(self, click: Click, value: str) -> None:
        act = decode_as(PageSearch, value)
        await answers.in_place(click, self.searching.turn(click, act))

    async def _drop(self, click: Click, value: str) -> None:
        act = decode_as(DropFilter, f"{value}:{chosen(click)}")
        await answers.in_place(click, self.searching.drop(click, act))

    async def _share(self, click: Click, value: str) -> None:
        act = decode_as(ShareSearch, value)
        await click.response.defer()
        await answers.in_place(click, self.searching.share(click, act))

    async def _show(self, click: Click, value: str) -> None:
        act = decode_as(ShowTalent, value or chosen(click))

        async def look() -> Answer:
            return await self._shown_anew(act.talent_id)(await self.asker(click))

        await answers.privately(click, look())

    async def _similar(self, click: Click, value: str) -> None:
        act = decode_as(SimilarTalents, value)

        async def find() -> Answer:
            asker = await self.asker(click)
            if not await self._ports.talents.get(asker.alone, [act.talent_id]):
                return GONE
            return await self.searching.begin(asker, TalentQuery(similar_to=act.talent_id))

        await answers.privately(click, find())

    async def _list(self, click: Click, value: str) -> None:
        await self._change_on_profile(click, decode_as(ShortlistTalent, value))

    async def _take_off(self, click: Click, value: str) -> None:
        await self._change_on_profile(click, decode_as(UnlistTalent, value))

    async def _change_on_profile(self, click: Click, act: Change) -> None:
        await answers.in_place(click, self._changed(click, act, self._shown_anew(act.talent_id)))

    async def _list_found(self, click: Click, value: str) -> None:
        on = decode_as(PageSearch, value)

        async def page(asker: Asker) -> Answer:
            return await self.searching.turn(click, on)

        await answers.in_place(click, self._changed(click, _chosen_change(click), page))

    async def _unlist(self, click: Click, value: str) -> None:
        await answers.in_place(
            click, self._changed(click, UnlistTalent(chosen(click)), self.shortlist)
        )

    async def shortlist(self, asker: Asker) -> Answer:
        """The channel's shortlist."""
        listed = await self._ports.shortlists.listed(asker.alone, asker.channel)
        if not listed:
            return lambda _: layouts.message(layouts.words(profiles.NOBODY_LISTED))
        return lambda _: profiles.shortlist(listed, today=today())

    async def profile(self, asker: Asker, talent: Talent, note: str = "") -> Answer:
        listed = await self.searching.listed(asker)
        return lambda photos: profiles.profile(
            talent,
            is_team=asker.is_team,
            is_listed=talent.id in listed,
            note=note,
            photos=photos,
        )

    async def _changed(self, click: Click, act: Change, then: Shows) -> Answer:
        """Change the channel's shortlist, and show what the button stood on as it is then."""
        asker = await self.asker(click)
        if not asker.is_team:
            raise SomebodyElsesError("a shortlist of the community")
        shortlists = self._ports.shortlists
        change = shortlists.add if isinstance(act, ShortlistTalent) else shortlists.remove
        try:
            await change(asker.alone, asker.channel, act.talent_id, asker.author)
        except TalentGoneError:
            return GONE
        return await then(asker)

    async def asker(self, click: Click) -> Asker:
        """Whoever acts."""
        return await find_asker(click, self._trust)

    async def named(self, asker: Asker, name: str) -> list[Talent]:
        """The one of that id or whole name, else those whose names resemble it."""
        return await self._searches.named(asker.alone, name)

    def _shown_anew(self, talent_id: str) -> Shows:
        async def show(asker: Asker) -> Answer:
            found = await self._ports.talents.get(asker.alone, [talent_id])
            return await self.profile(asker, found[0]) if found else GONE

        return show


def _chosen_change(click: Click) -> Change:
    name, _, value = chosen(click).partition(":")
    act = decode(name, value)
    if not isinstance(act, ShortlistTalent | UnlistTalent):
        raise UnknownActError("a menu carries what none does")
    return act
