"""A turn in the loopback Slack, and the reply to it as the adapter makes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget, Connect
from adapters.slack.native_stream import NativeReply
from adapters.slack.reply import SlackReply
from bot.conversation import Access, Audience, Author, ConversationKey, Message, Place, Turn
from bot.draft import Draft
from bot.metrics import Metrics
from bot.ports import Reply
from tests.fakes.slack import Channel, SlackServer
from tests.fakes.slack import Message as SlackMessage


@dataclass
class Desk:
    """The adapter's side of one process."""

    session: aiohttp.ClientSession
    slack: SlackServer
    budget: Budget

    def reply(self, turn: Turn, *, page_limit: int = 0) -> SlackReply:
        reply = SlackReply(turn, budget=self.budget, connect=self._connect(turn))
        reply.page_limit = page_limit or reply.page_limit
        return reply

    def native(self, turn: Turn, *, page_limit: int = 0) -> NativeReply:
        connect = self._connect(turn)
        edits = SlackReply(turn, budget=self.budget, connect=connect, unmarked=True)
        edits.page_limit = page_limit or edits.page_limit
        return NativeReply(turn, edits, budget=self.budget, connect=connect)

    def _connect(self, turn: Turn) -> Connect:
        team = self.slack.workspaces[turn.message.conversation.workspace]
        client = AsyncWebClient(
            team.bot_token, base_url=self.slack.api_url, session=self.session, retry_handlers=[]
        )

        async def connect() -> AsyncWebClient:
            return client

        return connect


@asynccontextmanager
async def open_desk(slack: SlackServer, *, seconds: float = 15) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
        yield Desk(session, slack, Budget())


def words(message: SlackMessage) -> str:
    """What a reader sees, without the buttons."""
    return "\n".join(line for line in message.shown.splitlines() if not line.startswith("["))


def turn_in(
    channel: Channel,
    ts: str,
    *,
    thread: str | None = None,
    attempt: int = 1,
    message_ids: Sequence[str] = (),
    shown: str = "",
    turn_id: UUID | None = None,
) -> Turn:
    """A turn whose question was posted at `ts`; without `thread`, in one of its own."""
    key = ConversationKey(
        "slack", channel.workspace.id, channel.id, ts if thread is None else thread
    )
    return Turn(
        id=turn_id or uuid4(),
        audience=Audience(UUID(int=1), Access.TEAM, Place.PUBLIC),
        message=Message(
            id=f"{channel.id}/{ts}",
            conversation=key,
            place=Place.PUBLIC,
            author=Author("U1", "Asha"),
            text="Find dancers",
            sent_at=datetime.now(UTC),
        ),
        user_id=UUID(int=2),
        attempt=attempt,
        message_ids=tuple(message_ids),
        shown=shown,
    )


async def _unsaved(message_ids: Sequence[str], shown: str) -> None:
    """Nothing is kept."""


def draft_on(reply: Reply, turn: Turn, metrics: Metrics | None = None) -> Draft:
    return Draft(
        reply,
        progress=_unsaved,
        metrics=metrics or Metrics(),
        platform="slack",
        message_ids=turn.message_ids,
        shown=turn.shown,
    )
