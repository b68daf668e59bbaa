"""Messages drawn as Discord draws them, near enough to judge how a reply reads.

Path("reply.html").write_text(render_messages(casting.messages()))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.discord.message import LOADING
from tests.fakes.discord.render_parts import component_html, embed_html
from tests.fakes.discord.render_text import MARK, markdown
from tests.fakes.discord.transcript import named

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import Interaction
    from tests.fakes.discord.message import Message

_STYLE = Path(__file__).with_name("render.css")


def render_messages(messages: Sequence[Message]) -> str:
    """A page with these messages, one under the other."""
    return _page("".join(_message(message) for message in messages))


def render_modal(interaction: Interaction) -> str:
    """A page with the form that an interaction opened."""
    modal = interaction.modal
    assert modal is not None, f"{interaction} opened no form"
    inside = ""
    for top in modal["components"]:
        if top["type"] == 10:
            inside += markdown(top["content"])
            continue
        inputs = [top["component"]] if top["type"] == 18 else top["components"]
        for each in inputs:
            label = top.get("label") or each.get("label") or ""
            hint = top.get("description") or ""
            shown = each.get("value") or each.get("placeholder") or ""
            inside += (
                f'<label>{escape(label)}</label><div class="hint">{escape(hint)}</div>'
                f'<div class="input">{escape(shown)}&nbsp;</div>'
            )
    title = escape(modal["title"])
    labels = (("secondary", "Cancel"), ("primary", "Submit"))
    foot = "".join(f'<button class="{kind}">{label}</button>' for kind, label in labels)
    return _page(f'<div class="modal"><h1>{title}</h1>{inside}<div class="row">{foot}</div></div>')


def _message(message: Message) -> str:
    def text(words: str) -> str:
        return markdown(named(message, words, MARK))

    inside = text(message.content) if message.content else ""
    if message.flags & LOADING:
        inside = '<span class="hint">CastMatch is thinking…</span>'
    if message.edited_at and message.content:
        inside += '<span class="edited"> (edited)</span>'
    inside += "".join(embed_html(embed, text) for embed in message.embeds)
    inside += "".join(component_html(each, text) for each in message.components)
    if message.visible_to:
        inside += '<div class="subtext">👁 Only you can see this · Dismiss message</div>'
    name = escape(message.author.name)
    at = f"{dt.datetime.fromtimestamp(message.posted_at, dt.UTC):%H:%M}"
    badge = '<span class="app">✓ APP</span>' if message.author.bot else ""
    head = f'<div class="author"><b>{name}</b>{badge}<span class="hint">{at}</span></div>'
    face = f'<div class="face {"bot" if message.author.bot else ""}">{name[:1]}</div>'
    above = _above(message)
    return f'<div class="message">{above}{face}<div class="body">{head}{inside}</div></div>'


def _above(message: Message) -> str:
    """The small line over a message: what it answers."""
    said = ""
    if asked := message.interaction:
        user = message.channel.server.users[asked["user"]["id"]]
        said = f"<b>{escape(user.name)}</b> used <b>/{escape(asked.get('name', ''))}</b>"
        said = said if asked["type"] == 2 else ""
    elif message.reference:
        other = message.reference
        words = escape(named(other, other.shown).split("\n")[0][:90])
        said = f"<b>@{escape(other.author.name)}</b> {words}"
    return f'<div class="above">╭─ {said}</div>' if said else ""


def _page(inside: str) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Discord</title>"
        f"<style>{_STYLE.read_text()}</style></head><body>{inside}</body></html>"
    )
