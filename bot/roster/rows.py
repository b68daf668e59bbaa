"""A file's records to talents: every record becomes a `ParsedRow` or a `BadRow`."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO, cast

from bot.roster.cells import Cells
from bot.roster.columns import Columns, map_columns
from bot.roster.keys import KeysInFile
from bot.roster.people import read_talent
from bot.roster.records import Record, RosterError, read_lines, split_records
from bot.talent import Talent

_DELIMITERS = ",;\t|"
_HEADER_WITHIN = 15
_EXCEL_HINT = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A talent as the file has it; its `id` is empty until it is stored."""

    line: int
    """The line of the file on which the record begins, counted from 1."""
    source_key: str
    """What makes it the same talent when the file is imported again."""
    former_keys: tuple[str, ...]
    """What it may have been stored under by an earlier file, if the name is the same."""
    talent: Talent
    public_groups: tuple[str, ...] = ()
    """What people outside the team may see: of profile, photos, credits, rates, availability."""
    guardian_consent_on: date | None = None
    minor: bool | None = None
    """Whether under 18; `None` where the file says nothing of it."""
    notes: tuple[str, ...] = ()
    """What of the record was left out, and why, in plain words."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that is not imported, and why, in plain words that name the column."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class Roster:
    """An opened file: its columns, how many records it holds, and its rows by iteration."""

    def __init__(
        self, stream: BinaryIO, columns: Columns, header: Record, delimiter: str, today: date
    ) -> None:
        self.columns = columns
        self._stream = stream
        self._header = header
        self.delimiter = delimiter
        self._today = today
        self.records = 0
        """Records below and above the column names, blank ones not counted."""
        self._keys = KeysInFile()
        for record in self._records():
            if not record.is_blank and record.line != header.line:
                self.records += 1
                if record.line > header.line:
                    self._keys.count(Cells(columns, record.cells))
        if self._keys.rows == 0:
            raise RosterError("The file has column names, but no talents below them.")

    @property
    def header_line(self) -> int:
        """The line with the column names."""
        return self._header.line

    def __iter__(self) -> Iterator[ParsedRow | BadRow]:
        lines_by_key: dict[str, int] = {}
        for record in self._records():
            if record.is_blank or record.line == self._header.line:
                continue
            row = self._row(record)
            if isinstance(row, ParsedRow):
                first = lines_by_key.setdefault(row.source_key, row.line)
                if first != row.line:
                    row = BadRow(row.line, _repeated(row.source_key, first))
            yield row

    def _records(self) -> Iterator[Record]:
        self._stream.seek(0)
        lines = read_lines(self._stream)
        return split_records(lines, self.delimiter)

    def _row(self, record: Record) -> ParsedRow | BadRow:
        if record.problem:
            return BadRow(record.line, record.problem)
        if record.line < self._header.line:
            return BadRow(record.line, "it stands above the column names, so it is not read")
        problem = self._misfit(record)
        if problem:
            return BadRow(record.line, problem)
        cells = Cells(self.columns, record.cells)
        person = read_talent(cells, self._today)
        if cells.problems or person is None:
            return BadRow(record.line, "; ".join(cells.problems))
        key, former = self._keys.of(cells)
        return ParsedRow(
            line=record.line,
            source_key=key,
            former_keys=former,
            talent=person.talent,
            public_groups=person.public_groups,
            guardian_consent_on=person.guardian_consent_on,
            minor=person.minor,
            notes=tuple(cells.notes),
        )

    def _misfit(self, record: Record) -> str:
        columns = len(self.columns.titles)
        filled = max((i + 1 for i, cell in enumerate(record.cells) if cell.strip()), default=0)
        if filled > columns:
            return (
                f"it has {filled} values for {columns} columns: put quotation marks around a"
                " value that contains the separator"
            )
        if record.recovered and len(record.cells) != columns:
            return (
                f"it has {len(record.cells)} values for {columns} columns, below a quotation mark"
                " that is never closed"
            )
        return ""


def read_roster(stream: BinaryIO, *, today: date) -> Roster:
    """Open a roster: CSV in any usual encoding, separated by commas, semicolons, tabs or bars.

    The columns may have any order and many names; only the name is needed. `today` dates what is
    relative ("any time") and tells who is under 18. Raises `RosterError` where the file as a
    whole is no roster; after that every record comes out as a `ParsedRow` or a `BadRow`.
    """
    if not stream.seekable():  # it is read twice: once for what occurs more than once
        copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - closed with the Roster
        shutil.copyfileobj(stream, copy)
        stream = copy
    stream.seek(0)
    head = list(islice(read_lines(stream), 200))
    if not any(line.strip() for line in head):
        raise RosterError(
            "The file is empty. A roster is a CSV file whose first line names its columns,"
            " one of them the name."
        )
    hint = _EXCEL_HINT.fullmatch(head[0])
    best: tuple[int, str, Record, Columns] | None = None
    for delimiter in hint[1] if hint else _DELIMITERS:
        for record in _first_records(head, delimiter):
            columns = map_columns(record.cells)
            score = len(columns.places)
            if columns.has_name and (best is None or score > best[0]):
                best = (score, delimiter, record, columns)
    if best is None:
        raise RosterError(_no_name(head))
    _, delimiter, header, columns = best
    return Roster(stream, columns, header, delimiter, today)


def _first_records(lines: Sequence[str], delimiter: str) -> list[Record]:
    records = (r for r in split_records(lines, delimiter) if not r.is_blank and not r.problem)
    return list(islice(records, _HEADER_WITHIN))


def _no_name(head: Sequence[str]) -> str:
    def width(delimiter: str) -> int:
        return max((len(record.cells) for record in _first_records(head, delimiter)), default=0)

    delimiter = max(_DELIMITERS, key=width)
    first = next(iter(_first_records(head, delimiter)), None)
    titles = [cell.strip()[:40] for cell in first.cells if cell.strip()] if first else []
    seen = ", ".join(titles[:12]) + (", …" if len(titles) > 12 else "")
    seen = "".join(c for c in seen if c.isprintable())
    return (
        "No column for the talents' names was found. The first line must name the columns, and"
        ' one of them must be "name" (or "full name", "talent", "artist", "first name").'
        + (f" It has: {seen}." if seen else "")
    )


def _repeated(key: str, first: int) -> str:
    kind = key.partition(":")[0]
    if kind == "id":
        return f"the same id as on line {first}: give each talent an id of its own"
    if kind == "email":
        return f"the same e-mail and name as on line {first}: it is there twice"
    return (
        f"the same name as on line {first}, and nothing to tell the two apart: give them an id,"
        " an e-mail or different cities, or remove one"
    )
