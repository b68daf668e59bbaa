"""The message shortcut "Find talents for this": reads the role that a message describes."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.searches import today
from adapters.slack import inbound
from adapters.slack.answers import Answers
from adapters.slack.asker import NO_GUESTS, find_asker
from adapters.slack.edges import Parts
from adapters.slack.interaction import Interaction
from adapters.slack.searching import Searching
from bot.wording import parse

log = structlog.get_logger(__name__)

FIND_TALENTS = "find_talents"
READ = 6_000
"""Characters of the message that are read: several pages of a breakdown."""
NO_ROLE = "I find no role in this message. Try `/talent` and a description in your own words."


def register(app: AsyncApp, parts: Parts) -> None:
    answers = Answers(parts.budget)
    searching = Searching(parts.ports)

    @app.shortcut({"type": "message_action", "callback_id": FIND_TALENTS})
    async def chosen(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        await ack()
        did = Interaction.of(body, context, client)

        async def tell(words: str) -> None:
            await answers.tell(did, words)

        parts.afterwards.start(FIND_TALENTS, find(did, body.get("message")), tell)

    async def find(did: Interaction, message: object) -> None:
        asker = await find_asker(parts, did)
        if asker is None:
            log.info("slack_act_refused", reason="a guest", act=FIND_TALENTS, workspace=did.team)
            await answers.tell(did, NO_GUESTS)
            return
        text = _text(message)
        query = parse(text, today=today())
        if query.is_empty:
            await answers.tell(did, NO_ROLE)
            return
        # A thread that has no replies yet shows no message that is for one person alone.
        await answers.privately(did, await searching.begin(asker, did.conversation, query))


def _text(message: object) -> str:
    """What the message says, with the messages passed on in it."""
    if not isinstance(message, dict):
        return ""
    words = message.get("text")
    attachments = message.get("attachments")
    markup = [
        words if isinstance(words, str) else "",
        inbound.passed_on(attachments if isinstance(attachments, list) else []),
    ]
    said = "\n".join(markup)
    if len(said) > READ:
        log.info("slack_oversize", kind=FIND_TALENTS)
    return inbound.to_text(said[:READ], names={})
