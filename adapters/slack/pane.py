"""The assistant's pane: what one may ask, and a title of what was asked.

The line that says what we are at is the reply's, which clears it however it ends.
"""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import inert
from adapters.slack.asker import find_asker
from adapters.slack.edges import Parts
from adapters.slack.failures import said
from adapters.slack.interaction import Interaction
from bot.conversation import ConversationKey, Message, Place

log = structlog.get_logger(__name__)

TITLE_LIMIT = 60
LEAD = "Describe a role, or begin with one of these:"
PROMPTS = (
    ("Dancers in Pune", "Marathi-speaking women, playing age 24–30, Kathak, based in Pune"),
    ("Riders and fighters", "Men who can ride and sword fight, under ₹25,000 a day"),
    ("In your own words", "A tired schoolteacher with quiet intensity, 40 to 50"),
)
_PROMPTS_LIMIT = 4
_NAME = 60


def register(app: AsyncApp, parts: Parts) -> None:
    pane = Pane(parts)

    async def looked(
        body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """The pane was opened, or its reader went to another channel beside it."""
        pane.begin(body["event"], context, client)

    app.event("assistant_thread_started")(looked)
    app.event("assistant_thread_context_changed")(looked)


class Pane:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(
        self, event: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        thread = event.get("assistant_thread")
        thread = thread if isinstance(thread, dict) else {}
        beside = thread.get("context")
        beside = beside if isinstance(beside, dict) else {}
        body = {
            "user_id": thread.get("user_id"),
            "channel_id": beside.get("channel_id"),
            "container": {"thread_ts": thread.get("thread_ts")},
        }
        did = Interaction.of(body, context, client)
        channel = str(thread.get("channel_id"))
        work = self._suggest(did, channel)
        self._parts.afterwards.start("pane", work, _unsaid)

    async def _suggest(self, did: Interaction, pane_channel: str) -> None:
        prompts = [*await self._beside(did), *PROMPTS][:_PROMPTS_LIMIT]
        try:
            await did.client.assistant_threads_setSuggestedPrompts(
                channel_id=pane_channel,
                thread_ts=did.thread,
                title=LEAD,
                prompts=[{"title": title, "message": message} for title, message in prompts],
            )
        except SlackApiError as error:
            log.info("slack_prompts_not_shown", error=said(error))

    async def _beside(self, did: Interaction) -> list[tuple[str, str]]:
        """What the channel that they look at suggests: more like the newest on its shortlist."""
        asker = await find_asker(self._parts, did) if did.channel else None
        if asker is None:
            return []
        shortlists = self._parts.ports.shortlists
        newest = await shortlists.listed(asker.there, did.conversation, limit=1)
        names = [inert.line(each.talent.name, _NAME) for each in newest]
        return [(f"More like {name}", f"Find talents like {name}") for name in names]


class Titles:
    """Gives a thread of the pane the title of what was asked first in it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def asked(self, message: Message, client: AsyncWebClient) -> None:
        """A message was stored as a turn."""
        if message.place is Place.DM and message.conversation.thread:
            work = self._entitle(message, client)
            self._parts.afterwards.start("pane_title", work, _unsaid)

    async def _entitle(self, message: Message, client: AsyncWebClient) -> None:
        key = message.conversation
        if not await self._is_first(message, key):
            return
        title = inert.line(message.text, TITLE_LIMIT)
        if not title:
            return
        try:
            await client.assistant_threads_setTitle(
                channel_id=key.channel, thread_ts=key.thread, title=title
            )
        except SlackApiError as error:  # an ordinary thread has none
            log.info("slack_title_not_set", error=said(error))

    async def _is_first(self, message: Message, key: ConversationKey) -> bool:
        found = await self._parts.ports.turns.transcript(key, limit=2)
        return found is not None and [each.message.id for each in found[1]] == [message.id]


async def _unsaid(words: str) -> None:
    """Nothing was asked that an error could be the answer to."""
