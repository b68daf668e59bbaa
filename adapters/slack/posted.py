"""Posts of ours found again by their metadata.

Slack has no idempotency key: where a post's answer was lost, or the process died before it could
note it, nobody knows whether people see the message already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.budget import Budget
from adapters.slack.failures import code, is_forever
from adapters.slack.lane import Urgency

log = structlog.get_logger(__name__)

EVENT_TYPE = "castmatch_reply"
_PAGE_SIZE, _MOST_PAGES = 200, 10
"""Slack may give fewer at a time: 15 to apps that are sold outside its Marketplace."""
_TS = re.compile(r"\d+\.\d+")


def metadata(turn_id: UUID, number: int) -> dict[str, Any]:
    """What marks the post of a turn's page; pages count from 0."""
    return {"event_type": EVENT_TYPE, "event_payload": {"turn": str(turn_id), "page": number}}


async def find_posts(
    client: AsyncWebClient,
    budget: Budget,
    *,
    team: str,
    channel: str,
    thread: str,
    after: str,
    turn_id: UUID,
    unmarked: bool = False,
) -> Mapping[int, str]:
    """The timestamps of a turn's posts by page, among what was posted after `after`.

    With `unmarked`, a message of ours that has no mark is taken for the first page, for want of
    one that has: a stream cannot be marked when it begins. Where we may not read the place,
    nothing is found. Raises as the client and `Budget.call` do.
    """
    our_bot = (await client.auth_test())["bot_id"] if unmarked else None
    oldest = after if _TS.fullmatch(after) else None
    found: dict[int, str] = {}
    strays: list[str] = []
    cursor = ""
    for _ in range(_MOST_PAGES):

        async def read(cursor: str | None = cursor or None) -> AsyncSlackResponse:
            if not thread:
                return await client.conversations_history(
                    channel=channel,
                    oldest=oldest,
                    cursor=cursor,
                    limit=_PAGE_SIZE,
                    include_all_metadata=True,
                )
            return await client.conversations_replies(
                channel=channel,
                ts=thread,
                oldest=oldest,
                cursor=cursor,
                limit=_PAGE_SIZE,
                include_all_metadata=True,
            )

        method = "conversations.replies" if thread else "conversations.history"
        try:
            answer = await budget.call(team, method, read, urgency=Urgency.FINAL)
        except SlackApiError as error:
            if not is_forever(error):
                raise
            log.warning("slack_posts_cannot_be_found_again", error=code(error), channel=channel)
            return {}
        for message in answer.get("messages") or ():
            mark = message.get("metadata") or {}
            payload = mark.get("event_payload") or {}
            if mark.get("event_type") == EVENT_TYPE and payload.get("turn") == str(turn_id):
                found.setdefault(int(payload.get("page", -1)), str(message["ts"]))
            elif our_bot and not mark and message.get("bot_id") == our_bot:
                strays.append(str(message["ts"]))
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return {0: strays[0]} | found if strays else found


def question_ts(message_id: str) -> str:
    """The timestamp in a message's id, `channel/ts`; empty where there is none."""
    ts = message_id.rpartition("/")[2]
    return ts if _TS.fullmatch(ts) else ""
