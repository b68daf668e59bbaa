"""The web page as a platform: what pages ask for, and where replies to them appear."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from uuid import UUID

from adapters.web.hub import Hub
from adapters.web.protocol import MAX_TEXT
from adapters.web.reply import WebReply
from adapters.web.room import Room
from adapters.web.view import stored_message_id
from bot.conversation import Access, Author, ConversationKey, Message, Place, Turn
from bot.memory_acts import COMMAND, Answer, Asker, MemoryActs
from bot.ports import TalentRepository, TurnQueue

WORKSPACE = "page"
"""The one workspace of this platform: whoever may open the page."""

_RETRY_PAUSES = (0, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each try to try a reply again."""


class RefusedError(Exception):
    """What a page asked for cannot be done, now or later; `str()` is for the person."""


class Web:
    """`bot.ports.Adapter`. Run `run()` beside the server until the worker has ended."""

    platform = "web"

    def __init__(
        self,
        turns: TurnQueue,
        talents: TalentRepository,
        *,
        access: Access = Access.TEAM,
        memory: MemoryActs | None = None,
    ) -> None:
        self._turns = turns
        self._memory = memory
        self._access = access
        self._hub = Hub(turns, talents)

    def reply(self, turn: Turn) -> WebReply:
        return WebReply(self._hub.room(turn.message.conversation), turn)

    async def run(self) -> None:
        await self._hub.keep_fresh()

    def watch(self, conversation: str) -> AbstractAsyncContextManager[Room]:
        """The room of a conversation id, up to date, for as long as a socket shows it."""
        return self._hub.watch(ConversationKey(self.platform, WORKSPACE, conversation))

    async def send(self, room: Room, person: str, message_id: str, text: str) -> None:
        """Store a message; the same id again does nothing. `UnavailableError` if it could not."""
        if not text.strip():
            raise RefusedError("That message is empty. Write what you are looking for.")
        if len(text) > MAX_TEXT:
            raise RefusedError(
                f"That message has {len(text):,} characters; the most is {MAX_TEXT:,}. Shorten it."
            )
        if text.lstrip().startswith(COMMAND):
            raise RefusedError("That is a command and was not sent. Open Memory instead.")
        message = Message(
            id=stored_message_id(room.conversation.channel, message_id),
            conversation=room.conversation,
            place=Place.DM,
            author=Author(external_id=person, name="Guest"),
            text=text.replace("\x00", ""),
            sent_at=datetime.now(UTC),
            default_access=self._access,
        )
        turn_id = await self._turns.accept(message)
        if turn_id is not None:
            room.accepted(turn_id, message)

    async def memory(self, room: Room, person: str, text: str) -> Answer:
        """What a person says after `/memory`: whoever may open the page may choose for it."""
        if self._memory is None:
            raise RefusedError("Nothing is remembered here.")
        author = Author(external_id=person, name="Guest")
        asker = Asker(author, room.conversation, Place.DM, self._access, is_admin=True)
        answer = await self._memory.do_and_show(asker, text)
        await self._hub.refresh_all()  # what was forgotten is not shown any more, on any page
        return answer

    async def stop(self, room: Room, turn_id: UUID) -> None:
        _in_room(room, turn_id)
        await self._turns.stop(turn_id)
        await self._hub.refresh(room)  # a queued turn ends without a reply

    async def retry(self, room: Room, turn_id: UUID) -> None:
        failed = _in_room(room, turn_id)
        if room.is_retryable(turn_id):
            # A reply's last edit is seen a moment before its end is stored.
            for pause in _RETRY_PAUSES:
                await asyncio.sleep(pause)
                if again := await self._turns.retry(turn_id):
                    room.accepted(again, failed)
                    return
        raise RefusedError("That reply cannot be tried again. Send the message once more.")


def _in_room(room: Room, turn_id: UUID) -> Message:
    """That turn's message; a page reaches only the turns that it shows."""
    if turn := room.turns.get(turn_id):
        return turn.message
    raise RefusedError("That message is not in this conversation. Reload the page.")
