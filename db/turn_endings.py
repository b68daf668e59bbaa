"""How turns end: their replies stored, and what follows them queued.

Replies that end at about the same time are stored together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

import asyncpg

from bot.conversation import Outcome, TurnStatus
from db.forgetting import fence_of
from db.jobs import enqueue
from db.together import Together
from db.turn_rows import Attempt, from_query, storable

if TYPE_CHECKING:
    from pydantic import JsonValue

    from bot.conversation import Turn
    from db.pool import Connection
    from db.process import Process

# Whether what memory gave was forgotten meanwhile, or edited. Of words overheard the memory
# outlives the row.
_IS_GONE = """
    SELECT FROM json_array_elements_text(ending.drew_on::json) AS drawn (id)
    WHERE NOT coalesce(
        (SELECT d.status <> 'withdrawn' AND coalesce(d.edited_at < t.begun_at, true) FROM turns d
            WHERE d.org_id = t.org_id AND d.id = drawn.id::uuid),
        (SELECT NOT o.withdrawn AND coalesce(o.edited_at < t.begun_at, true) FROM overheard o
            WHERE o.org_id = t.org_id AND o.id = drawn.id::uuid),
        (SELECT true FROM episodes e
            WHERE e.org_id = t.org_id AND e.turn_id = drawn.id::uuid AND e.speaker = 'overheard'),
        false)"""

# Locked in the order of their ids, see `turn_notes`. The next of each conversation may run now.
_END = f"""
    WITH held AS MATERIALIZED (
        SELECT t.org_id, t.id, ending.*, EXISTS ({_IS_GONE}) AS begins_anew
        FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::jsonb[],
                $8::text[], $9::text[], $10::text[])
            AS ending (its_org, its_id, attempt, status, reply, query, talent_ids, error, drew_on)
        JOIN turns t ON t.org_id = ending.its_org AND t.id = ending.its_id
            AND t.attempt = ending.attempt AND t.owner = $1 AND t.status = 'running'
            AND t.changed IN ('', ending.status)
        ORDER BY t.id FOR UPDATE OF t),
    anew AS (
        UPDATE turns t SET changed = 'amended', shown = '', given = '{{}}'
        FROM held WHERE t.org_id = held.org_id AND t.id = held.id AND held.begins_anew),
    ours AS (SELECT * FROM held WHERE NOT begins_anew),
    ended AS (
        UPDATE turns t SET status = ours.status, reply = ours.reply, query = ours.query,
            talent_ids = array(SELECT json_array_elements_text(ours.talent_ids::json)),
            drew_on = CASE ours.status WHEN 'dead' THEN t.given  -- nobody has looked
                ELSE array(SELECT json_array_elements_text(ours.drew_on::json)::uuid) END,
            error = ours.error, lease_until = NULL, finished_at = now(), shown = '', given = '{{}}'
        FROM ours WHERE t.org_id = ours.org_id AND t.id = ours.id
        RETURNING t.org_id, t.id, t.attempt, t.conversation)
    SELECT ended.id, ended.attempt, (
        SELECT pg_notify('castmatch_turn_queued', '') FROM turns o
        WHERE o.org_id = ended.org_id AND o.conversation = ended.conversation
            AND o.status = 'queued' LIMIT 1)
    FROM ended"""

_STANDING = """
    SELECT t.status, t.changed FROM turns t
    WHERE t.org_id = $1 AND t.id = $2 AND t.owner = $3 AND t.attempt = $4"""

Refusal: TypeAlias = Literal["lost", "amended", "withdrawn"]
"""Why a turn did not end: it is another's, or its message was changed."""

_AT_ONCE, _BESIDE_FORGETTING = 5.0, 30.0
"""Seconds that storing may take. Ten thousand messages take three to forget."""

_Refusals: TypeAlias = dict[Attempt, Refusal | asyncpg.PostgresError]


@dataclass(frozen=True, slots=True)
class _Ending:
    org_id: UUID
    conversation: str
    outcome: Outcome


class Endings:
    """The endings of this process's turns. `jobs_after`: the kinds of background jobs that each
    leaves to its conversation, unless its message was withdrawn."""

    def __init__(self, process: Process, jobs_after: Sequence[str]) -> None:
        self._process = process
        self._jobs_after = tuple(jobs_after)
        self._together = Together[Attempt, _Ending, _Refusals](process, self._store)
        # A forgetting in progress holds up none but those that tell of memory.
        self._telling = Together[Attempt, _Ending, _Refusals](process, self._store)

    async def end(self, turn: Turn, outcome: Outcome) -> Refusal | None:
        """End the turn, or say why it is not ours to end like this.

        Ended like this already is ended. `UnavailableError` where the database is away.
        """
        attempt = turn.id, turn.attempt
        ending = _Ending(turn.audience.org_id, str(turn.message.conversation), outcome)
        together = self._telling if outcome.drew_on else self._together
        refusals = await together.store(attempt, ending)
        refusal = refusals.get(attempt)
        if isinstance(refusal, Exception):
            raise refusal
        return refusal

    async def _store(self, endings: Mapping[Attempt, _Ending]) -> _Refusals:
        try:
            return await self._store_together(endings)
        except asyncpg.PostgresError as error:
            if len(endings) == 1:
                return dict.fromkeys(endings, error)
        refusals: _Refusals = {}  # one of them cannot be stored: not for the others
        for attempt, ending in endings.items():
            refusals |= await self._store({attempt: ending})
        return refusals

    async def _store_together(self, endings: Mapping[Attempt, _Ending]) -> _Refusals:
        outcomes = [ending.outcome for ending in endings.values()]
        telling = [one.conversation for one in endings.values() if one.outcome.drew_on]
        fences = sorted({fence_of(conversation) for conversation in telling})
        seconds = _BESIDE_FORGETTING if fences else _AT_ONCE
        async with self._process.contact(seconds, beside=fences) as connection:
            rows = await connection.fetch(
                _END,
                self._process.owner,
                [ending.org_id for ending in endings.values()],
                [turn_id for turn_id, _ in endings],
                [attempt for _, attempt in endings],
                [outcome.status for outcome in outcomes],
                [storable(outcome.text) for outcome in outcomes],
                [from_query(outcome.query) for outcome in outcomes],
                [json.dumps([storable(one) for one in outcome.talent_ids]) for outcome in outcomes],
                [storable(outcome.error) for outcome in outcomes],
                [json.dumps([str(one) for one in outcome.drew_on]) for outcome in outcomes],
            )
            ended = {(row["id"], row["attempt"]) for row in rows}
            refusals: _Refusals = {}
            for attempt, ending in endings.items():
                if attempt not in ended:
                    if refusal := await self._refusal(connection, attempt, ending):
                        refusals[attempt] = refusal
                elif ending.outcome.status != TurnStatus.WITHDRAWN:
                    await self.enqueue_jobs(connection, ending.org_id, ending.conversation)
        return refusals

    async def enqueue_jobs(self, connection: Connection, org_id: UUID, conversation: str) -> None:
        """The jobs that follow an ending in a conversation."""
        for kind in self._jobs_after:
            payload: dict[str, JsonValue] = {"conversation": conversation}
            await enqueue(connection, org_id, kind, payload, key=conversation)

    async def _refusal(
        self, connection: Connection, attempt: Attempt, ending: _Ending
    ) -> Refusal | None:
        turn_id, number = attempt
        standing = await connection.fetchrow(
            _STANDING, ending.org_id, turn_id, self._process.owner, number
        )
        if standing is None:
            return "lost"
        if standing["status"] == TurnStatus.RUNNING:
            changed: Refusal = standing["changed"] or "lost"
            return changed
        # the answer to an earlier try may have been lost with its connection
        return None if standing["status"] == ending.outcome.status else "lost"
