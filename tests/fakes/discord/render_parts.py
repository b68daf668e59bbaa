"""Components and embeds as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.fakes.discord.components import (
    BUTTON,
    CONTAINER,
    GALLERY,
    ROW,
    SECTION,
    SELECTS,
    SEPARATOR,
    TEXT,
    THUMBNAIL,
)
from tests.fakes.discord.render_text import inline, markdown
from tests.fakes.discord.wire import Json

Text = Callable[[str], str]
_BUTTONS = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}


def component_html(component: Json, text: Text = markdown) -> str:
    """One component with what is in it. `text` draws the texts of the message."""
    kind = component["type"]
    if kind == TEXT:
        return f'<div class="text">{text(component["content"])}</div>'
    if kind in (ROW, SECTION, CONTAINER):
        return _layout(component, text)
    if kind in SELECTS:
        placeholder = escape(component.get("placeholder") or "Make a selection")
        return f'<div class="select">{placeholder}<span>⌄</span></div>'
    drawn = {BUTTON: _button, THUMBNAIL: _thumbnail, GALLERY: _gallery, SEPARATOR: _separator}
    return drawn[kind](component)


def _layout(component: Json, text: Text) -> str:
    inside = "".join(component_html(each, text) for each in component["components"])
    if component["type"] == ROW:
        return f'<div class="row">{inside}</div>'
    if component["type"] == SECTION:
        accessory = component_html(component["accessory"], text)
        return f'<div class="section"><div>{inside}</div>{accessory}</div>'
    return f'<div class="container" {_bar(component.get("accent_color"))}>{inside}</div>'


def _thumbnail(component: Json) -> str:
    return _picture(component["media"]["url"], component.get("description"), "thumbnail")


def _gallery(component: Json) -> str:
    items = [(item["media"]["url"], item.get("description")) for item in component["items"]]
    return f'<div class="gallery">{"".join(_picture(*item, "item") for item in items)}</div>'


def _separator(component: Json) -> str:
    return '<hr class="line">' if component.get("divider", True) else '<div class="gap"></div>'


def embed_html(embed: Json, text: Text = markdown) -> str:
    parts = []
    if author := embed.get("author"):
        parts.append(f'<div class="small"><b>{escape(author["name"])}</b></div>')
    if title := embed.get("title"):
        shown = inline(title)
        link = f'<a href="{escape(embed["url"])}">{shown}</a>' if embed.get("url") else shown
        parts.append(f'<div class="title">{link}</div>')
    if embed.get("description"):
        parts.append(f"<div>{text(embed['description'])}</div>")
    if fields := embed.get("fields"):
        drawn = [
            f'<div class="field {"inline" if each.get("inline") else ""}">'
            f"<b>{inline(each['name'])}</b><div>{text(each['value'])}</div></div>"
            for each in fields
        ]
        parts.append(f'<div class="fields">{"".join(drawn)}</div>')
    if image := embed.get("image"):
        parts.append(_picture(image["url"], embed.get("title"), "image"))
    if footer := embed.get("footer"):
        parts.append(f'<div class="subtext">{escape(footer["text"])}</div>')
    thumbnail = embed.get("thumbnail")
    side = _picture(thumbnail["url"], embed.get("title"), "thumbnail") if thumbnail else ""
    bar = _bar(embed.get("color"))
    return f'<div class="container embed section" {bar}><div>{"".join(parts)}</div>{side}</div>'


def _button(button: Json) -> str:
    emoji = (button.get("emoji") or {}).get("name") or ""
    label = " ".join(part for part in (emoji, button.get("label") or "") if part)
    label += " ↗" if button["style"] == 5 else ""
    disabled = " disabled" if button.get("disabled") else ""
    return f'<button class="{_BUTTONS[button["style"]]}"{disabled}>{escape(label)}</button>'


def _picture(url: str, description: str | None, kind: str) -> str:
    """A picture; only those on loopback can be had, of others the words stand there."""
    words = escape(description or "picture")
    if url.startswith(("http://127.0.0.1", "data:")):
        return f'<img class="picture {kind}" src="{escape(url)}" alt="{words}">'
    return f'<div class="picture {kind}">{words}</div>'


def _bar(color: int | None) -> str:
    return "" if color is None else f'style="border-left:4px solid #{color:06x}"'
