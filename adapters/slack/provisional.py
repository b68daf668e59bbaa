"""A stand-in until the adapter's own readers of events are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.slack.workspaces import Installed
from bot.conversation import Author, ConversationKey, Message, Place

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
