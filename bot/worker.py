"""Takes turns off the queue and has them answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.conversation import Outcome, Turn, TurnStatus
from bot.ports import Adapter, ChangedTurnError, LostTurnError, Reply, TurnQueue, UnavailableError
from bot.slots import fill_slots

log = structlog.get_logger(__name__)

GRACE_SECONDS = 4.0
"""How long a shutdown waits for the last edits of the replies in flight."""

FAILED = "Something went wrong on our side. Please try again."


class Answers(Protocol):
    """`bot.casting.Casting`, as far as the worker needs it."""

    async def handle(self, turn: Turn, reply: Reply) -> None: ...


class Worker:
    """Answers the turns of its adapters' platforms, `slots` at once."""

    def __init__(
        self, turns: TurnQueue, casting: Answers, adapters: Sequence[Adapter], slots: int
    ) -> None:
        self._turns = turns
        self._casting = casting
        self._adapters = {adapter.platform: adapter for adapter in adapters}
        self._slots = slots

    async def run(self) -> None:
        """Until cancelled; then the replies in flight get their last edit and are given back."""
        platforms = list(self._adapters)

        async def claim(at_most: int) -> Sequence[Turn]:
            return await self._turns.claim(platforms, at_most=at_most)

        await fill_slots(
            self._slots,
            claim=claim,
            wait=self._turns.wait,
            do=self._answer,
            release=self._turns.release,
            grace_seconds=GRACE_SECONDS,
        )

    async def _answer(self, turn: Turn) -> None:
        conversation = turn.message.conversation
        try:
            reply = self._adapters[conversation.platform].reply(turn)
            await self._casting.handle(turn, reply)
        except Exception:  # the turn's boundary
            log.exception("turn_failed", turn=str(turn.id), conversation=str(conversation))
            await self._fail(turn)

    async def _fail(self, turn: Turn) -> None:
        failed = Outcome(text=turn.shown, status=TurnStatus.FAILED, error=FAILED)
        try:
            try:
                await self._turns.finish(turn, failed)
            except ChangedTurnError as change:
                if change.reason == "amended":
                    await self._turns.release(turn)
                else:
                    await self._turns.finish(turn, Outcome("", TurnStatus.WITHDRAWN))
        except (LostTurnError, UnavailableError) as error:
            log.warning("turn_left_to_its_lease", turn=str(turn.id), error=str(error))
