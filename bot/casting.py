"""One turn from start to finish: read this to see how a message becomes a reply."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from structlog.contextvars import bound_contextvars

from bot.conversation import GIVEN_UP, Outcome, Turn, TurnStatus
from bot.draft import Draft
from bot.metrics import Metrics
from bot.names import mark_unbacked
from bot.ports import (
    ChangedTurnError,
    Lease,
    LeaseEnd,
    LostTurnError,
    Memory,
    MemorySearch,
    Reply,
    Responder,
    ResponderError,
    TalentRepository,
    TextDelta,
    TurnQueue,
    UnavailableError,
    UndeliverableError,
)
from bot.provenance import drawn_on, given_from, texts_of
from bot.refusals import RefusedError
from bot.spending import Spending
from bot.talent import Match
from bot.tools import Toolbox

log = structlog.get_logger(__name__)

STOPPED = "Stopped."
RESTARTING = "CastMatch is restarting; this reply goes on when it is back."
EMPTY = "No answer came back. Please ask again."
UNAVAILABLE = "CastMatch can't reach its data just now. Please try again in a minute."
UNEXPECTED = "Something went wrong on our side. Please try again."
UNDELIVERED = "The reply could not be shown here."

MODEL_STOPS_WITHIN = 0.3
"""Seconds that a cancelled model call may take; then the last edit is made all the same."""
LAST_EDIT_WITHIN, RELEASE_WITHIN = 1.2, 0.5
"""Seconds of a shutdown: for the last edit, and for giving the turn back."""


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a turn ends: what is stored of it, and what people see beside the text."""

    outcome: Outcome
    matches: tuple[Match, ...] = ()
    notice: str = ""
    until: datetime | None = None
    retryable: bool = False


class Casting:
    """Answers turns: one call of `handle` each, any number side by side."""

    def __init__(
        self,
        responder: Responder,
        talents: TalentRepository,
        memory: Memory,
        turns: TurnQueue,
        metrics: Metrics,
        *,
        spending: Spending | None = None,
        memory_search: MemorySearch | None = None,
    ) -> None:
        """Without `spending` replies have no limit, without `memory_search` the model cannot look
        further into memory than what it is given."""
        self._responder = responder
        self._talents = talents
        self._memory = memory
        self._turns = turns
        self._metrics = metrics
        self._spending = spending
        self._memory_search = memory_search

    async def handle(self, turn: Turn, reply: Reply) -> None:
        """Answer a claimed turn in `reply` and finish it. Raises nothing but `CancelledError`.

        Where the message is edited meanwhile, it gives the turn back, to be begun anew; where it
        is deleted, it removes the reply. Cancelled, it says in the reply that it will go on later
        and gives the turn back; a reply that was complete by then is finished instead. Either
        takes at most two seconds, and what the reply's `close` takes.
        """
        key = turn.message.conversation
        ended_as = "unfinished"
        with (
            bound_contextvars(conversation=str(key), turn=str(turn.id)),
            self._metrics.open_turns.labels(key.platform).track_inprogress(),
            self._metrics.reply_seconds.labels(key.platform).time(),
        ):
            try:
                async with self._turns.lease(turn) as lease:
                    ended_as = await self._answer(turn, reply, lease)
            except LostTurnError:
                ended_as = "lost"
                log.info("the turn is another worker's now")
            except UnavailableError:
                log.exception("the reply could not be stored; its turn will be taken up again")
            except asyncio.CancelledError:
                ended_as = "released"
                raise
            except Exception:  # the boundary of a turn
                log.exception("the turn did not end as it should")
            finally:
                self._metrics.turns.labels(key.platform, ended_as).inc()

    async def _answer(self, turn: Turn, reply: Reply, lease: Lease) -> str:
        """The draft is opened at once; everything else runs beside it. How it ended."""
        toolbox = Toolbox(self._talents, turn.audience, turn=turn, memory=self._memory_search)
        try:
            async with Draft(
                reply,
                progress=lambda message_ids, shown: self._turns.progress(
                    turn, message_ids, shown, given=given_from(toolbox.given)
                ),
                metrics=self._metrics,
                platform=turn.message.conversation.platform,
                message_ids=turn.message_ids,
                shown=turn.shown,
            ) as draft:
                try:
                    try:
                        _raise_if_changed(lease)  # before the claim: then nothing is begun
                        if turn.given_up:
                            return await self._give_up(turn, draft)
                        return await self._reply(turn, toolbox, draft, lease)
                    except ChangedTurnError:
                        if lease.over == "withdrawn":
                            return await self._take_back(turn, draft)
                        await draft.rest()
                        await self._memory.forget(turn)  # it may be of what is forgotten
                except asyncio.CancelledError:
                    await self._put_down(draft, lease)
                    raise
            await self._turns.release(turn)
        except asyncio.CancelledError:
            await self._give_back(turn)
            raise
        return "amended"

    async def _reply(self, turn: Turn, toolbox: Toolbox, draft: Draft, lease: Lease) -> str:
        """From the first word to the stored turn. `ChangedTurnError` where the message became
        another before that."""
        writing = asyncio.create_task(self._write(turn, toolbox, draft))
        leaving = asyncio.create_task(lease.ended())
        settling: asyncio.Task[str] | None = None
        try:
            await asyncio.wait(
                {writing, leaving, draft.delivery}, return_when=asyncio.FIRST_COMPLETED
            )
            ending = await self._ending(turn, writing, lease, draft, toolbox)
            settling = asyncio.create_task(self._settle(turn, draft, ending))
            await asyncio.wait({settling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not settling.done():
                _raise_if_changed(lease)
                await asyncio.wait({settling})
            return settling.result()
        except asyncio.CancelledError:
            if settling is not None:
                await asyncio.wait({settling}, timeout=LAST_EDIT_WITHIN)
            raise
        finally:
            await _cancel(writing, leaving, settling)

    async def _write(self, turn: Turn, toolbox: Toolbox, draft: Draft) -> str:
        """Let the responder write into the draft; the text as it should stay."""
        recollection, _ = await asyncio.gather(self._memory.recall(turn), self._reserve(turn))
        toolbox.given = recollection
        is_doing = False
        async with aclosing(self._responder.respond(turn, recollection, toolbox)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    if is_doing:
                        draft.doing("")
                        is_doing = False
                    draft.write(event.text)
                else:
                    draft.doing(event.text)
                    is_doing = True
        if not draft.written.strip():
            raise ResponderError(EMPTY, reason="empty")
        text, unbacked = await mark_unbacked(
            draft.written, turn=turn, recollection=toolbox.given, tools=toolbox
        )
        if unbacked:
            self._metrics.unbacked_names.inc(len(unbacked))
        return text

    async def _reserve(self, turn: Turn) -> None:
        """`RefusedError` where the share of the day is used up."""
        if self._spending is not None and (refusal := await self._spending.reserve(turn)):
            platform = turn.message.conversation.platform
            self._metrics.refused_replies.labels(platform, refusal.whose).inc()
            raise RefusedError(refusal)

    async def _ending(
        self,
        turn: Turn,
        writing: asyncio.Task[str],
        lease: Lease,
        draft: Draft,
        toolbox: Toolbox,
    ) -> _Ending:
        """What it came to, now that one of the tasks is done. `LostTurnError` if it is not ours,
        `ChangedTurnError` if it answers what is no longer asked."""
        _raise_if_changed(lease)
        stopped_by_person = lease.over == "stopped" and not writing.done()
        if not writing.done():
            await _cancel(writing)
        noted = Outcome(
            draft.text,
            query=toolbox.query,
            talent_ids=tuple(match.talent.id for match in toolbox.matches),
            drew_on=drawn_on(
                toolbox.given,
                f"{draft.text} {' '.join(texts_of(toolbox.query))}",
                asked=f"{turn.message.text} {turn.message.author.name}",
                found=toolbox.seen,
            ),
        )
        try:
            if stopped_by_person:
                stopped = replace(noted, status=TurnStatus.STOPPED)
                return _Ending(stopped, toolbox.matches, notice=STOPPED, retryable=True)
            if draft.delivery.done():
                draft.delivery.result()
            return _Ending(replace(noted, text=writing.result()), toolbox.matches)
        except RefusedError as error:
            return _Ending(
                replace(noted, error=str(error)), notice=str(error), until=error.resets_at
            )
        except ResponderError as error:
            self._metrics.responder_errors.labels(error.reason).inc()
            log.warning("the responder gave up", reason=error.reason, exc_info=error.__cause__)
            sentence, retryable = str(error), error.retryable
        except UndeliverableError as error:
            log.warning("the platform refuses the reply", error=str(error))
            sentence, retryable = UNDELIVERED, True
        except UnavailableError:
            log.warning("our data could not be reached", exc_info=True)
            sentence, retryable = UNAVAILABLE, True
        except LostTurnError:
            raise
        except Exception:  # the boundary of a turn
            log.exception("the reply ended in an error of ours")
            sentence, retryable = UNEXPECTED, True
        failed = replace(noted, status=TurnStatus.FAILED, error=sentence)
        return _Ending(failed, toolbox.matches, sentence, retryable=retryable)

    async def _settle(self, turn: Turn, draft: Draft, ending: _Ending) -> str:
        """The last edit, then the row, then memory."""
        outcome = ending.outcome
        try:
            await draft.end(
                outcome.text,
                matches=ending.matches,
                notice=ending.notice,
                retryable=ending.retryable,
                until=ending.until,
            )
        except UndeliverableError as error:
            log.warning("the platform refuses the reply", error=str(error))
            outcome = replace(outcome, status=TurnStatus.FAILED, error=UNDELIVERED)
        await self._turns.finish(turn, outcome)
        if outcome.status is TurnStatus.FAILED:
            await self._give_back_cost(turn)
        await self._memory.remember(turn, outcome)
        return outcome.status

    async def _give_back_cost(self, turn: Turn) -> None:
        """A reply that failed costs its person nothing."""
        if self._spending is None:
            return
        try:
            await self._spending.settle(turn, 0)
        except UnavailableError:
            log.warning("a failed reply counts as one of the day, as our data is away")

    async def _give_up(self, turn: Turn, draft: Draft) -> str:
        """Answer no more: say so below what there is of the reply."""
        log.error("turn_dead")
        outcome = Outcome(turn.shown, TurnStatus.DEAD, error=GIVEN_UP)
        return await self._settle(turn, draft, _Ending(outcome, notice=GIVEN_UP, retryable=True))

    async def _take_back(self, turn: Turn, draft: Draft) -> str:
        """Remove the reply to a message that was deleted, and keep nothing of either."""
        try:
            await draft.remove()
        except UndeliverableError as error:
            log.warning("the platform does not remove the reply", error=str(error))
        await self._memory.forget(turn)
        await self._turns.finish(turn, Outcome("", TurnStatus.WITHDRAWN))
        return TurnStatus.WITHDRAWN

    async def _put_down(self, draft: Draft, lease: Lease) -> None:
        """Say that the reply goes on later, if it does; a call under way comes to its end."""
        with suppress(TimeoutError, UndeliverableError, LostTurnError):
            async with asyncio.timeout(LAST_EDIT_WITHIN):
                if lease.over in {"amended", "withdrawn"} or draft.delivery.done():
                    await draft.rest()
                else:
                    await draft.end(draft.text, notice=RESTARTING, final=False)

    async def _give_back(self, turn: Turn) -> None:
        """Let another go on with the turn, unless it has ended."""
        try:
            async with asyncio.timeout(RELEASE_WITHIN):
                await self._turns.release(turn)
        except (TimeoutError, UnavailableError, LostTurnError):
            log.warning("the turn could not be given back; it is taken over when its lease ends")


def _raise_if_changed(lease: Lease) -> None:
    """Unless the reply goes on, or was stopped and ends with what there is of it."""
    match lease.over:
        case "lost":
            raise LostTurnError("the lease is another worker's")
        case "amended" | "withdrawn" as reason:
            raise ChangedTurnError(reason)


async def _cancel(*tasks: asyncio.Task[str] | asyncio.Task[LeaseEnd] | None) -> None:
    """End tasks of ours, whatever they were to come to, and wait for them a moment."""
    begun = [task for task in tasks if task is not None]
    for task in begun:
        task.cancel()
        task.add_done_callback(_look_at)
    if begun:
        await asyncio.wait(begun, timeout=MODEL_STOPS_WITHIN)


def _look_at(task: asyncio.Task[str] | asyncio.Task[LeaseEnd]) -> None:
    """Take note of an error that nobody waits for, so that the loop does not report it."""
    if not task.cancelled():
        task.exception()
