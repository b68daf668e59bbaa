"""What the platform shows of the replies under way, noted for whoever takes over.

Two hundred replies make two hundred notes a second: they are stored together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from db.together import Together
from db.turn_rows import Attempt, storable

if TYPE_CHECKING:
    from bot.conversation import Turn
    from db.process import Process

# Rows are locked in the order of their ids, as by all of our statements that lock several: none
# can hold what another waits for while it waits for that other.
_NOTE = """
    WITH ours AS MATERIALIZED (
        SELECT t.org_id, t.id, note.message_ids, note.shown, note.given
        FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[])
            AS note (org_id, id, attempt, message_ids, shown, given)
        JOIN turns t ON t.org_id = note.org_id AND t.id = note.id AND t.attempt = note.attempt
            AND t.owner = $1 AND t.status = 'running'
        ORDER BY t.id FOR UPDATE OF t)
    UPDATE turns t SET
        message_ids = array(SELECT json_array_elements_text(ours.message_ids::json)),
        given = array(SELECT json_array_elements_text(ours.given::json)::uuid),
        shown = CASE t.changed WHEN '' THEN ours.shown ELSE '' END
    FROM ours WHERE t.org_id = ours.org_id AND t.id = ours.id
    RETURNING t.id, t.attempt"""


@dataclass(frozen=True, slots=True)
class _Note:
    org_id: UUID
    message_ids: Sequence[str]
    shown: str
    given: Sequence[UUID]


class Notes:
    """The notes of this process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._together = Together[Attempt, _Note, set[Attempt]](process, self._store)

    async def keep(
        self, turn: Turn, message_ids: Sequence[str], shown: str, given: Sequence[UUID]
    ) -> bool:
        """Whether the turn is still ours. `UnavailableError` where the database is away."""
        attempt = turn.id, turn.attempt
        ids = [storable(message_id) for message_id in message_ids]
        note = _Note(turn.audience.org_id, ids, storable(shown), given)
        return attempt in await self._together.store(attempt, note)

    async def _store(self, notes: Mapping[Attempt, _Note]) -> set[Attempt]:
        """Which of these attempts are ours."""
        async with self._process.contact() as connection:
            rows = await connection.fetch(
                _NOTE,
                self._process.owner,
                [note.org_id for note in notes.values()],
                [turn_id for turn_id, _ in notes],
                [attempt for _, attempt in notes],
                [json.dumps(note.message_ids) for note in notes.values()],
                [note.shown for note in notes.values()],
                [json.dumps([str(one) for one in note.given]) for note in notes.values()],
            )
        return {(row["id"], row["attempt"]) for row in rows}
