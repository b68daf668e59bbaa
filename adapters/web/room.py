"""A conversation as its pages show it now.

A room holds what the newest state is, not how it came about: every change gives its turn the
room's next revision, and whoever watches asks for what is newer than what it has.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from adapters.web.markdown import GrowingMarkdown
from bot.conversation import ConversationKey, Message, TranscriptEntry, Turn, TurnStatus
from bot.ports import Page

LIVE_SECONDS = 5.0
"""For so long after an edit made in this process we know better than the transcript."""

_OPEN = {TurnStatus.QUEUED, TurnStatus.RUNNING}
_NOTICES = {
    TurnStatus.STOPPED: "Stopped.",
    TurnStatus.FAILED: "This reply could not be finished.",
    TurnStatus.DEAD: "This reply could not be finished.",
}
EMPTIED = "This reply told of something that was taken back since."


class Phase(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"


class ShownPage:
    """One message of a reply, and its text as HTML blocks, rendered when first asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.render_seconds = 0.0
        """What the last change cost to render."""
        self._markdown = GrowingMarkdown()
        self._rendered: str | None = None
        self._blocks: tuple[str, ...] = ()

    def blocks(self) -> tuple[str, ...]:
        if self.page.text != self._rendered:
            started = time.perf_counter()
            self._blocks = self._markdown.render(self.page.text)
            self._rendered = self.page.text
            self.render_seconds = time.perf_counter() - started
        return self._blocks


@dataclass(slots=True)
class ShownTurn:
    id: UUID
    message: Message
    phase: Phase = Phase.QUEUED
    pages: dict[str, ShownPage] = field(default_factory=dict)
    """By message id, in the order they were posted."""
    activity: str = ""
    revision: int = 0
    edited_at: float = float("-inf")
    """When this process last edited it, by the monotonic clock."""

    @property
    def is_live(self) -> bool:
        return time.monotonic() - self.edited_at < LIVE_SECONDS

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is open and nothing of it happens in this process now."""
        return self.phase is not Phase.ENDED and not self.is_live

    def shows(self, pages: Sequence[tuple[str, Page]], phase: Phase) -> bool:
        mine = [(message_id, shown.page) for message_id, shown in self.pages.items()]
        return self.phase is phase and mine == list(pages)


class Room:
    def __init__(self, conversation: ConversationKey) -> None:
        self.conversation = conversation
        self.epoch = secrets.token_hex(4)
        """Revisions count within it; another room of the same conversation has another."""
        self.revision = 0
        self.order_revision = 0
        """When turns last came or went."""
        self.turns: dict[UUID, ShownTurn] = {}
        """Oldest first."""
        self.watchers = 0
        self._watched = asyncio.Event()
        self._changed = asyncio.Event()

    # --- for those who watch

    def enter(self) -> None:
        self.watchers += 1
        self._watched.set()

    def leave(self) -> None:
        self.watchers -= 1
        if not self.watchers:
            self._watched.clear()

    async def newer_than(self, revision: int) -> None:
        """Return once the room's revision is above this one."""
        while self.revision <= revision:
            await self._changed.wait()

    async def watched(self, seconds: float) -> None:
        """Return when somebody watches, at the latest after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._watched.wait()

    @property
    def has_open_turns(self) -> bool:
        return any(turn.phase is not Phase.ENDED for turn in self.turns.values())

    # --- what happens in this process

    def accepted(self, turn_id: UUID, message: Message) -> None:
        """A message was stored and waits for its turn."""
        if turn_id not in self.turns:
            self._add(ShownTurn(turn_id, message))

    def begin(self, turn: Turn) -> None:
        """A worker of this process took the turn; what an earlier one had shown stands."""
        shown = self.turns.get(turn.id)
        if shown is None:
            shown = self._add(ShownTurn(turn.id, turn.message))
        shown.phase = Phase.RUNNING
        if not shown.pages and turn.message_ids:
            shown.pages[turn.message_ids[0]] = ShownPage(Page(turn.shown))
        self._edited(shown)

    def show(self, turn_id: UUID, message_id: str, page: Page) -> None:
        """A message of the reply looks like `page` now."""
        if shown := self.turns.get(turn_id):
            if message_id in shown.pages:
                shown.pages[message_id].page = page
            else:
                shown.pages[message_id] = ShownPage(page)
            shown.phase = Phase.ENDED if page.final else Phase.RUNNING
            if page.final:
                shown.activity = ""
            self._edited(shown)

    def is_retryable(self, turn_id: UUID) -> bool:
        """Whether the reply has ended and offers another try."""
        shown = self.turns.get(turn_id)
        return (
            shown is not None
            and shown.phase is Phase.ENDED
            and any(page.page.retryable for page in shown.pages.values())
        )

    def render_seconds(self, turn_id: UUID) -> float:
        """What rendering an edit of this reply costs now."""
        shown = self.turns.get(turn_id)
        return (
            max((page.render_seconds for page in shown.pages.values()), default=0) if shown else 0
        )

    def remove(self, turn_id: UUID, message_id: str) -> None:
        shown = self.turns.get(turn_id)
        if shown and shown.pages.pop(message_id, None):
            self._edited(shown)

    def doing(self, turn_id: UUID, activity: str) -> None:
        shown = self.turns.get(turn_id)
        if shown and shown.activity != activity:
            shown.activity = activity
            self._edited(shown)

    # --- what is stored

    def knows_better(self, entry: TranscriptEntry) -> bool:
        """Whether what this room shows of a turn is at least as new as its stored state."""
        shown = self.turns.get(entry.turn_id)
        if shown is None:
            return False
        if shown.phase is Phase.ENDED:
            return not _was_emptied(entry)
        return entry.status in _OPEN and shown.is_live

    def merge(self, entries: Sequence[tuple[TranscriptEntry, Page | None]]) -> None:
        """Take over a transcript: each entry with its reply as one page, if there is any.

        Turns that it lacks are dropped, but for those newer than its newest.
        """
        merged: dict[UUID, ShownTurn] = {}
        for entry, page in entries:
            shown = self.turns.get(entry.turn_id) or ShownTurn(entry.turn_id, entry.message)
            merged[entry.turn_id] = shown
            if self.knows_better(entry):
                continue
            phase = _phase(entry.status)
            message_id = entry.message_ids[0] if entry.message_ids else f"{entry.turn_id}.0"
            pages = [(message_id, page)] if page else []
            if shown.revision and shown.shows(pages, phase):
                continue
            shown.phase, shown.activity = phase, ""
            shown.pages = {message_id: ShownPage(page) for message_id, page in pages}
            self._change(shown)
        newest = max((turn.message.sent_at for turn in merged.values()), default=None)
        for turn_id, shown in self.turns.items():
            is_new = newest is None or shown.message.sent_at >= newest
            if turn_id not in merged and is_new and shown.phase is not Phase.ENDED:
                merged[turn_id] = shown
        if list(merged) != list(self.turns):
            self.turns = merged
            self._reorder()

    # --- revisions

    def _add(self, shown: ShownTurn) -> ShownTurn:
        self.turns[shown.id] = shown
        self._reorder()
        self._change(shown)
        return shown

    def _edited(self, shown: ShownTurn) -> None:
        shown.edited_at = time.monotonic()
        self._change(shown)

    def _change(self, shown: ShownTurn) -> None:
        self._next_revision()
        shown.revision = self.revision

    def _reorder(self) -> None:
        self._next_revision()
        self.order_revision = self.revision

    def _next_revision(self) -> None:
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _was_emptied(entry: TranscriptEntry) -> bool:
    """Whether its reply told of what somebody has taken back since."""
    outcome = entry.outcome
    is_done = entry.status is TurnStatus.DONE
    return is_done and outcome is not None and not outcome.text and not outcome.error


def stored_page(entry: TranscriptEntry) -> Page | None:
    """What a transcript knows of a reply, without its cards; `None` where nothing was shown."""
    if entry.status in _OPEN:
        return Page(entry.shown) if entry.shown else None
    outcome = entry.outcome
    return Page(
        text=outcome.text if outcome else entry.shown,
        notice=_notice(entry),
        final=True,
        retryable=entry.status in (TurnStatus.FAILED, TurnStatus.DEAD, TurnStatus.STOPPED),
    )


def _notice(entry: TranscriptEntry) -> str:
    if entry.outcome and entry.outcome.error:
        return entry.outcome.error
    return EMPTIED if _was_emptied(entry) else _NOTICES.get(entry.status, "")


def _phase(status: TurnStatus) -> Phase:
    if status is TurnStatus.QUEUED:
        return Phase.QUEUED
    return Phase.RUNNING if status is TurnStatus.RUNNING else Phase.ENDED
