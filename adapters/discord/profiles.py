"""A talent's profile, names to choose from, and a channel's shortlist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord

from adapters import talent_words
from adapters.acts import ShortlistTalent, ShowTalent, SimilarTalents, UnlistTalent
from adapters.discord import card, layouts, markdown
from bot.stores import Shortlisted
from bot.talent import Talent

UNLIST = "unlist_from"
"""The menu under a shortlist that takes a talent off."""
NOBODY_LISTED = "Nobody is on this channel's shortlist yet. Choose one below a search's results."
_ASKED_LIMIT, _MOST_LISTED, _LISTED_LIMIT = 100, 25, 3_800


def profile(
    talent: Talent, *, is_team: bool, is_listed: bool = False, note: str = "", photos: bool = True
) -> discord.ui.LayoutView:
    """All of a talent that may be shown; `note` is a sentence before it."""
    said = "\n".join(
        [card.heading(talent, is_listed=is_listed), card.facts(talent, is_team=is_team)]
    )
    change = UnlistTalent(talent.id) if is_listed else ShortlistTalent(talent.id)
    label = "★ Take off the shortlist" if is_listed else "☆ Shortlist"
    return layouts.message(
        *([layouts.words(f"-# {markdown.plain(note, 300)}")] if note else []),
        layouts.frame([layouts.pictured(said, talent, photos=photos)]),
        *layouts.buttons(
            layouts.button(SimilarTalents(talent.id), "More like this"),
            layouts.button(change, label) if is_team else None,
        ),
    )


def candidates(asked: str, found: Sequence[Talent]) -> discord.ui.LayoutView:
    """Names that resemble what was asked, to choose from."""
    called = markdown.plain(asked, _ASKED_LIMIT)
    lines = [f"Several names resemble “{called}”. Whose profile?"]
    lines += [f"- **{card.name(talent)}**  {card.in_short(talent)}".rstrip() for talent in found]
    options = [option for talent in found for option in layouts.talent_option(talent)]
    return layouts.message(
        layouts.words("\n".join(lines)),
        *layouts.menu(f"{ShowTalent.name}:", "Look at a talent…", options),
    )


def shortlist(listed: Sequence[Shortlisted], *, today: date) -> discord.ui.LayoutView:
    """A channel's shortlist, with the newest to look at or take off."""
    newest = listed[-_MOST_LISTED:]
    lines = [_line(each, today) for each in newest]
    while sum(map(len, lines)) + len(lines) > _LISTED_LIMIT:
        newest, lines = newest[1:], lines[1:]
    count = len(listed)
    head = [f"### On this channel's shortlist: {count} talent{'' if count == 1 else 's'}"]
    if count > len(newest):
        head.append(f"-# The newest {len(newest)} of them:")
    options = [option for each in newest for option in layouts.talent_option(each.talent)]
    return layouts.message(
        layouts.frame([layouts.words("\n".join([*head, *lines]))]),
        *layouts.menu(f"{ShowTalent.name}:", "Look at a talent…", options),
        *layouts.menu(f"{UNLIST}:", "Take off…", options),
    )


def _line(each: Shortlisted, today: date) -> str:
    on = talent_words.day(each.at.date(), today)
    by = f" by {markdown.plain(each.by.name, 40)}" if each.by.name else ""
    about = card.in_short(each.talent)
    return f"**{card.name(each.talent)}**  {about}\n-# put there on {on}{by}"
