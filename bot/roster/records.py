"""Bytes of any kind to the records of a CSV file, each with the lines it stands on.

Nothing is lost: the records' lines, from `line` to `end_line`, follow each other without a gap
from the first line of the file to the last. Nothing raises but `RosterError`, and that only
where the whole file is not a text file.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE = 200_000
"""Characters (bytes, before decoding) of one line; what is beyond is not read."""
MAX_RECORD_LINES = 500
"""A quoted value that goes on for longer has lost its closing quotation mark."""

_CHUNK = 1 << 18
_OTHER_FILES = {
    b"PK\x03\x04": "an Excel or OpenDocument workbook (or a zip archive)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a rich text document",
}
_SAVE_AS_CSV = "open it where it was made and save it as CSV (UTF-8), then import that file"
_TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class RosterError(Exception):
    """The file as a whole cannot be a roster; `str()` says what is wrong and what is needed."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or in `problem` why the text on these lines is none. Lines count from 1."""

    line: int
    end_line: int
    cells: tuple[str, ...]
    problem: str = ""
    recovered: bool = False
    """It stands below a quotation mark that is never closed, which may have cut it in two."""

    @property
    def is_blank(self) -> bool:
        return not self.problem and not any(cell.strip() for cell in self.cells)


def read_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of the file with their ends, decoded as UTF-8, UTF-16 or Windows-1252.

    Each line is decoded by itself, so that a file put together from several sources still
    reads well: a line that is not UTF-8 is taken for Windows-1252.
    """
    head = _read_head(stream)
    for signature, kind in _OTHER_FILES.items():
        if head.startswith(signature):
            raise RosterError(f"This is {kind}, not a CSV file: {_SAVE_AS_CSV}.")
    utf16 = _utf16_flavour(head)
    if utf16:
        yield from _utf16_lines(head, stream, utf16)
        return
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head[:4096])
    if controls > len(head[:4096]) // 20:
        raise RosterError(f"This is not a text file, so not a CSV file: {_SAVE_AS_CSV}.")
    for number, line in enumerate(_byte_lines(head.removeprefix(b"\xef\xbb\xbf"), stream)):
        text = _decode(line)
        yield text.removeprefix("\ufeff") if number == 0 else text


def split_records(lines: Iterable[str], delimiter: str, *, first_line: int = 1) -> Iterator[Record]:
    """The records of `lines`.

    A quotation mark that is never closed costs the line it stands on and no more: the lines
    below it are read again, each by itself.
    """
    source = _Lines(iter(lines), first_line)
    while source.start_record():
        start = source.next_line
        cells, problem = _parse(source, delimiter)
        if problem:
            source.give_back_all_but_one()
        elif source.too_long:
            problem = f"a line of more than {MAX_LINE:,} characters"
        yield Record(
            start, source.next_line - 1, () if problem else tuple(cells), problem, source.recovering
        )


def _parse(source: _Lines, delimiter: str) -> tuple[list[str], str]:
    """The cells of the next record, or a problem."""
    try:
        return next(csv.reader(source, delimiter=delimiter, strict=True), []), ""
    except csv.Error as error:
        if source.starved:
            return [], "a quotation mark is opened and never closed"
        strict = str(error)
    # Wrongly quoted, as in `"Asha "Ash" Rao"`. On one line that can be read; over several lines
    # it may be two records that a stray quotation mark has joined.
    if len(source.taken) > 1:
        return [], "a quotation mark is opened and not closed before the end of its value"
    try:
        return next(csv.reader(source.taken, delimiter=delimiter), []), ""
    except csv.Error:
        return [], f"not readable as CSV: {strict}"


class _Lines:
    """Lines for one csv.reader at a time, which can be given back."""

    def __init__(self, lines: Iterator[str], first_line: int) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.next_line = first_line
        self.starved = False
        self.recovering = False

    def start_record(self) -> bool:
        """Whether there is another line, for another record."""
        self.taken.clear()
        self.starved = False
        self.recovering = bool(self._returned)
        if not self._returned:
            line = next(self._lines, None)
            if line is None:
                return False
            self._returned.append(line)
        return True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        # csv.reader asks for another line of the same record only inside quotation marks.
        if len(self.taken) < MAX_RECORD_LINES:
            line = self._returned.popleft() if self._returned else next(self._lines, None)
            if line is not None:
                self.taken.append(line)
                self.next_line += 1
                return line
        self.starved = True
        raise StopIteration

    @property
    def too_long(self) -> bool:
        return any(len(line) >= MAX_LINE for line in self.taken)

    def give_back_all_but_one(self) -> None:
        rest = self.taken[1:]
        self._returned.extendleft(reversed(rest))
        self.next_line -= len(rest)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < _CHUNK and (chunk := stream.read(_CHUNK - len(head))):
        head += chunk
    return head


def _utf16_flavour(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    if len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        if not any(sample[0::2][:64]) or sample[1::2].count(0) < sample[0::2].count(0):
            return "utf-16-be" if sample[0::2].count(0) > len(sample) // 4 else ""
        return "utf-16-le" if sample[1::2].count(0) > len(sample) // 4 else ""
    return ""


def _decode(line: bytes) -> str:
    if len(line) >= MAX_LINE:
        return line.decode("latin-1")  # as long as its bytes, so that it is still seen to be cut
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _byte_lines(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    rest = head
    skipping = False  # inside a line whose beginning is already given out, cut
    while True:
        parts = rest.splitlines(keepends=True)
        # The last may go on in the next chunk: also one that ends in \r, before a \n.
        rest = parts.pop() if parts else b""
        for part in parts:
            if not skipping:
                yield part[:MAX_LINE]
            skipping = False
        if len(rest) > MAX_LINE and not rest.endswith(b"\r"):
            if not skipping:
                yield rest[:MAX_LINE]
            skipping, rest = True, b""
        chunk = stream.read(_CHUNK)
        if not chunk:
            break
        rest += chunk
    if rest and not skipping:
        yield rest[:MAX_LINE]


def _utf16_lines(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[str]:
    # Saved by spreadsheets as "Unicode text": small files, read whole.
    text = (head + stream.read()).decode(encoding, errors="replace").removeprefix("\ufeff")
    for match in _LINE.finditer(text):
        yield match[0][:MAX_LINE]
