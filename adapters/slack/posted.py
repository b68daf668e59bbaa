"""Posts of ours found again by their metadata.

Slack has no idempotency key: where a post's answer was lost, or the process died before it could
note it, nobody knows whether people see the message already.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.budget import Budget, Connect
from adapters.slack.failures import code, is_forever
from adapters.slack.lane import Urgency
from bot.conversation import Turn

log = structlog.get_logger(__name__)

EVENT_TYPE = "castmatch_reply"
_PAGE_SIZE, _MOST_PAGES = 200, 10
"""Slack may give fewer at a time: 15 to apps that are sold outside its Marketplace."""
_TS = re.compile(r"\d+\.\d+")


def metadata(turn_id: UUID, number: int) -> dict[str, Any]:
    """What marks the post of a turn's page; pages count from 0."""
    return {"event_type": EVENT_TYPE, "event_payload": {"turn": str(turn_id), "page": number}}


class Posts:
    """What Slack has of one turn's posts, where we do not know that for sure."""

    def __init__(self, turn: Turn, budget: Budget, connect: Connect, *, unmarked: bool) -> None:
        """`unmarked`: the next page may be there without a mark. A stream of Slack's own cannot
        be marked when it begins."""
        key = turn.message.conversation
        self.unsure = turn.attempt > 1
        """Whether there may be more than we know of: an attempt before this one could not note
        them, or a post's answer was lost."""
        self._turn_id = turn.id
        self._team, self._channel, self._thread = key.workspace, key.channel, key.thread
        self._method = "conversations.replies" if key.thread else "conversations.history"
        after = turn.message_ids[-1] if turn.message_ids else turn.message.id.rpartition("/")[2]
        self._oldest = after if _TS.fullmatch(after) else None
        self._budget, self._connect, self._unmarked = budget, connect, unmarked
        self._found: dict[int, str] = {}

    def at(self, number: int) -> str | None:
        """The timestamp of that page, if it was found."""
        return self._found.get(number)

    def beyond(self, number: int) -> list[str]:
        """Those found after that many pages."""
        return [ts for page, ts in sorted(self._found.items()) if page >= number]

    def forget(self, ts: str) -> None:
        """It is removed."""
        self._found = {page: found for page, found in self._found.items() if found != ts}

    def may_look(self) -> bool:
        """Whether that can be done now, without a wait for Slack's limit."""
        return self._budget.lane(self._team, self._method).is_free(1)

    async def look(self, *, for_page: int | None = None) -> None:
        """Find what was posted since the question, or since the newest page that is known.

        For want of a marked one, a message of ours without a mark is `for_page`. Where we may not
        read the place, nothing is found. Raises as the client and `Budget.call` do.
        """
        client = await self._connect()
        our_bot = None
        if self._unmarked and for_page is not None:
            our_bot = (await client.auth_test())["bot_id"]
        found: dict[int, str] = {}
        strays: list[str] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            try:
                answer = await self._read(client, cursor)
            except SlackApiError as error:
                if not is_forever(error):
                    raise
                log.warning("slack_posts_not_found_again", error=code(error), channel=self._channel)
                break
            for message in answer.get("messages") or ():
                mark = message.get("metadata") or {}
                payload = mark.get("event_payload") or {}
                if mark.get("event_type") == EVENT_TYPE:
                    if payload.get("turn") == str(self._turn_id):
                        found.setdefault(int(payload.get("page", -1)), str(message["ts"]))
                elif our_bot and not mark and message.get("bot_id") == our_bot:
                    strays.append(str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        if strays and for_page is not None:
            found.setdefault(for_page, strays[0])
        self._found = found
        self.unsure = False

    async def _read(self, client: AsyncWebClient, cursor: str) -> AsyncSlackResponse:
        async def read() -> AsyncSlackResponse:
            if not self._thread:
                return await client.conversations_history(
                    channel=self._channel,
                    oldest=self._oldest,
                    cursor=cursor or None,
                    limit=_PAGE_SIZE,
                    include_all_metadata=True,
                )
            return await client.conversations_replies(
                channel=self._channel,
                ts=self._thread,
                oldest=self._oldest,
                cursor=cursor or None,
                limit=_PAGE_SIZE,
                include_all_metadata=True,
            )

        return await self._budget.call(self._team, self._method, read, urgency=Urgency.FINAL)
