"""What was said in a thread before we were called into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.events import Addressed, Overheard, Us, author_of, people, to_message
from adapters.slack.names import Names
from bot.conversation import Message

PAGE, PAGES = 200, 3
"""Slack cuts the page to 15 for commercial apps outside its Marketplace, once a minute
(https://docs.slack.dev/apis/web-api/rate-limits/)."""
NEWEST = 100
"""How many of the messages before ours are kept."""


async def said_before(
    client: AsyncWebClient, message: Message, envelope: Mapping[str, Any], us: Us, names: Names
) -> list[Message]:
    """The messages of the thread before `message`, oldest first, as far as Slack gives them.

    Raises as the SDK's calls do; the caller bounds the time.
    """
    event = envelope["event"]
    key = message.conversation
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(PAGES):
        answer = await client.conversations_replies(
            channel=key.channel, ts=key.thread, latest=event["ts"], limit=PAGE, cursor=cursor
        )
        found += answer.get("messages") or []
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    # Each as the event that it would have been, had it come just now.
    now = {name: event[name] for name in ("channel", "event_ts") if name in event}
    envelopes = [
        {**envelope, "event": {**one, **now, "type": "message"}}
        for one in found
        if one.get("ts") != event["ts"]
    ][-NEWEST:]
    wrote = [author_of(one) for one in envelopes]
    named = [person for one in envelopes for person in people(one)]
    others = [person for person in (*wrote, *named) if person not in ("", us.user_id)]
    known = await names.known(client, us.team_id, others)
    moment = datetime.now(UTC)
    heard = [to_message(one, us, known=known, now=moment, answer_bots=True) for one in envelopes]
    said = [one.message for one in heard if isinstance(one, Addressed | Overheard)]
    return [replace(one, place=message.place) for one in said]
