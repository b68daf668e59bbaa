"""Turns that replies are not given any more are folded into a summary, in the background.

Which turns those are is known from where working memory's window begins: as it moves on, what it
leaves behind waits here. Until a summary is there, and where none can be had, the turns' own words
stand in for it (memory/summary.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

import structlog
from pydantic import BaseModel, JsonValue

from bot.conversation import Access
from bot.summaries import SummaryError
from db.summaries import SummaryKey
from memory.breaker import RedisAwayError
from memory.budget import tokens
from memory.summary import composed, newest

if TYPE_CHECKING:
    from bot.conversation import PastTurn
    from bot.metrics import Metrics
    from bot.spending import Spending
    from bot.summaries import Summariser
    from db.summaries import Fold, SummaryRows
    from memory.working import WorkingMemory

log = structlog.get_logger(__name__)

MOST_TURNS, LONGEST, MOST_TOKENS = 200, 600, 12_000
"""Of one call: turns, characters of each text, tokens of all. The newest are told of; what does not
fit is found by recall."""

COST = 1.0
"""What one call counts as in the workspace's budget of the day: one reply."""

AGAIN_AFTER = (60.0, 300.0, 1_200.0)
"""Seconds after which it is asked for again where Claude could not say. Then the next turn that
ends asks."""

Ending: TypeAlias = Literal["made", "own_words", "forgotten", "no_budget", "failed"]


class Due(BaseModel):
    """The payload of a `db.summaries.SUMMARISE_TURNS` job."""

    conversation: str
    """`str(ConversationKey)`."""
    access: Access
    begins_with: UUID
    """The turn that replies are given first: what came before it is folded."""
    tries: int = 0

    def whose(self, org_id: UUID) -> SummaryKey:
        return SummaryKey(org_id, self.conversation, self.access)


class Folding:
    """`db.summaries.SUMMARISE_TURNS`. It may be cut off anywhere and run again."""

    def __init__(
        self,
        rows: SummaryRows,
        working: WorkingMemory,
        summariser: Summariser,
        spending: Spending,
        metrics: Metrics,
    ) -> None:
        self._rows = rows
        self._working = working
        self._summariser = summariser
        self._spending = spending
        self._metrics = metrics

    async def see(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """Queue what is due of a conversation, given as in `db.episode_writes.REMEMBER_TURNS`."""
        conversation = str(payload["conversation"])
        with suppress(RedisAwayError):  # then a later turn sees to it
            begins = await self._working.begins_with(org_id, conversation)
            for access, turn_id in begins.items():
                due = Due(conversation=conversation, access=access, begins_with=turn_id)
                if await self._rows.is_due(due.whose(org_id), turn_id):
                    await self._queue(org_id, due)

    async def job(self, org_id: UUID, payload: Mapping[str, JsonValue]) -> None:
        """The handler."""
        due = Due.model_validate(payload)
        with suppress(RedisAwayError):  # replies may begin later than when this was queued
            begins = await self._working.begins_with(org_id, due.conversation)
            due.begins_with = begins.get(due.access, due.begins_with)
        key = due.whose(org_id)
        fold = await self._rows.fold(key, due.begins_with, limit=MOST_TURNS, longest=LONGEST)
        if fold is None:  # whoever made it may have died before Redis had it
            await self._show(key, due)
            return
        ending = await self._make(key, due, fold)
        self._metrics.summaries.labels(ending).inc()

    async def _make(self, key: SummaryKey, due: Due, fold: Fold) -> Ending:
        room = self._spending.reserve_beside(key.org_id, fold.platform, fold.workspace, COST)
        if not await room:
            return "no_budget"
        ending: Ending = "made"
        so_far = fold.standing.text if fold.standing else ""
        try:
            text = await self._summariser.summarise(so_far, _fitting(fold.told))
            text = newest(text.splitlines())
        except SummaryError as error:
            log.info("not_summarised", conversation=due.conversation, reason=error.reason)
            if not error.is_final:
                await self._again(key.org_id, due)
                return "failed"
            text, ending = composed(so_far, fold.told), "own_words"
        if not await self._rows.keep(key, fold, text):
            await self._again(key.org_id, due)
            return "forgotten"
        await self._show(key, due)
        return ending

    async def _show(self, key: SummaryKey, due: Due) -> None:
        """Have replies read the summary that stands, in the place of the turns' own words."""
        summary = await self._rows.standing(key)
        if summary is None or summary.begins_with != due.begins_with:
            return
        try:
            await self._working.keep_summary(key, due.begins_with, summary.text)
        except RedisAwayError:
            await self._again(key.org_id, due)

    async def _again(self, org_id: UUID, due: Due) -> None:
        if due.tries < len(AGAIN_AFTER):
            delay = AGAIN_AFTER[due.tries]
            await self._queue(org_id, due.model_copy(update={"tries": due.tries + 1}), delay=delay)

    async def _queue(self, org_id: UUID, due: Due, *, delay: float = 0) -> None:
        key = f"{due.access} {due.conversation}"
        await self._rows.enqueue(org_id, due.model_dump(mode="json"), key=key, delay=delay)


def _fitting(told: Sequence[PastTurn]) -> Sequence[PastTurn]:
    """The newest turns that one call is given."""
    left = MOST_TOKENS
    for number, past in enumerate(reversed(told)):
        left -= tokens(past.said) + tokens(past.outcome.text)
        if left < 0:
            return told[len(told) - number :]
    return told
