"""One message of a reply as Discord shows it: its text, the cards below it, and the buttons.

Whatever a page holds, the message is within Discord's limits: 2,000 characters of content, ten
embeds of 6,000 characters in all, five rows of components, 100 characters of a custom id.
https://docs.discord.com/developers/resources/message
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

import discord

from adapters.acts import Act, RateReply, RetryReply, StopReply
from adapters.discord import card, markdown
from bot.ports import Page

PAGE_LIMIT = 1_800
"""Characters of Markdown in one message: what making it Discord's adds has room."""
_CONTENT_LIMIT, _NOTICE_LIMIT = 2_000, 180
_MOST_CARDS, _CARD_CHARACTERS = 10, 4_500
_WORKING = "-# Working on it…"

LIST, SHOW = "list_from", "show_from"
"""The menus under a reply: put one of its talents on the shortlist, look at one. With them goes
the turn's id; what is chosen is a talent's."""


class Shown(NamedTuple):
    """What a message is made of."""

    content: str
    embeds: list[discord.Embed]
    view: discord.ui.View | None


def show(page: Page, turn_id: UUID, *, today: date, is_team: bool, plainly: bool = False) -> Shown:
    """The message. `plainly`: the words alone, where Discord refused the rest."""
    notice = markdown.plain(page.notice, _NOTICE_LIMIT)
    below = f"\n-# {notice}" if notice else ""
    if page.until:
        at = int(page.until.timestamp())
        below += f"\n-# That is <t:{at}:t> for you, <t:{at}:R>."
    content = markdown.render(
        page.text, limit=_CONTENT_LIMIT - len(below) - 1, growing=not page.final
    )
    content = f"{content}{below}".strip() or ("…" if page.final else _WORKING)
    if plainly:
        return Shown(content, [], None)
    matches = page.matches[:_MOST_CARDS]
    limit = min(600, _CARD_CHARACTERS // max(1, len(matches)))
    cards = [
        card.card(
            match,
            today=today,
            number=number if len(matches) > 1 else 0,
            is_team=is_team,
            limit=limit,
        )
        for number, match in enumerate(matches, 1)
    ]
    return Shown(content, cards, _view(page, turn_id, is_team=is_team))


def button(act: Act, label: str, style: discord.ButtonStyle) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=label, custom_id=f"{act.name}:{act.value}", style=style)


def _view(page: Page, turn_id: UUID, *, is_team: bool) -> discord.ui.View | None:
    if page.continues:
        return None
    grey = discord.ButtonStyle.secondary
    view = discord.ui.View(timeout=None)
    if not page.final:
        view.add_item(button(StopReply(turn_id), "■ Stop", grey))
    elif page.retryable:
        view.add_item(button(RetryReply(turn_id), "↻ Try again", discord.ButtonStyle.primary))
    elif page.text.strip():
        view.add_item(button(RateReply(turn_id, helpful=True), "👍 Helpful", grey))
        view.add_item(button(RateReply(turn_id, helpful=False), "👎 Not helpful", grey))
    if page.final and page.matches:
        view.add_item(_menu(page, SHOW, "Look at a talent…", turn_id))
        if is_team:
            view.add_item(_menu(page, LIST, "Put on the shortlist…", turn_id))
    view.stop()  # nothing waits for it: clicks are read by their custom ids, also after a restart
    return view if view.children else None


def _menu(page: Page, name: str, label: str, turn_id: UUID) -> discord.ui.Select[discord.ui.View]:
    options = {
        match.talent.id: discord.SelectOption(
            label=markdown.cut(" ".join(match.talent.name.split()) or "?", 100),
            value=match.talent.id,
            description=markdown.cut(match.talent.city, 100) or None,
        )
        for match in page.matches[:_MOST_CARDS]
        if len(match.talent.id) <= 100
    }
    return discord.ui.Select(
        custom_id=f"{name}:{turn_id}", placeholder=label, options=list(options.values())
    )
