"""What an import tells of itself while it runs, for whoever shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from bot.roster.rows import BadRow, Roster


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, each as a short text."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """What importing a row does to the roster. No `fields`: the talent is new."""

    line: int
    name: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def is_new(self) -> bool:
        return not self.fields


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a row that was left out while the row was imported."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Where an import stands after a batch: counts of all so far, details of this batch."""

    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0
    bad_rows: tuple[BadRow, ...] = ()
    notes: tuple[Note, ...] = ()
    changes: tuple[RowChange, ...] = ()
    """Only of a dry run."""


class RosterImporter(Protocol):
    """Stores a roster, or with `dry_run` says what storing it would change."""

    def run(
        self, org_id: UUID, roster: Roster, *, dry_run: bool = False
    ) -> AsyncIterator[ImportProgress]:
        """One `ImportProgress` after each batch; what was reported before is stored."""
