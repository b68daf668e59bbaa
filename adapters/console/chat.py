"""`castmatch chat`: one conversation at a time, in the terminal or through a pipe."""

from __future__ import annotations

import asyncio
import getpass
import json
import platform
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from adapters.console.piped import PipedFace
from adapters.console.terminal import TerminalFace
from bot.conversation import Access, Author, ConversationKey, Message, Place, Turn, TurnStatus
from bot.memory_acts import COMMAND, Asker, MemoryActs
from bot.ports import Page, Step, TurnQueue, UnavailableError, UndeliverableError

LONGEST_MESSAGE = 10_000
"""Characters of one message."""
LOOK_EVERY = 2.0
"""Seconds after which a reply that has not come is looked up, in case it never will."""
HELP = """\
/new    start a new conversation
/memory what is remembered of you, and your say over it (/memory help)
/help   show this
/quit   leave (or Ctrl-D)
Ctrl-C  stop the reply that is being written; a second time, leave"""
_PAGE_LIMIT = 2**31 - 1
_OPEN = (TurnStatus.QUEUED, TurnStatus.RUNNING)


WORKSPACE = "local"
"""The one workspace of this platform: this machine."""


def this_person() -> Author:
    """Whoever is logged in here."""
    user = getpass.getuser()
    return Author(f"{user}@{platform.node()}", user)


class Face(Protocol):
    """How the chat looks: `TerminalFace` or `PipedFace`."""

    takes_interrupts: bool
    """Whether Ctrl-C is for the reply, and not for the process."""

    def greet(self) -> None: ...
    async def read(self) -> str | None:
        """What the person says next; `None` when they leave."""

    async def pace(self, *, final: bool) -> None: ...
    def show(self, page: Page) -> None:
        """The reply as it is now."""

    def activity(self, doing: str) -> None: ...
    def say(self, text: str) -> None: ...
    def complain(self, text: str) -> None:
        """Say what is wrong with what was entered."""

    def close(self) -> None: ...


def make_face(data_dir: Path) -> Face:
    """For a terminal on both ends, or else for a pipe."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return TerminalFace(data_dir / "chats" / "history")
    return PipedFace()


class Chat:
    """The adapter of one chat: `bot.ports.Adapter`, on a platform name of its own.

    Turns that it did not ask for are those of a chat that had its name before and died: it
    refuses to show them, which ends them.
    """

    def __init__(
        self, turns: TurnQueue, memory: MemoryActs, face: Face, *, platform_name: str
    ) -> None:
        self.platform = platform_name
        self._turns = turns
        self._memory = memory
        self._face = face
        self._session = uuid4().hex[:12]
        self._thread = 1
        self._messages = 0
        self.waits_for: UUID | None = None
        """The turn whose reply is awaited, until a person stops it."""
        self._shown = asyncio.Event()
        self._leaving = asyncio.Event()
        self._stops: set[asyncio.Task[None]] = set()
        self._author = this_person()

    def reply(self, turn: Turn) -> ChatReply | NoReply:
        if turn.message.conversation.channel != self._session:
            return NoReply()
        return ChatReply(self._face, self._shown)

    async def run(self) -> None:
        """Until the person leaves. `UnavailableError` if a message could not be stored."""
        if self._face.takes_interrupts:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.interrupt)
        self._face.greet()
        leaving = asyncio.create_task(self._leaving.wait())
        talking = asyncio.create_task(self._talk())
        try:
            await asyncio.wait({leaving, talking}, return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                talking.result()
        finally:
            leaving.cancel()
            talking.cancel()
            await asyncio.gather(leaving, talking, *self._stops, return_exceptions=True)
            self._face.close()

    def interrupt(self) -> None:
        """Ctrl-C: stop the reply that is being written; else, and the second time, leave."""
        if self.waits_for is None:
            self._leaving.set()
            return
        task = asyncio.create_task(self._stop(self.waits_for))
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)
        self.waits_for = None

    async def _stop(self, turn_id: UUID) -> None:
        try:
            await self._turns.stop(turn_id)
        except UnavailableError:
            self._face.complain("It can't be stopped just now. Ctrl-C again leaves.")

    async def _talk(self) -> None:
        while (line := await self._face.read()) is not None:
            match line.strip():
                case "":
                    continue
                case "/quit" | "/exit":
                    return
                case "/new":
                    self._thread += 1
                    self._face.say("A new conversation.")
                case "/help":
                    self._face.say(HELP)
                case command if command.split()[0] == COMMAND:
                    await self._remember(command.removeprefix(COMMAND))
                case command if command.startswith("/") and " " not in command:
                    self._face.complain(f"There is no command {command}. /help lists them.")
                case text if len(text) > LONGEST_MESSAGE:
                    self._face.complain(
                        f"That is {len(text):,} characters; a message has at most"
                        f" {LONGEST_MESSAGE:,}. It was not sent."
                    )
                case text:
                    await self._ask(text)

    async def _remember(self, text: str) -> None:
        """`/memory`: whoever sits here may choose for all of it."""
        asker = Asker(self._author, self._conversation, Place.DM, Access.TEAM, is_admin=True)
        answer = await self._memory.do(asker, text)
        self._face.say(answer.whole)
        if answer.export is not None:
            self._face.say(json.dumps(answer.export, ensure_ascii=False, indent=2))

    @property
    def _conversation(self) -> ConversationKey:
        return ConversationKey(self.platform, WORKSPACE, self._session, str(self._thread))

    async def _ask(self, text: str) -> None:
        """Send a message and wait until its reply is shown whole."""
        self._messages += 1
        conversation = self._conversation
        self._shown.clear()
        turn_id = await self._turns.accept(
            Message(
                id=f"{self._session}-{self._messages}",
                conversation=conversation,
                place=Place.DM,
                author=self._author,
                text=text,
                sent_at=datetime.now(UTC),
            )
        )
        if turn_id is None:
            raise RuntimeError("two messages of a chat have one id")
        self.waits_for = turn_id
        while not await self._is_shown():
            if page := await self._ended_unseen(conversation, turn_id):
                self._face.show(page)
                break
        self.waits_for = None

    async def _is_shown(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._shown.wait()
        return self._shown.is_set()

    async def _ended_unseen(self, conversation: ConversationKey, turn_id: UUID) -> Page | None:
        """What a turn came to that ended without a last edit: its worker had died, say."""
        try:
            known = await self._turns.transcript(conversation, limit=1)
        except UnavailableError:
            return None
        for entry in known[1] if known else ():
            if entry.turn_id == turn_id and entry.status not in _OPEN and not self._shown.is_set():
                text = entry.outcome.text if entry.outcome else entry.shown
                error = entry.outcome.error if entry.outcome else ""
                return Page(text, notice=error or "The reply ended here.", final=True)
        return None


class ChatReply:
    """Shows a reply in the chat; `shown` is set with its last state."""

    page_limit = _PAGE_LIMIT

    def __init__(self, face: Face, shown: asyncio.Event) -> None:
        self._face = face
        self._shown = shown

    async def pace(self, step: Step) -> None:
        await self._face.pace(final=step is Step.LAST)

    async def post(self, page: Page) -> str:
        await self.edit("reply", page)
        return "reply"

    async def edit(self, message_id: str, page: Page) -> None:
        self._face.show(page)
        if page.final:
            self._shown.set()

    async def delete(self, message_id: str) -> None:
        """There is only the one message."""

    async def activity(self, doing: str) -> None:
        self._face.activity(doing)

    async def close(self) -> None:
        """Nothing is held."""


class NoReply:
    """Where nobody reads any more."""

    page_limit = _PAGE_LIMIT

    async def pace(self, step: Step) -> None:
        """Nothing to wait for."""

    async def post(self, page: Page) -> str:
        raise UndeliverableError("the chat that asked is closed")

    async def edit(self, message_id: str, page: Page) -> None:
        raise UndeliverableError("the chat that asked is closed")

    async def delete(self, message_id: str) -> None:
        """It is gone with its chat."""

    async def activity(self, doing: str) -> None:
        """Nobody watches."""

    async def close(self) -> None:
        """Nothing is held."""
