"""Texts, elements and rich text as plain lines."""

from __future__ import annotations

from tests.fakes.slack.markup import plain_mrkdwn
from tests.fakes.slack.wire import Json


def text_of(value: Json | str | None) -> str:
    """A text object, or bare text, as read."""
    if not value:
        return ""
    if isinstance(value, str):
        return plain_mrkdwn(value)
    text = str(value.get("text", ""))
    return text if value.get("type") == "plain_text" else plain_mrkdwn(text)


def element(value: Json) -> str:
    """A button as `[text]`, an image by its words, an input by its type."""
    match value:
        case {"type": "button" | "icon_button" | "workflow_button", "text": text}:
            shown = f"[{text_of(text)}]"
        case {"type": "feedback_buttons", "positive_button": yes, "negative_button": no}:
            shown = f"[{text_of(yes['text'])}] [{text_of(no['text'])}]"
        case {"type": "image", "alt_text": alt}:
            shown = f"(image: {alt})"
        case {"type": "mrkdwn" | "plain_text"}:
            shown = text_of(value)
        case {"type": "overflow", "options": options}:
            shown = "[… " + " / ".join(text_of(option["text"]) for option in options) + "]"
        case _:
            shown = f"({value.get('type')})"
    return shown


def rich(value: Json) -> str:
    """One element of a rich text block; lists with their marks."""
    if value["type"] != "rich_text_list":
        return "".join(_part(part) for part in value["elements"])
    items = value["elements"]
    first = int(value.get("offset", 0)) + 1
    indent = "  " * int(value.get("indent", 0))
    ordered = value["style"] == "ordered"
    marks = [f"{first + n}." if ordered else "•" for n in range(len(items))]
    return "\n".join(f"{indent}{m} {rich(item)}" for m, item in zip(marks, items, strict=True))


def _part(part: Json) -> str:
    match part:
        case {"type": "link", "url": url}:
            shown = str(part.get("text") or url)
        case {"type": "user", "user_id": name} | {"type": "broadcast", "range": name}:
            shown = f"@{name}"
        case {"type": "channel", "channel_id": channel}:
            shown = f"#{channel}"
        case {"type": "emoji", "name": name}:
            shown = f":{name}:"
        case _:
            shown = str(part.get("text", ""))
    return shown
