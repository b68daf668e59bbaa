"""Stand-ins until the adapter's own readers of events and writers of replies are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.workspaces import Installed, Workspaces
from bot.conversation import Author, ConversationKey, Message, Place, Turn
from bot.ports import Page, Step

_PLACES = {"im": Place.DM, "mpim": Place.PRIVATE, "group": Place.PRIVATE, "channel": Place.PUBLIC}


def read(
    body: Mapping[str, Any], installed: Installed, names: Mapping[str, str]
) -> tuple[Message, bool] | None:
    """The message of an event, and whether it is addressed to us."""
    event = body["event"]
    if event.get("subtype") or event.get("bot_id") or not event.get("user"):
        return None
    mention = f"<@{installed.bot_user_id}>"
    place = _PLACES.get(event.get("channel_type", ""), Place.PUBLIC)
    thread = event.get("thread_ts", "") or ("" if place is Place.DM else event["ts"])
    message = Message(
        id=f"{event['channel']}/{event['ts']}",
        conversation=ConversationKey("slack", body["team_id"], event["channel"], thread),
        place=place,
        author=Author(event["user"], names.get(event["user"], "")),
        text=event["text"].replace(mention, "").strip(),
        sent_at=datetime.fromtimestamp(float(event["ts"]), UTC),
        default_access=installed.default_access,
    )
    return message, place is Place.DM or mention in event["text"]


class PlainReply:
    """Text alone."""

    page_limit = 3000

    def __init__(self, workspaces: Workspaces, turn: Turn) -> None:
        self._workspaces = workspaces
        self._key = turn.message.conversation

    async def pace(self, step: Step) -> None:
        """At once."""

    async def post(self, page: Page) -> str:
        client = await self._client()
        thread = self._key.thread or None
        answer = await client.chat_postMessage(
            channel=self._key.channel, text=page.text or "…", thread_ts=thread
        )
        return str(answer["ts"])

    async def edit(self, message_id: str, page: Page) -> None:
        client = await self._client()
        await client.chat_update(channel=self._key.channel, ts=message_id, text=page.text or "…")

    async def delete(self, message_id: str) -> None:
        client = await self._client()
        await client.chat_delete(channel=self._key.channel, ts=message_id)

    async def activity(self, doing: str) -> None:
        """Nothing."""

    async def close(self) -> None:
        """Nothing."""

    async def _client(self) -> AsyncWebClient:
        return await self._workspaces.client(self._key.workspace)
