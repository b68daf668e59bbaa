"""A search and what it found: chips, cards, paging.

Seen by the asker alone, with buttons that change it; `shared` is what a channel sees of it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from adapters.acts import OpenFilters, PageSearch, ShareSearch
from adapters.chips import chips
from adapters.searches import is_unclear, lead
from adapters.slack import card, inert, markdown, parts
from adapters.slack.reply_view import Shown
from adapters.slack.rich_text import Element
from bot.offline.phrases import query_in_words
from bot.talent import SearchResult, TalentQuery

_MOST_CHIPS = 20
_CHIP_LIMIT = 60
_PROSE_LIMIT = 1_500
_CARDS_LIMIT = 4_000
_NOBODY = (
    "Nobody to show for this. Drop a filter above or edit the filters; if the roster is new,"
    " import one with `castmatch talent import FILE`."
)


def results(
    found: SearchResult,
    *,
    search_id: str,
    page: int,
    pages: int,
    today: date,
    listed: Collection[str] = (),
    photos: bool = True,
) -> Shown:
    """One page of what a search found. `found` has the matches of this page only.

    `page` counts from 0; `pages` is about how many there are; `listed` are the ids of talents on
    the channel's shortlist.
    """
    blocks = [
        *_understood(found.query, search_id, today),
        *_lead(found),
        *_cards(found, today, listed, photos=photos),
    ]
    if pages > 1:
        blocks.append(parts.context(f"Page {page + 1} of about {pages}"))
    blocks.append(_buttons(search_id, page, pages, may_share=bool(found.matches)))
    return Shown(blocks, _fallback(found))


def shared(
    found: SearchResult,
    *,
    by: str,
    today: date,
    listed: Collection[str] = (),
    photos: bool = True,
) -> Shown:
    """What a channel sees of a search that `by` shares: no chips, no paging."""
    said = f"Shared by {inert.line(by, 80) or 'somebody'}: {_asked(found.query)}"
    blocks = [
        parts.context(inert.mrkdwn_line(said, _PROSE_LIMIT)),
        *_lead(found),
        *_cards(found, today, listed, photos=photos),
    ]
    return Shown(blocks, _fallback(found))


def expired() -> Shown:
    """A button of a search that is not kept any more."""
    said = "This search has expired. Ask again with `/talent` and a description."
    return Shown([parts.section(said)], said)


def _understood(query: TalentQuery, search_id: str, today: date) -> list[Element]:
    found = chips(query, today=today)
    if not found:
        return []
    buttons = [
        parts.button(
            f"{inert.line(chip.label, _CHIP_LIMIT)} ✕",
            chip.act(search_id),
            n,
            spoken=f"Drop {chip.label}",
        )
        for n, chip in enumerate(found[:_MOST_CHIPS])
    ]
    more = len(found) - _MOST_CHIPS
    hidden = f"; {more} more are under Edit filters" if more > 0 else ""
    said = f"Understood as (press one to drop it{hidden}):"
    return [parts.context(said), parts.actions(buttons)]


def _lead(found: SearchResult) -> list[Element]:
    """What has to be said before the cards, if anything."""
    return _prose(lead(found, nobody=_NOBODY))


def _prose(said: str) -> list[Element]:
    return markdown.blocks(said, growing=False, most_blocks=5, most_characters=_PROSE_LIMIT)


def _cards(
    found: SearchResult, today: date, listed: Collection[str], *, photos: bool
) -> list[Element]:
    matches = () if is_unclear(found) else found.matches
    limit = min(card.CARD_LIMIT, _CARDS_LIMIT // max(1, len(matches)))
    return [
        block
        for match in matches
        for block in card.card(
            match,
            today=today,
            is_listed=match.talent.id in listed,
            photos=photos,
            limit=limit,
        )
    ]


def _buttons(search_id: str, page: int, pages: int, *, may_share: bool) -> Element:
    buttons = []
    if page > 0:
        buttons.append(parts.button("‹ Previous", PageSearch(search_id, page - 1), 0))
    if page + 1 < pages:
        buttons.append(parts.button("Next ›", PageSearch(search_id, page + 1), 1))
    if may_share:
        buttons.append(parts.button("Share in channel", ShareSearch(search_id, page)))
    return parts.actions([*buttons, parts.button("Edit filters", OpenFilters(search_id))])


def _fallback(found: SearchResult) -> str:
    lead = markdown.in_plain(_lead(found)) or f"Found {_asked(found.query)}:"
    matches = () if is_unclear(found) else found.matches
    lines = [lead, *(card.in_a_line(match) for match in matches)]
    return inert.fallback("\n".join(lines))


def _asked(query: TalentQuery) -> str:
    """Who is looked for, as plain text on one line."""
    return " ".join(markdown.in_plain(_prose(query_in_words(query))).split())
