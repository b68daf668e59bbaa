"""What people say in Slack becomes turns: stored first, acknowledged after."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.lines import Lines
from adapters.slack.events import (
    PLATFORM,
    Addressed,
    Deleted,
    Dropped,
    Edited,
    Heard,
    Overheard,
    Us,
    author_of,
    is_stranger,
    people,
    tells_channel_type,
    to_message,
)
from adapters.slack.failures import UNANSWERED, UNREADABLE, NotReadyError, said
from adapters.slack.names import Names
from adapters.slack.rooms import Rooms
from adapters.slack.thread import said_before
from adapters.slack.whereabouts import Whereabouts
from adapters.slack.workspaces import Installed
from bot.conversation import ConversationKey, Message, Place
from bot.ports import TurnQueue
from bot.stores import WorkspaceSettings

log = structlog.get_logger(__name__)

ALLOW_GUESTS = "allow_guests"
"""The workspace's setting: people of other organisations are answered too."""
ASKING_SECONDS = 2.0
"""What an event may spend on asking Slack for names and the thread so far. It is acknowledged when
it is stored, for which Slack waits three seconds."""
_REMEMBERED = 10_000
"""Of what was stored of late, so that repeats are acknowledged without asking anybody."""
_T = TypeVar("_T")
_WORTH_A_LINE = ("a stranger", "old")


class Messages:
    """Listens to messages. Those of one conversation are taken one after the other, in the order
    in which they came, as an edit must find what it edits."""

    def __init__(
        self,
        turns: TurnQueue,
        settings: WorkspaceSettings,
        names: Names,
        rooms: Rooms,
        *,
        follow_ups: bool,
        answer_bots: bool,
        asked: Callable[[Message, AsyncWebClient], None],
    ) -> None:
        """`asked` is told of each message that was stored as a question."""
        self._turns = turns
        self._settings = settings
        self._names = names
        self._rooms = rooms
        self._whereabouts = Whereabouts(rooms)
        self._follow_ups = follow_ups
        self._answer_bots = answer_bots
        self._asked = asked
        self._lines = Lines()
        self._joined = _Recent[ConversationKey](_REMEMBERED)
        self._stored = _Recent[str](_REMEMBERED)

    def register(self, app: AsyncApp) -> None:
        async def heard(
            body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
        ) -> None:
            async with self._lines.of(_line(body)):
                await self._hear(body, _us(body, context), client)

        app.event("app_mention")(heard)
        app.event("message")(heard)

    async def _hear(self, body: dict[str, Any], us: Us, client: AsyncWebClient) -> None:
        """Returns when what is to be stored is stored. Raises `UnavailableError`."""
        began, event = time.monotonic(), body["event"]
        stored_as = f"{us.team_id}/{event.get('channel')}/{event.get('ts')}"
        if stored_as in self._stored:
            return
        match await self._read(body, us, client):
            case Addressed(asked):
                message, _ = await asyncio.gather(
                    self._whereabouts.told(client, asked),
                    self._catch_up(client, asked, body, us, began + ASKING_SECONDS),
                )
                if await self._turns.accept(message):
                    self._asked(message, client)
                    self._joined.add(message.conversation)
                self._stored.add(stored_as)
            case Overheard(message) if not _opens_thread(message):
                await self._overhear(message, client)
            case Edited(message, asks, is_to_us):
                if not await self._turns.amend(message, early=is_to_us) and asks:
                    await self._turns.accept(message)
            case Deleted(workspace, message_id):
                await self._turns.withdraw(PLATFORM, workspace, message_id, early=True)
            case Dropped("malformed"):
                log.warning("slack_malformed", kind="message")
            case Dropped(reason) if reason in _WORTH_A_LINE:
                log.info("slack_message_dropped", workspace=us.team_id, reason=reason)
            case _:
                pass

    async def _overhear(self, message: Message, client: AsyncWebClient) -> None:
        """Keep what may be said to us without a mention, or to others."""
        if not self._follow_ups:
            await self._turns.overhear([message], if_part_of=True)
            return
        if message.conversation in self._joined:
            message = await self._whereabouts.told(client, message)
        await self._turns.follow_up(message, early=True)

    async def _read(self, body: dict[str, Any], us: Us, client: AsyncWebClient) -> Heard:
        """What the event is, with the names and the room that it tells by ids alone."""
        known, kind = await asyncio.gather(
            self._names.known(client, us.team_id, _others(people(body), us)),
            self._kind(client, us.team_id, body),
        )
        is_foreign = is_stranger(body, us, known)
        author = author_of(body)
        if is_foreign and us.enterprise_id and author and author not in known:
            self._names.forget(us.team_id, author)
            raise NotReadyError("whether its author is of our organisation cannot be learnt now")
        return to_message(
            body,
            us,
            known=known,
            now=datetime.now(UTC),
            channel_type=kind,
            answer_bots=self._answer_bots,
            allow_guests=is_foreign and await self._allows_guests(us),
        )

    async def _kind(self, client: AsyncWebClient, team: str, body: dict[str, Any]) -> str:
        channel = body["event"]["channel"]
        if body.get("is_ext_shared_channel") is True:
            self._rooms.is_shared(team, channel)
        if tells_channel_type(body):
            return ""
        room = await self._rooms.room(client, team, channel)
        return room.kind if room else ""

    async def _allows_guests(self, us: Us) -> bool:
        settings = await self._settings.read(PLATFORM, us.team_id)
        return settings.get(ALLOW_GUESTS) is True

    async def _catch_up(
        self,
        client: AsyncWebClient,
        message: Message,
        body: dict[str, Any],
        us: Us,
        deadline: float,
    ) -> None:
        """Keep what was said in the thread before we were first mentioned in it: once, and as far
        as Slack gives it in time."""
        key = message.conversation
        if message.place is Place.DM or _opens_thread(message) or key in self._joined:
            return
        if await self._turns.transcript(key, limit=1) is not None:
            return
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                before = await said_before(client, message, body, us, self._names)
        except SlackApiError as error:
            log.info("slack_thread_not_had", conversation=str(key), error=said(error))
        except (*UNANSWERED, *UNREADABLE) as error:
            log.info("slack_thread_not_had", conversation=str(key), error=type(error).__name__)
        else:
            await self._turns.overhear(before)


class _Recent(OrderedDict[_T, None]):
    """The newest of what was added."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def add(self, one: _T) -> None:
        self[one] = None
        if len(self) > self._most:
            self.popitem(last=False)


def _us(body: Mapping[str, Any], context: AsyncBoltContext) -> Us:
    installed: Installed = context["installed"]
    team = context.team_id or body.get("context_team_id") or body.get("team_id")
    return Us(
        team_id=str(team),
        user_id=installed.bot_user_id,
        bot_id=installed.bot_id,
        enterprise_id=context.enterprise_id or installed.enterprise_id,
        default_access=installed.default_access,
    )


def _line(body: Mapping[str, Any]) -> str:
    """Whose turn it is to be taken after: the conversation, as far as the event tells it."""
    event = body["event"]
    message = event.get("message") or event.get("previous_message") or event
    if not isinstance(message, dict):
        return ""
    thread = message.get("thread_ts")
    if not thread and event.get("channel_type") != "im":
        thread = message.get("ts")
    return f"{body.get('team_id')}/{event.get('channel')}/{thread}"


def _others(found: Iterable[str], us: Us) -> list[str]:
    return [person for person in found if person != us.user_id]


def _opens_thread(message: Message) -> bool:
    """Whether it stands in the channel itself, so that nothing can have been said before it."""
    key = message.conversation
    return message.id == f"{key.channel}/{key.thread}"
