"""A search and what it found: what was understood, cards, paging.

Seen by the asker alone, with what changes it; `shared` is what a channel sees of it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import discord

from adapters.acts import (
    DropFilter,
    PageSearch,
    ShareSearch,
    ShortlistTalent,
    ShowTalent,
    UnlistTalent,
)
from adapters.chips import Chip, chips
from adapters.discord import card, layouts, markdown
from adapters.discord.layouts import Item, Option
from adapters.searches import FoundPage, is_unclear, lead
from bot.offline.phrases import query_in_words
from bot.talent import SearchResult

LIST = "list_found"
"""The menu that puts a talent found on the channel's shortlist, or takes it off: with it go the
search's id and the page, and what is chosen is an act."""
_HEAD_LIMIT, _CARDS_LIMIT, _CARD_LIMIT = 900, 3_000, 600
_CHIP = 60
_NOBODY = (
    "Nobody to show for this. Drop a filter below or ask for less; if the roster is new, import one"
    " with `castmatch talent import FILE`."
)


def results(
    found: FoundPage,
    *,
    search_id: str,
    today: date,
    is_team: bool,
    listed: Collection[str] = (),
    like: str = "",
    photos: bool = True,
    is_shared: bool = False,
) -> discord.ui.LayoutView:
    """One page. `listed` are the ids of talents on the channel's shortlist, `like` is the name of
    the one whose likes are looked for; `is_shared`: it was just posted in the channel."""
    result, page, pages = found
    understood = chips(result.query, today=today, like=like)
    shown = _cards(result, today, is_team=is_team, listed=listed, photos=photos)
    if pages > 1:
        shown.append(layouts.words(f"-# Page {page + 1} of about {pages}"))
    menus = [
        *layouts.menu(f"{ShowTalent.name}:", "Look at a talent…", _talents(result)),
        *(_list_menu(result, f"{search_id}:{page}", listed) if is_team else ()),
        *layouts.menu(f"{DropFilter.name}:{search_id}", "Drop a filter…", _filters(understood)),
    ]
    return layouts.message(
        layouts.frame(_framed(_understood(understood), result, shown)),
        *menus,
        *_buttons(found, search_id, is_shared=is_shared),
        *([layouts.words("-# Shared in this channel, as everybody here may see it.")] * is_shared),
    )


def shared(
    found: SearchResult,
    *,
    by: str,
    today: date,
    is_team: bool,
    listed: Collection[str] = (),
    photos: bool = True,
) -> discord.ui.LayoutView:
    """What a channel sees of a search that `by` shares; each may look at the talents."""
    asked = " ".join(markdown.render(query_in_words(found.query), limit=_HEAD_LIMIT // 2).split())
    head = f"-# Shared by {markdown.plain(by, 80) or 'somebody'}: {asked}"
    cards = _cards(found, today, is_team=is_team, listed=listed, photos=photos)
    return layouts.message(
        layouts.frame(_framed(head, found, cards)),
        *layouts.menu(f"{ShowTalent.name}:", "Look at a talent…", _talents(found)),
    )


def expired() -> discord.ui.LayoutView:
    """A button of a search that is not kept any more."""
    said = "This search has expired. Ask again with `/talent search`."
    return layouts.message(layouts.words(said))


def _understood(understood: list[Chip]) -> str:
    said = "  ·  ".join(markdown.plain(chip.label, _CHIP) for chip in understood)
    return f"-# Understood:  {markdown.cut(said, _HEAD_LIMIT // 2)}" if said else ""


def _framed(head: str, found: SearchResult, shown: list[Item]) -> list[Item]:
    said = markdown.render(lead(found, nobody=_NOBODY), limit=_HEAD_LIMIT - len(head) - 1)
    first = "\n".join(filter(None, [head, said]))
    return [*([layouts.words(first)] if first else []), *shown]


def _cards(
    found: SearchResult, today: date, *, is_team: bool, listed: Collection[str], photos: bool
) -> list[Item]:
    matches = () if is_unclear(found) else found.matches
    limit = min(_CARD_LIMIT, _CARDS_LIMIT // max(1, len(matches)))
    shown: list[Item] = []
    for match in matches:
        said = card.text(
            match,
            today=today,
            is_team=is_team,
            is_listed=match.talent.id in listed,
            limit=limit,
        )
        shown += [layouts.rule(), layouts.pictured(said, match.talent, photos=photos)]
    return shown


def _talents(found: SearchResult) -> list[Option]:
    matches = () if is_unclear(found) else found.matches
    return [option for match in matches for option in layouts.talent_option(match.talent)]


def _list_menu(found: SearchResult, value: str, listed: Collection[str]) -> list[Item]:
    matches = () if is_unclear(found) else found.matches
    options = []
    for match in matches:
        is_on = match.talent.id in listed
        act = UnlistTalent(match.talent.id) if is_on else ShortlistTalent(match.talent.id)
        options += layouts.talent_option(
            match.talent, before="★ " if is_on else "☆ ", value=f"{act.name}:{act.value}"
        )
    return layouts.menu(f"{LIST}:{value}", "Shortlist, or take off…", options)


def _filters(understood: list[Chip]) -> list[Option]:
    """Each piece that was understood, to be dropped. The value is the act's, without the search."""
    found = {
        chip.act("").value.removeprefix(":"): markdown.cut(" ".join(chip.label.split()), 100) or "?"
        for chip in understood
    }
    return [discord.SelectOption(label=label, value=value) for value, label in found.items()]


def _buttons(found: FoundPage, search_id: str, *, is_shared: bool) -> list[Item]:
    result, page, pages = found
    before, after = PageSearch(search_id, page - 1), PageSearch(search_id, page + 1)
    may_share = bool(result.matches) and not is_unclear(result) and not is_shared
    return layouts.buttons(
        layouts.button(before, "‹ Previous") if page > 0 else None,
        layouts.button(after, "Next ›") if page + 1 < pages else None,
        layouts.button(ShareSearch(search_id, page), "Share in channel", is_main=True)
        if may_share
        else None,
    )
