"""A roster file into the roster: batch by batch, each in one transaction.

A row is matched by what `bot/roster/keys.py` calls it, so importing a file again updates it and
keeps its id. Fields that the file has no column for stay as they are. Batches that were reported
stay stored whatever happens later; after an interruption the same import goes on, as what is
stored already comes out unchanged.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from bot.conversation import Access
from bot.roster import BadRow, ImportProgress, Note, ParsedRow, Roster, RowChange
from db.jobs import enqueue
from db.link import is_away
from db.pool import savepoint
from db.talent_changes import field_changes, merged
from db.talent_vectors import EMBED_TALENTS
from db.talent_writes import insert, update, upsert_private
from db.talents import COLUMNS, talent_from_row, talent_to_row

if TYPE_CHECKING:
    from bot.talent import Talent
    from db.pool import Connection, Database

BATCH = 1000
_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_GUARDED = ("source_key", "public_groups", "minor", "guardian_consent_on")

_STORED = f"""
    SELECT {COLUMNS}, {", ".join(_GUARDED)}, coalesce(representation, '') AS representation,
        coalesce(contact, '') AS contact, coalesce(source, '') AS source
    FROM talents AS t
    LEFT JOIN talent_private AS p ON p.org_id = t.org_id AND p.talent_id = t.id
    WHERE t.org_id = $1 AND source_key = ANY ($2::text[])"""

_ROW_FAULTS = (
    asyncpg.DataError,
    asyncpg.InterfaceError,  # what asyncpg itself cannot encode
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)

# Two imports of one organisation take turns, batch by batch: neither inserts what the other does.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('castmatch import ' || $1, 0))"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A talent's row as stored, or as it is to be stored."""

    talent: Talent
    source_key: str
    public_groups: tuple[str, ...] = ()
    minor: bool = False
    guardian_consent_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """What one row of the file comes to: `before` is absent for a new talent."""

    row: ParsedRow
    before: _Entry | None
    after: _Entry

    @property
    def changes(self) -> bool:
        return self.before != self.after


class TalentImport:
    """`bot.roster.RosterImporter` on our database."""

    def __init__(self, database: Database, *, batch: int = BATCH) -> None:
        self._database = database
        self._batch = batch

    async def run(
        self, org_id: UUID, roster: Roster, *, dry_run: bool = False
    ) -> AsyncGenerator[ImportProgress, None]:
        """One report after each batch. Raises `UnavailableError` when the database goes away;
        what was reported by then is stored.
        """
        progress = ImportProgress()
        given = roster.columns.given
        rows = iter(roster)
        # The next batch is read in a thread while the database writes this one.
        reading = asyncio.create_task(asyncio.to_thread(_take, rows, self._batch))
        try:
            while batch := await reading:
                reading = asyncio.create_task(asyncio.to_thread(_take, rows, self._batch))
                done = await self._batch_done(org_id, batch, given, dry_run=dry_run)
                progress = _sum(progress, done)
                yield progress
        finally:
            reading.cancel()
        if not dry_run and progress.inserted + progress.updated:
            async with self._database.session(org_id, Access.TEAM) as connection:
                await connection.execute("SELECT castmatch_talents_loaded()", timeout=600)

    async def _batch_done(
        self,
        org_id: UUID,
        batch: Sequence[ParsedRow | BadRow],
        given: frozenset[str],
        *,
        dry_run: bool,
    ) -> ImportProgress:
        rows = [row for row in batch if isinstance(row, ParsedRow)]
        bad = [row for row in batch if isinstance(row, BadRow)]
        if dry_run:
            async with self._database.session(org_id, Access.TEAM) as connection:
                steps = await _plan(connection, org_id, rows, given)
        else:
            try:
                async with self._database.session(org_id, Access.TEAM) as connection:
                    steps = await _store(connection, org_id, rows, given)
            except (asyncpg.PostgresError, asyncpg.InterfaceError):
                steps, refused = await self._one_by_one(org_id, rows, given)
                bad += refused
        changed = [step for step in steps if step.changes]
        new = sum(step.before is None for step in changed)
        return ImportProgress(
            read=len(batch),
            inserted=new,
            updated=len(changed) - new,
            unchanged=len(steps) - len(changed),
            bad=len(bad),
            bad_rows=tuple(sorted(bad, key=lambda row: row.line)),
            notes=tuple(Note(row.line, note) for row in rows for note in row.notes),
            changes=tuple(map(_shown, changed)) if dry_run else (),
        )

    async def _one_by_one(
        self, org_id: UUID, rows: Sequence[ParsedRow], given: frozenset[str]
    ) -> tuple[list[_Step], list[BadRow]]:
        """A batch that the database refused: all of its rows but those that it refuses."""
        steps: list[_Step] = []
        refused: list[BadRow] = []
        async with self._database.session(org_id, Access.TEAM) as connection:
            for row in rows:
                try:
                    async with savepoint(connection):
                        steps += await _store(connection, org_id, [row], given)
                except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    if is_away(error) or not isinstance(error, _ROW_FAULTS):
                        raise
                    refused.append(BadRow(row.line, f"the database refuses it: {_said(error)}"))
        return steps, refused


async def _store(
    connection: Connection, org_id: UUID, rows: Sequence[ParsedRow], given: frozenset[str]
) -> list[_Step]:
    await connection.execute(_ONE_AT_A_TIME, str(org_id))
    steps = await _plan(connection, org_id, rows, given)
    changed = [step for step in steps if step.changes]
    if changed:
        await insert(connection, [_row(org_id, s.after) for s in changed if s.before is None])
        await update(connection, [_row(org_id, s.after) for s in changed if s.before is not None])
        private = [
            (step.after.talent.id, *_private(step.after))
            for step in changed
            if _private(step.after) != (_private(step.before) if step.before else ("", "", ""))
        ]
        await upsert_private(connection, org_id, private)
        await enqueue(connection, org_id, EMBED_TALENTS, {}, key=EMBED_TALENTS)
    return steps


async def _plan(
    connection: Connection, org_id: UUID, rows: Sequence[ParsedRow], given: frozenset[str]
) -> list[_Step]:
    """What each row comes to, with what is stored now."""
    keys = [key for row in rows for key in (row.source_key, *row.former_keys)]
    stored = {entry.source_key: entry for entry in await _stored(connection, org_id, keys)}
    for row in rows:
        if row.source_key not in stored and (entry := _former(row, stored)) is not None:
            stored[row.source_key] = stored.pop(entry.source_key)
    return [_step(row, stored.get(row.source_key), given) for row in rows]


async def _stored(connection: Connection, org_id: UUID, keys: list[str]) -> list[_Entry]:
    return [
        _Entry(
            talent_from_row(record),
            record["source_key"],
            tuple(record["public_groups"]),
            record["minor"],
            record["guardian_consent_on"],
        )
        for record in await connection.fetch(_STORED, org_id, keys)
    ]


def _former(row: ParsedRow, stored: dict[str, _Entry]) -> _Entry | None:
    """The same talent as an earlier file called it: by another key, but by the same name."""
    for key in row.former_keys:
        entry = stored.get(key)
        if entry is not None and entry.talent.name.casefold() == row.talent.name.casefold():
            return entry
    return None


def _step(row: ParsedRow, before: _Entry | None, given: frozenset[str]) -> _Step:
    if before is None:
        after = _Entry(
            row.talent.model_copy(update={"id": _new_id()}),
            row.source_key,
            row.public_groups,
            bool(row.minor),
            row.guardian_consent_on,
        )
        return _Step(row, None, after)
    minor = before.minor if row.minor is None else row.minor
    after = _Entry(
        merged(before.talent, row.talent, given),
        row.source_key,
        row.public_groups if "public" in given else before.public_groups,
        minor,
        # The first consent on file stands: importing "yes" again tomorrow changes nothing.
        (before.guardian_consent_on or row.guardian_consent_on) if minor else None,
    )
    return _Step(row, before, after)


def _row(org_id: UUID, entry: _Entry) -> dict[str, Any]:
    return {
        "org_id": org_id,
        **talent_to_row(entry.talent),
        "source_key": entry.source_key,
        "public_groups": list(entry.public_groups),
        "minor": entry.minor,
        "guardian_consent_on": entry.guardian_consent_on,
    }


def _private(entry: _Entry) -> tuple[str, str, str]:
    return entry.talent.representation, entry.talent.contact, entry.talent.source


def _shown(step: _Step) -> RowChange:
    name = step.after.talent.name
    if step.before is None:
        return RowChange(step.row.line, name)
    return RowChange(step.row.line, name, field_changes(step.before, step.after))


def _take(rows: Iterator[ParsedRow | BadRow], most: int) -> list[ParsedRow | BadRow]:
    return list(islice(rows, most))


def _sum(before: ImportProgress, batch: ImportProgress) -> ImportProgress:
    return replace(
        batch,
        read=before.read + batch.read,
        inserted=before.inserted + batch.inserted,
        updated=before.updated + batch.updated,
        unchanged=before.unchanged + batch.unchanged,
        bad=before.bad + batch.bad,
    )


def _new_id() -> str:
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(10))


def _said(error: Exception) -> str:
    return str(error).splitlines()[0]
