"""The small blocks that every view of ours is put together from, as JSON.

slack_sdk's classes check Slack's limits where they are made; what comes in here is inert text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    ImageElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from adapters.acts import Act, action_id
from adapters.slack import inert
from adapters.slack.rich_text import Element

HEADER_LIMIT = 150
"""https://docs.slack.dev/reference/block-kit/blocks/header-block"""
SECTION_LIMIT = 3_000
"""https://docs.slack.dev/reference/block-kit/blocks/section-block"""
_LABEL_LIMIT = 75
_ALT_LIMIT = 200


def mrkdwn(text: str) -> MarkdownTextObject:
    """Markup of ours; `verbatim`, so that Slack makes no names and addresses in it into links."""
    return MarkdownTextObject(text=text, verbatim=True)


def plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=True)


def header(text: str) -> Element:
    return as_json(HeaderBlock(text=plain(inert.line(text, HEADER_LIMIT))))


def section(text: str, *, beside: Element | None = None) -> Element:
    """`text` is mrkdwn; `beside` it a photo or a button."""
    return as_json(SectionBlock(text=mrkdwn(text), accessory=beside))


def photo(address: str, alt: str) -> Element:
    return as_json(ImageElement(image_url=address, alt_text=inert.line(alt, _ALT_LIMIT)))


def context(text: str) -> Element:
    """Small and grey; `text` is mrkdwn."""
    return as_json(ContextBlock(elements=[mrkdwn(text)]))


def divider() -> Element:
    return {"type": "divider"}


def actions(buttons: Sequence[Element]) -> Element:
    return as_json(ActionsBlock(elements=buttons))


def button(
    label: str,
    act: Act,
    n: int | None = None,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
    spoken: str = "",
) -> Element:
    """`n` tells it from others of its act in the block; `spoken` is what a screen reader says."""
    made = ButtonElement(
        text=plain(inert.line(label, _LABEL_LIMIT)),
        action_id=action_id(act, n),
        value=act.value,
        style=style,
        confirm=confirm,
        accessibility_label=inert.line(spoken, _LABEL_LIMIT) or None,
    )
    return as_json(made)


def size(blocks: Iterable[Element]) -> int:
    """Characters of all the texts in them, escaped."""
    return sum(_size(block) for block in blocks)


def _size(value: object) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        mine = inert.size(own) if isinstance(own, str) else 0
        return mine + sum(_size(inner) for inner in value.values())
    return sum(_size(inner) for inner in value) if isinstance(value, list) else 0


def as_json(made: JsonObject) -> Element:
    """Checked: `SlackObjectFormationError` where Slack would refuse it."""
    shown: Element = made.to_dict()
    return shown
