"""Parts of messages that are laid out: frames, cards in them, buttons and menus below.

At most 40 parts and 4,000 characters of text in a message.
https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import discord
from discord import ui

from adapters import talent_words
from adapters.acts import Act
from adapters.discord import card, markdown
from bot.talent import Talent

TEXT_LIMIT = 4_000
_LABEL, _VALUE, _OPTIONS = 80, 100, 25

Item: TypeAlias = "ui.Item[Any]"
Option: TypeAlias = discord.SelectOption


def message(*parts: Item) -> ui.LayoutView:
    """A message of these parts. Nothing waits for it: clicks are read by their custom ids, also
    after a restart."""
    view = ui.LayoutView(timeout=None)
    for part in parts:
        view.add_item(part)
    view.stop()
    return view


def frame(parts: Iterable[Item]) -> Item:
    return ui.Container(*parts, accent_colour=card.COLOUR)


def words(text: str) -> Item:
    return ui.TextDisplay(text)


def rule() -> Item:
    return ui.Separator()


def pictured(text: str, talent: Talent, *, photos: bool) -> Item:
    """A text with the talent's photo beside it."""
    address = card.photo(talent) if photos else ""
    if not address:
        return ui.TextDisplay(text)
    described = markdown.cut(f"Photo of {' '.join(talent.name.split())}", 200)
    return ui.Section(text, accessory=ui.Thumbnail(address, description=described))


def buttons(*shown: ui.Button[Any] | None) -> list[Item]:
    """A row of those that there are; none if there is none."""
    there = [button for button in shown if button]
    return [ui.ActionRow(*there)] if there else []


def button(act: Act, label: str, *, is_main: bool = False) -> ui.Button[Any]:
    style = discord.ButtonStyle.primary if is_main else discord.ButtonStyle.secondary
    return ui.Button(label=label[:_LABEL], custom_id=f"{act.name}:{act.value}", style=style)


def menu(custom_id: str, asks: str, options: Sequence[Option]) -> list[Item]:
    """A row with a menu; none if there is nothing to choose."""
    if not options:
        return []
    select: ui.Select[Any] = ui.Select(
        custom_id=custom_id, placeholder=asks, options=list(options[:_OPTIONS])
    )
    return [ui.ActionRow(select)]


def talent_option(talent: Talent, *, before: str = "", value: str = "") -> list[Option]:
    """A talent to choose in a menu, whose value is its id if no other."""
    value = value or talent.id
    if len(value) > _VALUE:
        return []
    name = " ".join(talent.name.split()) or "?"
    return [
        discord.SelectOption(
            label=markdown.cut(before + name, 100),
            value=value,
            description=markdown.cut(_about(talent), 100) or None,
        )
    ]


def _about(talent: Talent) -> str:
    """Playing age and city, as menus show text: without markup."""
    return " · ".join(filter(None, [talent_words.playing_age(talent.playing_age), talent.city]))
