"""What kind of room a channel is, where an event does not tell."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import UNANSWERED, UNREADABLE, said
from bot.conversation import Place

log = structlog.get_logger(__name__)

KEPT = 5_000
KEPT_SECONDS = 60.0
"""A channel may be opened to another organisation; we learn of it within this, or with the next
message there."""
WITHIN_SECONDS = 0.8


@dataclass(frozen=True, slots=True)
class Room:
    kind: str
    """As events have it in `channel_type`: `channel`, `group`, `im` or `mpim`."""
    is_shared: bool
    """People of other organisations are in it (Slack Connect)."""
    name: str = ""
    """As its people know it; empty where they don't, as of a conversation of several."""

    @property
    def place(self) -> Place:
        if self.is_shared:
            return Place.SHARED
        if self.kind == "im":
            return Place.DM
        return Place.PUBLIC if self.kind == "channel" else Place.PRIVATE


class Rooms:
    """The rooms of each workspace. Bounded in number and time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, Room]] = OrderedDict()

    def is_shared(self, team: str, channel: str) -> None:
        """An event says that people of other organisations are in it: what we know may be old."""
        _, room = self._kept.get((team, channel), (0.0, None))
        if room is not None and not room.is_shared:
            del self._kept[team, channel]

    async def room(self, client: AsyncWebClient, team: str, channel: str) -> Room | None:
        """The room; `None` where Slack does not say within `WITHIN_SECONDS`."""
        until, room = self._kept.get((team, channel), (0.0, None))
        if room is not None and until > time.monotonic():
            return room
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                answer = await client.conversations_info(channel=channel)
        except SlackApiError as error:
            log.info("slack_room_unknown", error=said(error))
            return None
        except (*UNANSWERED, *UNREADABLE) as error:
            log.info("slack_room_unknown", error=type(error).__name__)
            return None
        room = _room(answer.get("channel") or {})
        self._kept[team, channel] = (time.monotonic() + KEPT_SECONDS, room)
        self._kept.move_to_end((team, channel))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return room


def _room(channel: dict[str, Any]) -> Room:
    if channel.get("is_im"):
        kind = "im"
    elif channel.get("is_mpim"):
        kind = "mpim"
    else:
        kind = "group" if channel.get("is_private") else "channel"
    shared = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
    name = channel.get("name") if kind in ("channel", "group") else ""
    return Room(kind, bool(shared), name if isinstance(name, str) else "")
