"""Messages and views drawn as Slack draws them, near enough to judge how a reply reads.

Path("reply.html").write_text(render_html(message.blocks))
Path("thread.html").write_text(render_messages(channel.messages(ts)))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.slack.render_blocks import block_html
from tests.fakes.slack.render_text import mrkdwn
from tests.fakes.slack.wire import Json

if TYPE_CHECKING:
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.views import View


_STYLE = Path(__file__).with_name("render.css")


def render_html(message_blocks: Sequence[Json], *, author: str = "CastMatch") -> str:
    """A page with one message of these blocks."""
    return _page(_message(author, "10:24", "".join(map(block_html, message_blocks))))


def render_messages(messages: Sequence[Message]) -> str:
    """A page with these messages, one under the other."""
    html = ""
    for message in messages:
        inside = "".join(map(block_html, message.blocks)) or f"<p>{mrkdwn(message.text)}</p>"
        at = dt.datetime.fromtimestamp(message.posted_at, dt.UTC)
        name = getattr(message.author, "real_name", "") or message.author.name
        html += _message(name, f"{at:%H:%M}", inside, private=bool(message.visible_to))
    return _page(html)


def render_view(view: View) -> str:
    """A page with a modal or a Home tab."""
    inside = "".join(map(block_html, view.blocks))
    if view.content["type"] == "home":
        return _page(f'<div class="home">{inside}</div>')
    labels = [view.content[name]["text"] for name in ("close", "submit") if view.content.get(name)]
    buttons = "".join(f"<button>{escape(label)}</button>" for label in labels)
    foot = f'<div class="foot">{buttons}</div>'
    return _page(f'<div class="modal"><h2>{escape(view.title)}</h2>{inside}{foot}</div>')


def _message(author: str, at: str, inside: str, *, private: bool = False) -> str:
    note = '<div class="hint">Only visible to you</div>' if private else ""
    badge = '<span class="app">APP</span>' if author == "CastMatch" else ""
    head = f'<div class="author"><b>{escape(author)}</b>{badge}<span class="hint">{at}</span></div>'
    face = f'<div class="face">{escape(author[:1])}</div>'
    return f'<div class="message">{face}<div class="body">{note}{head}{inside}</div></div>'


def _page(inside: str) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Slack</title>"
        f"<style>{_STYLE.read_text()}</style></head><body>{inside}</body></html>"
    )
