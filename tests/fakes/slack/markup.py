"""Slack's markup: what its client makes of a text, and how it reads."""

from __future__ import annotations

import re

from tests.fakes.slack.wire import Json

_ENTITY = re.compile(r"<([^<>]+)>")


def rich_text(text: str) -> Json:
    """The block that Slack's client sends with a message of this text."""
    elements: list[Json] = []
    at = 0
    for entity in _ENTITY.finditer(text):
        if entity.start() > at:
            elements.append({"type": "text", "text": unescape(text[at : entity.start()])})
        elements.append(_entity(entity[1]))
        at = entity.end()
    if at < len(text):
        elements.append({"type": "text", "text": unescape(text[at:])})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": "b0Rt", "elements": [section]}


def plain_mrkdwn(text: str) -> str:
    """The text as read: entities by their label, escapes undone; emphasis is left as is."""

    def readable(entity: re.Match[str]) -> str:
        target, _, label = entity[1].partition("|")
        if label:
            return label
        return "@" + target[1:] if target.startswith("!") else target

    return unescape(_ENTITY.sub(readable, text))


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _entity(inside: str) -> Json:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
