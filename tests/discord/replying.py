"""A turn in the loopback Discord, and the reply to it as the adapter makes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from adapters.discord.events import DMS
from adapters.discord.pace import Pace
from adapters.discord.reply import DiscordReply
from adapters.discord.rest import Rest, use_api
from bot.conversation import Access, Audience, Author, ConversationKey, Message, Place, Turn
from bot.draft import Draft
from bot.metrics import Metrics
from tests.fakes.discord import Channel, DiscordServer
from tests.fakes.discord import Message as DiscordMessage


@dataclass
class Desk:
    """The adapter's side of one process."""

    rest: Rest
    pace: Pace = field(default_factory=Pace)
    refused: list[Turn] = field(default_factory=list)

    def reply(self, turn: Turn) -> DiscordReply:
        return DiscordReply(turn, rest=self.rest, pace=self.pace, refused=self._note)

    def draft(self, turn: Turn) -> Draft:
        return Draft(
            self.reply(turn),
            progress=_unsaved,
            metrics=Metrics(),
            platform="discord",
            message_ids=turn.message_ids,
            shown=turn.shown,
        )

    async def _note(self, turn: Turn) -> None:
        self.refused.append(turn)


@asynccontextmanager
async def open_desk(server: DiscordServer, *, call_seconds: float = 15) -> AsyncIterator[Desk]:
    use_api(server.api_url)
    async with Rest.open(server.token, call_seconds=call_seconds) as rest:
        await rest.log_in()
        yield Desk(rest)


def turn_on(
    question: DiscordMessage,
    *,
    in_thread: bool = False,
    message_ids: Sequence[str] = (),
    shown: str = "",
) -> Turn:
    """A turn that the question makes; `in_thread`: to be answered in a thread under it."""
    channel: Channel = question.channel
    workspace = channel.guild.id if channel.guild else DMS
    return Turn(
        id=uuid4(),
        audience=Audience(UUID(int=1), Access.COMMUNITY, Place.PUBLIC),
        message=Message(
            id=question.id,
            conversation=ConversationKey(
                "discord", workspace, channel.id, question.id if in_thread else ""
            ),
            place=Place.PUBLIC,
            author=Author(question.author.id, question.author.name),
            text=question.content,
            sent_at=datetime.now(UTC),
        ),
        user_id=UUID(int=2),
        attempt=1,
        message_ids=tuple(message_ids),
        shown=shown,
    )


async def _unsaved(message_ids: Sequence[str], shown: str) -> None:
    """Nothing is kept."""
