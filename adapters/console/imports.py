"""How `castmatch talent import` and `embed` tell where they stand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from adapters.console.cards import printable
from bot.roster import (
    BadRow,
    ImportProgress,
    Roster,
    RosterError,
    RosterImporter,
    RowChange,
    read_roster,
)

MOST_SHOWN = 20
"""Bad rows, notes and changes that are printed; `--errors FILE` gets every bad row."""


@contextmanager
def open_roster(path: Path, *, today: date) -> Iterator[Roster]:
    """A roster file, ready to import. `RosterError` says what is wrong with the file."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield read_roster(file, today=today)


async def run_import(
    console: Console,
    importer: RosterImporter,
    org_id: UUID,
    roster: Roster,
    *,
    dry_run: bool,
    errors: Path | None,
) -> bool:
    """Import with a progress bar, then say what came of it; whether every row was good."""
    _say_columns(console, roster)
    report = _Report(console, dry_run=dry_run)
    name = "Checking" if dry_run else "Importing"
    try:
        with _bar(console, name, roster.records) as advance, _written(errors) as file:
            async for now in importer.run(org_id, roster, dry_run=dry_run):
                report.take(now, file)
                advance(now.read)
    except asyncio.CancelledError:
        report.interrupted()
        raise
    report.end(errors)
    return report.last.bad == 0


async def run_embedding(console: Console, missing: int, steps: AsyncIterator[int]) -> None:
    """Wait for the roster's vectors with a progress bar."""
    with _bar(console, "Embedding", missing) as advance:
        async for done in steps:
            advance(done)


class _Report:
    def __init__(self, console: Console, *, dry_run: bool) -> None:
        self.last = ImportProgress()
        self._console = console
        self._dry_run = dry_run
        self._shown = {"bad": 0, "note": 0, "change": 0}

    def take(self, now: ImportProgress, file: TextIO | None) -> None:
        self.last = now
        for row in now.bad_rows:
            self._show("bad", f"  {row}", style="red")
            if file is not None:
                _write_error(file, row)
        for note in now.notes:
            self._show("note", f"  line {note.line}: {note.text}", style="dim")
        for change in now.changes:
            self._show("change", _described(change))

    def _show(self, kind: str, line: str, style: str = "") -> None:
        self._shown[kind] += 1
        if self._shown[kind] <= MOST_SHOWN:
            self._console.print(Text(printable(line), style=style), soft_wrap=True)

    def interrupted(self) -> None:
        if self._dry_run:
            self._console.print("Stopped. Nothing was written.")
            return
        self._console.print(
            f"Stopped. The first {self.last.read:,} rows of the file are dealt with and stay; "
            "the same command goes on with the rest."
        )

    def end(self, errors: Path | None) -> None:
        for kind, name in (("bad", "bad rows"), ("note", "notes"), ("change", "changes")):
            if (more := self._shown[kind] - MOST_SHOWN) > 0:
                self._console.print(f"  … and {more:,} more {name}")
        now = self.last
        would = "would be " if self._dry_run else ""
        self._console.print(
            f"{now.read:,} rows: {now.inserted:,} {would}new, {now.updated:,} {would}updated, "
            f"{now.unchanged:,} unchanged, {now.bad:,} bad.",
            highlight=False,
        )
        if now.bad and errors is not None:
            self._console.print(Text(f"Every bad row with its reason: {errors}"), soft_wrap=True)
        if self._dry_run:
            self._console.print("Nothing was written.")


def _say_columns(console: Console, roster: Roster) -> None:
    columns = roster.columns
    if columns.unmapped:
        unknown = ", ".join(columns.unmapped)
        console.print(Text(printable(f"Columns not understood, left out: {unknown}"), "yellow"))
    if columns.kept_out:
        personal = ", ".join(columns.kept_out)
        console.print(Text(printable(f"Columns that may not be stored: {personal}"), "yellow"))


def _described(change: RowChange) -> str:
    head = f"  line {change.line}: {change.name}"
    if change.is_new:
        return f"{head} is new"
    fields = "; ".join(f"{f.name}: {f.before or '–'} → {f.after or '–'}" for f in change.fields)
    return f"{head}: {fields}"


def _write_error(file: TextIO, row: BadRow) -> None:
    file.write(json.dumps({"line": row.line, "reason": row.reason}, ensure_ascii=False) + "\n")


@contextmanager
def _written(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


class _Advance:
    def __init__(self, progress: Progress, name: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=total)

    def __call__(self, done: int) -> None:
        self._progress.update(self._task, completed=done)


@contextmanager
def _bar(console: Console, name: str, total: int) -> Iterator[_Advance]:
    """A bar on a terminal; nothing where the output is piped."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield _Advance(progress, name, total)
