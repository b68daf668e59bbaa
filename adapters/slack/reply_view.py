"""One message of a reply as Slack shows it: its blocks, and the text where no blocks are shown.

Whatever a page holds, the message is within Slack's limits: 50 blocks
(https://docs.slack.dev/reference/block-kit/blocks), and in all of them 13,200 characters, of which
each block uses some up: 9,597 in 50 blocks were taken, 11,341 in 45 refused
(https://github.com/slackapi/bolt-js/issues/2867).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from slack_sdk.models.blocks import ContextActionsBlock, FeedbackButtonsElement

from adapters.acts import RateReply, RetryReply, StopReply, action_id
from adapters.slack import card, inert, markdown, parts
from adapters.slack.rich_text import Element, text
from bot.ports import Page

PAGE_LIMIT = 4_000
"""Characters of Markdown in one message: with ten cards below it nothing has to be left out."""
MOST_BLOCKS = 50
_MOST_CHARACTERS, _BLOCK_COSTS = 13_000, 75
"""In all, and how many of them each block uses up."""
_MOST_PROSE, _PROSE_BLOCKS = 9_000, 15
_MOST_CARDS = 10
_CARD_CHARACTERS = 3_600
_NOTICE_LIMIT = 400
_WORKING = "Working on it…"


class Shown(NamedTuple):
    """What `chat.postMessage` and `chat.update` take."""

    blocks: list[Element]
    text: str


def show(
    page: Page,
    turn_id: UUID,
    *,
    today: date,
    listed: Collection[str] = (),
    photos: bool = True,
) -> Shown:
    """The message. `listed` are the ids of talents on the channel's shortlist; `photos=False`
    where Slack refused it because it could not fetch one."""
    matches = page.matches[:_MOST_CARDS]
    notice = inert.mrkdwn(page.notice, _NOTICE_LIMIT).strip()
    below = [
        *([parts.context(notice)] if notice else []),
        *_cards(page, turn_id, today, listed, photos=photos),
        *_buttons(page, turn_id),
    ]
    room = _MOST_CHARACTERS - parts.size(below) - _BLOCK_COSTS * (len(below) + _PROSE_BLOCKS)
    prose = markdown.blocks(
        page.text,
        growing=not page.final,
        most_blocks=_PROSE_BLOCKS,
        most_characters=min(room, _MOST_PROSE),
    )
    said = markdown.in_plain(prose)
    if not said and not notice:
        said = "…" if page.final else _WORKING
        prose = [_said(said)]
    lines = [said, page.notice.strip(), *(card.in_a_line(match) for match in matches)]
    fallback = inert.fallback("\n\n".join(filter(None, lines)))
    return Shown([*prose, *below], fallback if fallback.strip() else "…")


def _cards(
    page: Page, turn_id: UUID, today: date, listed: Collection[str], *, photos: bool
) -> list[Element]:
    matches = page.matches[:_MOST_CARDS]
    if not matches:
        return []
    limit = min(card.CARD_LIMIT, _CARD_CHARACTERS // len(matches))
    shown: list[Element] = []
    for number, match in enumerate(matches, 1):
        shown += card.card(
            match,
            today=today,
            number=number if len(matches) > 1 else 0,
            turn_id=turn_id,
            is_listed=match.talent.id in listed,
            photos=photos,
            limit=limit,
        )
    return shown


def _buttons(page: Page, turn_id: UUID) -> list[Element]:
    if page.continues:
        return []
    if not page.final:
        return [
            parts.actions([parts.button("■ Stop", StopReply(turn_id), spoken="Stop this reply")])
        ]
    if page.retryable:
        return [parts.actions([parts.button("↻ Try again", RetryReply(turn_id))])]
    return [_feedback(turn_id)] if page.text.strip() else []


def _feedback(turn_id: UUID) -> Element:
    helpful, unhelpful = (RateReply(turn_id, helpful=helpful) for helpful in (True, False))
    return parts.as_json(
        ContextActionsBlock(
            elements=[
                FeedbackButtonsElement(
                    action_id=action_id(helpful),
                    positive_button={
                        "text": parts.plain("Helpful"),
                        "value": helpful.value,
                        "accessibility_label": "This reply was helpful",
                    },
                    negative_button={
                        "text": parts.plain("Not helpful"),
                        "value": unhelpful.value,
                        "accessibility_label": "This reply was not helpful",
                    },
                )
            ]
        )
    )


def _said(what: str) -> Element:
    section = {"type": "rich_text_section", "elements": [text(what, frozenset({"italic"}))]}
    return {"type": "rich_text", "elements": [section]}
