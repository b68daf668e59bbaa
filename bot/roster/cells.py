"""The cells of one record, asked for by our field names; what is wrong with them is gathered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.roster.columns import Columns
from bot.roster.values import clean, says_nothing

T = TypeVar("T")

MAX_CELL = 20_000
"""Characters of the longest cell that is stored (a bio)."""
_DIGIT = re.compile(r"\d")
_NO_SCAN = frozenset({"phone", "contact", "email", "headshot_url", "reel_url", "representation"})
_GOVERNMENT_ID = re.compile(
    r"\b[2-9]\d{3}[ -]\d{4}[ -]\d{4}\b"  # Aadhaar
    r"|\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b"  # PAN
    r"|\b\d{3}-\d{2}-\d{4}\b"  # SSN
    r"|(?i:\b(?:aadhaa?r|passport|pan|ssn)(?:\s+(?:no|number|card)\.?)*\s*[:#-]\s*"
    r"[A-Z]?\d[\dA-Z -]{5,}\b)"
)


class Cells:
    """One record seen through the file's columns."""

    def __init__(self, columns: Columns, cells: Sequence[str]) -> None:
        self.columns = columns
        self._cells = cells
        self.problems: list[str] = []
        """Why the record cannot be imported."""
        self.notes: list[str] = []
        """What of it is left out."""

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def text(self, name: str, *, lines: bool = False) -> str:
        """The field's text, cleaned; several columns joined. Empty where nothing is said."""
        if name not in self.columns.places:
            return ""
        return ("\n" if lines else ", ").join(self.texts(name, lines=lines))

    def texts(self, name: str, *, lines: bool = False) -> list[str]:
        """The text of each column that feeds the field, those that say nothing left out."""
        found = []
        for place in self.columns.places.get(name, ()):
            raw = self._cells[place] if place < len(self._cells) else ""
            if not raw:
                continue
            text = clean(raw, lines=lines)
            if name not in _NO_SCAN and _DIGIT.search(text):
                text = self._without_ids(name, text)
            if not says_nothing(text):
                found.append(text)
        return found

    def birth_date(self) -> str:
        """Only to see who is under 18."""
        place = self.columns.birth_date
        return clean(self._cells[place]) if place is not None and place < len(self._cells) else ""

    def limited(self, name: str, most: int, *, lines: bool = False) -> str:
        """`text`, or a problem if it has more than `most` characters."""
        text = self.text(name, lines=lines)
        if len(text) > most:
            self.problem(name, f"has {len(text):,} characters, at most {most:,} are kept")
            return ""
        return text

    def read(self, name: str, parse: Callable[[str], T], *, lines: bool = False) -> T | None:
        """The parsed text; `None` where nothing is said, or it is a problem."""
        text = self.limited(name, MAX_CELL, lines=lines)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.problem(name, f"“{_short(text)}” {error}")
            return None

    def problem(self, name: str, reason: str) -> None:
        self.problems.append(f"{self.columns.title(name)}: {reason}")

    def note(self, name: str, what: str) -> None:
        self.notes.append(f"{self.columns.title(name)}: {what}")

    def _without_ids(self, name: str, text: str) -> str:
        kept = _GOVERNMENT_ID.sub("", text)
        if kept != text:
            note = f"{self.columns.title(name)}: a government id number is left out"
            if note not in self.notes:
                self.notes.append(note)
            return clean(kept, lines="\n" in text)
        return text


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
