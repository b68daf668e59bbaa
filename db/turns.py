"""The turn queue: rows of `turns`, claimed under fenced leases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import structlog

from bot.conversation import (
    Access,
    Audience,
    ConversationKey,
    Message,
    Outcome,
    TranscriptEntry,
    Turn,
    TurnStatus,
)
from bot.ports import ChangedTurnError, Lease, LeaseEnd, LostTurnError, UnavailableError
from db import overheard, taken_back, too_early, turn_changes
from db.forgetting import fence_of, undisturbed
from db.listener import Bell
from db.turn_accept import accept
from db.turn_claim import claim_next
from db.turn_endings import Endings
from db.turn_history import locate, transcript
from db.turn_notes import Notes
from db.turn_rows import to_message, to_turn
from db.workspaces import may_trust

if TYPE_CHECKING:
    from asyncpg import Record

    from db.process import Process

log = structlog.get_logger(__name__)

QUEUED, STOP = "castmatch_turn_queued", "castmatch_turn_stop"
"""Channels: something can be claimed; a running turn (the payload, its id) is to stop."""

CHANGED = "castmatch_turn_changed"
"""Channel: the message of a running turn was `amended` or `withdrawn`; the payload is that, the
turn's id and its attempt, with spaces between."""

_STOPS = "(t.cancel_requested AND t.changed = '')"

_RELEASE = f"""
    UPDATE turns t SET lease_until = NULL,
        status = CASE WHEN {_STOPS} THEN 'stopped' ELSE 'queued' END,
        reply = CASE WHEN {_STOPS} THEN t.shown ELSE t.reply END,
        drew_on = CASE WHEN {_STOPS} THEN t.given ELSE t.drew_on END,
        finished_at = CASE WHEN {_STOPS} THEN now() END,
        takeovers = CASE t.changed WHEN 'amended' THEN 0 ELSE t.takeovers END,
        changed = CASE t.changed WHEN 'amended' THEN '' ELSE t.changed END
    WHERE t.org_id = $1 AND t.id = $2 AND t.owner = $3 AND t.attempt = $4
        AND t.status = 'running'
    RETURNING pg_notify('castmatch_turn_queued', '')"""

_STOP = """
    UPDATE turns t SET cancel_requested = true,
        status = CASE t.status WHEN 'queued' THEN 'stopped' ELSE t.status END,
        finished_at = CASE t.status WHEN 'queued' THEN now() END
    WHERE t.id = $1 AND t.status IN ('queued', 'running')
    RETURNING CASE t.status WHEN 'running'
        THEN pg_notify('castmatch_turn_stop', t.id::text)
        ELSE pg_notify('castmatch_turn_queued', '') END"""

_COPIED = """org_id, platform, workspace, channel, thread, conversation, place, user_id,
    author_external_id, author_name, message_id, text, sent_at, room_name, link"""

# It sees no more than the first try might, and no more than it might be asked for now.
_RETRY = f"""
    INSERT INTO turns ({_COPIED}, access, retry_of)
    SELECT {_COPIED}, CASE WHEN access = 'team' AND $4 AND (
        EXISTS (SELECT FROM workspaces w WHERE w.platform = t.platform
            AND w.external_id = t.workspace AND w.org_id = t.org_id AND w.access = 'team')
        OR $2 AND place IN ('dm', 'thread', 'private')
            AND {may_trust("t.platform", "coalesce(nullif($3, ''), t.workspace)", "t.org_id")})
        THEN 'team' ELSE 'community' END, id
    FROM turns t WHERE id = $1 AND status IN ('failed', 'stopped', 'dead')
    ON CONFLICT DO NOTHING
    RETURNING id, pg_notify('castmatch_turn_queued', '')"""


_FINISH_PATIENCE, _FINISH_PAUSE = 60.0, 0.3
"""Seconds for which a written reply waits for the database, and between two tries."""


class Turns:
    """`bot.ports.TurnQueue`. Made before `async with process`, used inside it.

    `max_takeovers`: with the death of that many workers a turn is given up. `jobs_after`: the kinds
    of background jobs that each ended turn leaves, with `{"conversation": …}`; those of one
    conversation that wait are one.
    """

    def __init__(
        self, process: Process, *, max_takeovers: int = 3, jobs_after: Sequence[str] = ()
    ) -> None:
        self._process = process
        self._leases = process.leases("turns")
        self._max_takeovers = max_takeovers
        self._notes = Notes(process)
        self._endings = Endings(process, jobs_after)
        self._bell = Bell()
        process.listener.subscribe(QUEUED, self._bell.ring, self._look)
        process.listener.subscribe(STOP, self._stop_asked, self._look)
        process.listener.subscribe(CHANGED, self._message_changed, self._look)

    async def accept(self, message: Message) -> UUID | None:
        alone_on = _of_message(message), _of_conversation(message)
        async with self._process.contact(alone_on=alone_on) as connection:
            return await accept(connection, message)

    async def follow_up(self, message: Message, *, early: bool = False) -> UUID | None:
        alone_on = _of_message(message), _of_conversation(message)
        async with self._process.contact(alone_on=alone_on) as connection:
            if await overheard.goes_on(connection, message):
                return await accept(connection, message)
            if early:
                await too_early.keep_following(connection, message)
        return None

    async def overhear(self, messages: Sequence[Message], *, if_part_of: bool = False) -> None:
        async with self._process.contact() as connection:
            await overheard.keep_all(connection, messages, if_part_of=if_part_of)

    async def amend(self, message: Message, *, early: bool = False) -> bool:
        return await undisturbed(partial(self._amend, message, early=early))

    async def _amend(self, message: Message, *, early: bool) -> bool:
        key = message.conversation
        alone_on = _of_message(message), fence_of(str(key))
        async with self._process.contact(alone_on=alone_on) as connection:
            heard = overheard.kept_of(message)
            await taken_back.untell_heard(
                connection, key.platform, key.workspace, message.id, unless=heard
            )
            if await turn_changes.amend(connection, message):
                return True
            for org_id, conversation in await taken_back.amend_answered(connection, message):
                await self._endings.enqueue_jobs(connection, org_id, conversation)
            await too_early.keep_amended(connection, message, anywhere=early)
        return False

    async def withdraw(
        self, platform: str, workspace: str, message_id: str, *, early: bool = False
    ) -> bool:
        named = platform, workspace, message_id
        return await undisturbed(partial(self._withdraw, named, early=early))

    async def _withdraw(self, named: tuple[str, str, str], *, early: bool) -> bool:
        platform, workspace, _ = named
        fence = fence_of(str(ConversationKey(platform, workspace, "")))
        async with self._process.contact(alone_on=["/".join(named), fence]) as connection:
            await taken_back.untell_heard(connection, *named)
            is_changed = await turn_changes.withdraw(connection, *named)
            if await taken_back.withdraw_answered(connection, *named) or is_changed:
                return True
            if early:
                await too_early.keep_withdrawn(connection, *named)
        return False

    async def claim(self, platforms: Sequence[str], *, at_most: int) -> Sequence[Turn]:
        """Also none while the database is away; `wait` and ask again."""
        while True:
            try:
                async with self._process.contact(durable=False) as connection:
                    rows = await claim_next(
                        connection,
                        self._process,
                        platforms=platforms,
                        held=self._leases.ids(),
                        max_takeovers=self._max_takeovers,
                        at_most=at_most,
                    )
            except UnavailableError:
                return []
            except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
                continue  # another claimed in these conversations just now
            turns = [self._hold(row) for row in rows if row["status"] == TurnStatus.RUNNING]
            for row in rows:
                if row["status"] != TurnStatus.RUNNING:
                    conversation = str(to_message(row).conversation)
                    log.error("turn_dead", turn=str(row["id"]), conversation=conversation)
            if turns or not rows:
                return turns

    def _hold(self, row: Record) -> Turn:
        held = self._leases.hold(row["org_id"], row["id"], row["attempt"])
        if row["changed"]:
            held.end(row["changed"])
        elif row["cancel_requested"]:
            held.end("stopped")
        return to_turn(row)

    async def wait(self, seconds: float) -> None:
        await self._bell.wait(seconds)

    async def progress(
        self, turn: Turn, message_ids: Sequence[str], shown: str, *, given: Sequence[UUID] = ()
    ) -> None:
        try:
            ours = await self._notes.keep(turn, message_ids, shown, given)
        except UnavailableError:
            return
        if not ours:
            raise self._lost(turn)

    async def finish(self, turn: Turn, outcome: Outcome) -> None:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _FINISH_PATIENCE
        with self._leases.settling(turn.id, turn.attempt):
            while True:
                try:
                    refusal = await self._endings.end(turn, outcome)
                    break
                except UnavailableError:
                    if loop.time() > give_up:
                        raise
                await asyncio.sleep(_FINISH_PAUSE)
            if refusal == "lost":
                raise self._lost(turn)
            if refusal is not None:
                self._leases.end(refusal, turn.id, turn.attempt)
                raise ChangedTurnError(refusal)

    async def release(self, turn: Turn) -> None:
        # With the database away the lease simply runs out.
        with self._leases.settling(turn.id, turn.attempt), suppress(UnavailableError):
            async with self._process.contact() as connection:
                await connection.execute(
                    _RELEASE, turn.audience.org_id, turn.id, self._process.owner, turn.attempt
                )
        self._bell.ring()  # the notification may have come while we held it, and so passed it over

    async def stop(self, turn_id: UUID) -> None:
        async with self._process.contact() as connection:
            await connection.execute(_STOP, turn_id)

    async def retry(
        self,
        turn_id: UUID,
        *,
        access_at_most: Access | None = None,
        access_at_least: Access | None = None,
        trusted_in: str = "",
    ) -> UUID | None:
        may_be_team = access_at_most is not Access.COMMUNITY
        values = turn_id, access_at_least is Access.TEAM, trusted_in, may_be_team
        async with self._process.contact() as connection:
            new_id: UUID | None = await connection.fetchval(_RETRY, *values)
        return new_id

    async def transcript(
        self, conversation: ConversationKey, *, limit: int = 100
    ) -> tuple[Audience, Sequence[TranscriptEntry]] | None:
        return await transcript(self._process.database, conversation, limit)

    async def locate(self, turn_id: UUID) -> tuple[Audience, ConversationKey] | None:
        async with self._process.contact() as connection:
            return await locate(connection, turn_id)

    @asynccontextmanager
    async def lease(self, turn: Turn) -> AsyncIterator[Lease]:
        with self._leases.held(turn.audience.org_id, turn.id, turn.attempt) as held:
            yield held

    def _lost(self, turn: Turn) -> LostTurnError:
        self._leases.end("lost", turn.id, turn.attempt)
        return LostTurnError(f"turn {turn.id} is no longer ours in attempt {turn.attempt}")

    def _look(self) -> None:
        """Notifications may have been missed."""
        self._bell.ring()
        self._process.beat()

    def _stop_asked(self, turn_id: str) -> None:
        self._leases.end("stopped", UUID(turn_id))

    def _message_changed(self, payload: str) -> None:
        reason, turn_id, attempt = payload.split()
        changed: LeaseEnd = "withdrawn" if reason == "withdrawn" else "amended"
        self._leases.end(changed, UUID(turn_id), int(attempt))


def _of_message(message: Message) -> str:
    """What is done about a message is done one after the other, whichever process does it."""
    key = message.conversation
    return f"{key.platform}/{key.workspace}/{message.id}"


def _of_conversation(message: Message) -> str:
    return f"conversation {message.conversation}"
