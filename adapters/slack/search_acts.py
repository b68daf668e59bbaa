"""What the buttons of a search do: turn its pages, drop a filter, share it in the channel."""

from __future__ import annotations

from dataclasses import replace

import structlog

from adapters.acts import DropFilter, PageSearch, ShareSearch
from adapters.chips import without
from adapters.slack import parts, results
from adapters.slack.answers import Answers, Look
from adapters.slack.asker import Asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.reply_view import Shown
from adapters.slack.rich_text import Element
from adapters.slack.searching import Searching, is_of_all
from bot.stores import SavedSearch

log = structlog.get_logger(__name__)

NOT_SHARED = "I cannot post in this channel. Add me to it (`/invite`), then share again."
SHARED_FOR_SECONDS = 3600.0
"""For how long sharing the same page again is taken for a double click."""


class SearchActs:
    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._searches = parts.ports.searches
        self._answers = answers
        self._searching = Searching(parts.ports)
        self._repeats = parts.ports.repeats

    async def do(
        self, did: Interaction, asker: Asker, act: PageSearch | ShareSearch | DropFilter
    ) -> None:
        """`NotTheirsError` where the search is somebody else's."""
        saved = await self._searching.saved(did, act.search_id)
        if saved is None:
            await expired(self._answers, did)
            return
        did = replace(did, thread=did.thread or saved.channel.thread)
        match act:
            case PageSearch(search_id, page):
                look = await self._searching.page(asker, saved, search_id, page)
                await self._answers.in_place(did, look)
            case DropFilter():
                query = without(saved.query, act)
                look = await self._searching.begin(
                    asker, saved.channel, query, of_all=is_of_all(saved)
                )
                await self._answers.in_place(did, look)
            case ShareSearch():
                await self._share(did, asker, saved, act)

    async def _share(
        self, did: Interaction, asker: Asker, saved: SavedSearch, act: ShareSearch
    ) -> None:
        click = f"slack share {did.team} {act.value}"
        if await self._repeats.is_repeat(click, within=SHARED_FOR_SECONDS):
            return
        try:
            look = await self._searching.shared(asker, saved, act.page)
            is_shared = await self._answers.in_channel(did, look)
        except BaseException:
            await self._repeats.undone(click)
            raise
        if is_shared:
            page = await self._searching.page(asker, saved, act.search_id, act.page)
            await self._answers.in_place(did, _marked_shared(page))
        else:
            await self._repeats.undone(click)
            await self._answers.tell(did, NOT_SHARED)


async def expired(answers: Answers, did: Interaction) -> None:
    """Say that the search is not kept any more, in place of what nobody can go on with."""
    log.info("slack_search_expired", workspace=did.team)
    look: Look = lambda _: results.expired()  # noqa: E731 - a type for it
    if not (did.is_theirs_alone and await answers.in_place(did, look)):
        await answers.privately(did, look)


def _marked_shared(look: Look) -> Look:
    """The page without its share button, saying that it was shared."""

    def marked(photos: bool) -> Shown:
        blocks, text = look(photos)
        said = parts.context("Shared in the channel, as everybody there may see it.")
        return Shown([*(_unshared(block) for block in blocks), said], text)

    return marked


def _unshared(block: Element) -> Element:
    if block.get("type") != "actions":
        return block
    left = [each for each in block["elements"] if each["action_id"] != ShareSearch.name]
    return {**block, "elements": left}
