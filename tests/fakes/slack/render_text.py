"""Texts as HTML: Slack's markup, rich text, Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from markdown_it import MarkdownIt

from tests.fakes.slack.markup import unescape
from tests.fakes.slack.wire import Json

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_CODE = re.compile(r"```\n?(.+?)```|`([^`\n]+)`", re.DOTALL)
_EMPHASIS = (
    (re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])"), r"<s>\1</s>"),
)
_EMOJI = {
    "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎", "mag": "🔍", "star": "⭐",
    "wave": "👋", "white_check_mark": "✅", "x": "❌", "warning": "⚠️", "tada": "🎉",
    "hourglass_flowing_sand": "⏳", "clapper": "🎬", "pushpin": "📌", "lock": "🔒",
}  # fmt: skip


def markdown(text: str) -> str:
    """A markdown block, as Slack draws it."""
    return str(_MARKDOWN.render(text))


def mrkdwn(text: str) -> str:
    """Slack's markup."""
    html, at = "", 0
    for code in _CODE.finditer(text):
        html += _prose(text[at : code.start()])
        tag = "pre" if code[1] is not None else "code"
        html += f"<{tag}>{escape(unescape(code[1] or code[2]))}</{tag}>"
        at = code.end()
    return html + _prose(text[at:])


def text(value: Json | None) -> str:
    """A text object."""
    if not value:
        return ""
    words = str(value["text"])
    return mrkdwn(words) if value["type"] == "mrkdwn" else _emoji(escape(words))


def rich_text(block: Json) -> str:
    return "".join(_element(element) for element in block["elements"])


def _prose(words: str) -> str:
    entities: list[str] = []

    def keep(found: re.Match[str]) -> str:
        entities.append(_entity(found[1]))
        return f"\0{len(entities) - 1}\0"

    bare = re.sub(r"<([^<>]+)>", keep, words)
    html = escape(unescape(bare), quote=False)
    for pattern, replacement in _EMPHASIS:
        html = pattern.sub(replacement, html)
    lines = html.split("\n")
    html = "<br>".join(
        f"<blockquote>{line[5:]}</blockquote>" if line.startswith("&gt; ") else line
        for line in lines
    )
    html = _emoji(html)
    return re.sub("\0(\\d+)\0", lambda found: entities[int(found[1])], html)


def _entity(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target[:1] in "@#!":
        return f'<span class="mention">{escape(label or target)}</span>'
    return f'<a href="{escape(target)}">{escape(label or target)}</a>'


def _emoji(html: str) -> str:
    return re.sub(r":([a-z0-9_+-]+):", lambda found: _EMOJI.get(found[1], found[0]), html)


def _element(element: Json) -> str:
    kind = element["type"]
    if kind == "rich_text_list":
        tag = "ol" if element["style"] == "ordered" else "ul"
        items = "".join(f"<li>{_element(item)}</li>" for item in element["elements"])
        start = f' start="{int(element.get("offset", 0)) + 1}"' if tag == "ol" else ""
        indent = f'style="margin-left:{24 * int(element.get("indent", 0))}px"'
        return f"<{tag}{start} {indent}>{items}</{tag}>"
    inside = "".join(_part(part) for part in element["elements"])
    tags: dict[str, Callable[[str], str]] = {
        "rich_text_quote": lambda html: f"<blockquote>{html}</blockquote>",
        "rich_text_preformatted": lambda html: f"<pre>{html}</pre>",
    }
    wrap = tags.get(kind)
    return wrap(inside) if wrap else f"<span>{inside}</span>"


def _part(part: Json) -> str:
    match part:
        case {"type": "link", "url": url}:
            html = f'<a href="{escape(url)}">{escape(part.get("text") or url)}</a>'
        case {"type": "user", "user_id": name} | {"type": "broadcast", "range": name}:
            html = f'<span class="mention">@{escape(name)}</span>'
        case {"type": "emoji", "name": name}:
            html = _emoji(f":{name}:")
        case _:
            html = escape(str(part.get("text", ""))).replace("\n", "<br>")
    for style, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        if (part.get("style") or {}).get(style):
            html = f"<{tag}>{html}</{tag}>"
    return html
