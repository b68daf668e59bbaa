"""What people call the room of a message, and where they open it: kept for an hour, as both can
change, and left out where Slack does not say in time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import replace

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import UNANSWERED, UNREADABLE, said
from adapters.slack.rooms import Rooms
from bot.conversation import Message, Place

log = structlog.get_logger(__name__)

KEPT = 5_000
KEPT_SECONDS, UNKNOWN_SECONDS = 3600.0, 60.0
"""How long an answer is good, and how soon what could not be had is asked for again."""
WITHIN_SECONDS = 0.8


class Whereabouts:
    """Of the messages of each workspace. Bounded in number and time."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._kept: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    async def told(self, client: AsyncWebClient, message: Message) -> Message:
        """The message with its room's name and its link, as far as they can be had. Never raises
        for Slack's sake."""
        room, home = await asyncio.gather(self._room(client, message), self._home(client, message))
        return replace(message, room_name=room, link=_link(home, message) if home else "")

    async def _room(self, client: AsyncWebClient, message: Message) -> str:
        key = message.conversation
        if message.place is Place.DM:
            return ""
        name = self._known(key.workspace, key.channel)
        if name is None:
            room = await self._rooms.room(client, key.workspace, key.channel)
            name = f"#{room.name}" if room and room.name else ""
            self._keep(key.workspace, key.channel, name)
        return name

    async def _home(self, client: AsyncWebClient, message: Message) -> str:
        """The workspace's own address, with a slash at its end."""
        team = message.conversation.workspace
        home = self._known(team, "")
        if home is None:
            home = await _asked(client)
            self._keep(team, "", home)
        return home

    def _known(self, team: str, channel: str) -> str | None:
        until, known = self._kept.get((team, channel), (0.0, ""))
        return known if until > time.monotonic() else None

    def _keep(self, team: str, channel: str, known: str) -> None:
        kept_for = KEPT_SECONDS if known else UNKNOWN_SECONDS
        self._kept[team, channel] = (time.monotonic() + kept_for, known)
        self._kept.move_to_end((team, channel))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


async def _asked(client: AsyncWebClient) -> str:
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            answer = await client.auth_test()
    except SlackApiError as error:
        log.info("slack_home_unknown", error=said(error))
        return ""
    except (*UNANSWERED, *UNREADABLE) as error:
        log.info("slack_home_unknown", error=type(error).__name__)
        return ""
    url = answer.get("url")
    return url if isinstance(url, str) and url.startswith("https://") else ""


def _link(home: str, message: Message) -> str:
    """As `chat.getPermalink` gives it
    (https://docs.slack.dev/reference/methods/chat.getPermalink)."""
    channel, _, ts = message.id.partition("/")
    link = f"{home.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
    thread = message.conversation.thread
    return f"{link}?thread_ts={thread}&cid={channel}" if thread and thread != ts else link
