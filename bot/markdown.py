"""How Markdown is made up, as far as cutting it needs to know: fences, items, lines, inlines.

It reads a window of a text that may go on after it, so what the window's end leaves open (a link
without its closing bracket) counts as the construct that it may become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fence:
    """A code fence that is open: what closes it, and what opens it again on the next page."""

    indent: str
    marker: str
    info: str

    def lines(self, limit: int) -> tuple[str, str]:
        """How to open and to close it within pages of `limit` characters.

        Both take at most half a page: else the info string goes, and both where not even the
        bare fence leaves room for code.
        """
        closing = self.indent + self.marker
        for opening in (f"{closing}{self.info}\n", f"{closing}\n"):
            if len(opening) + len(closing) + 1 <= limit // 2:
                return opening, closing
        return "", ""

    def is_closed_by(self, line: str) -> bool:
        marks = line.strip(" \t\r\n>")
        return len(marks) >= len(self.marker) and not marks.strip(self.marker[0])


class Quality(IntEnum):
    """How good it is to begin a page with a line."""

    CODE = 0
    LINE = 1
    NESTED_ITEM = 2
    ITEM = 3
    PARAGRAPH = 4
    HEADING = 5


_OPENS_FENCE = re.compile(
    r"(?P<indent>[ \t>]*)(?P<item>(?:[-*+]|\d{1,9}[.)])[ \t]+)?"
    r"(?P<marker>`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})(?P<info>[^\n]*)"
)
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?=\s|\Z)")
_HEADING = re.compile(r" {0,3}#{1,6}(?=\s|\Z)")
_BLANK = re.compile(r"\s*\Z")

# Every construct that must not be torn. Possessive throughout: no backtracking into what was read.
_INLINE = re.compile(
    r"""
      \\[^\w\s]
    | (?P<ticks>`++)
      (?: [^`\n]++ | \n(?![ \t\r]*\n) | (?!(?P=ticks)(?!`))`++ )*+
      (?: (?P=ticks) | \Z )
    | `++
    | !?\[
      (?: [^\[\]\\\n]++ | \n(?![ \t\r]*\n) | \\.
        | \[ (?: [^\[\]\\\n]++ | \\. )*+ (?: \](?: \([^()\n]*+(?:\)|\Z) )?+ | \Z )
      )*+
      (?: \]\( (?: [^()\n\\]++ | \\. | \([^()\n]*+\) )*+ (?: \) | \Z ) | \]?\Z )
    | <[^<>\s]*+(?:>|\Z)
    | (?P<strong>\*\*|~~)(?=\S)(?: (?!(?P=strong))[^\n] )*+(?: (?P=strong) | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)


class Blocks:
    """The lines of `text` from `start`, the beginning of one, up to `end`."""

    def __init__(self, text: str, start: int, end: int, fence: Fence | None) -> None:
        """`fence` is the one that is open at `start`."""
        self.breaks: list[tuple[Quality, int]] = []
        """The lines that a page may begin with."""
        self.items: list[Span] = []
        """List items, each up to the next one: nested items are apart from their parents."""
        self.fence_lines: list[Span] = []
        self._text = text
        self._beyond = len(text) + 1
        self._fenced: list[tuple[int, int, Fence]] = []
        self._prose: list[Span] = []
        self._fence = fence
        self._region_start = start
        self._item_start: int | None = None
        self._after_blank = True
        self._keep_next = False  # after a heading, and after the line that opens a fence
        self._read(start, end)

    def fence_at(self, position: int) -> Fence | None:
        """The fence around a cut at `position`: before its closing line still counts."""
        for start, end, fence in self._fenced:
            if start <= position <= end:
                return fence
        return None

    def inlines(self, start: int) -> Iterator[Span]:
        """The links, code spans and so on outside of fences, from `start` on."""
        for region_start, region_end in self._prose:
            for found in _INLINE.finditer(self._text, max(start, region_start), region_end):
                yield found.span()

    def _read(self, start: int, end: int) -> None:
        text = self._text
        while start < end:
            newline = text.find("\n", start, end)
            next_start = newline + 1 if newline >= 0 else end
            if self._fence:
                self._read_code(self._fence, start, next_start)
            elif opens := _OPENS_FENCE.match(text, start, next_start):
                self._open_fence(opens, start, next_start, is_whole=newline >= 0)
            elif _BLANK.match(text, start, next_start):
                self._after_blank = True
            else:
                self._read_prose(start, next_start)
            start = next_start
        self._end_item(self._beyond)
        if self._fence:
            self._fenced.append((self._region_start, self._beyond, self._fence))
        else:
            self._prose.append((self._region_start, end))

    def _read_code(self, fence: Fence, start: int, end: int) -> None:
        if fence.is_closed_by(self._text[start:end]):
            self._fenced.append((self._region_start, start, fence))
            self.fence_lines.append((start, end))
            self._fence, self._region_start, self._after_blank = None, end, False
        elif not self._keep_next:
            self.breaks.append((Quality.CODE, start))
        self._keep_next = False

    def _open_fence(self, opens: re.Match[str], start: int, end: int, *, is_whole: bool) -> None:
        if not opens["indent"]:
            self._end_item(start)
        self._break(Quality.PARAGRAPH, start)
        self._prose.append((self._region_start, start))
        self.fence_lines.append((start, end))
        self._region_start, self._keep_next = end, True
        if is_whole:
            indent = opens["indent"] + " " * len(opens["item"] or "")
            self._fence = Fence(indent, opens["marker"], opens["info"].rstrip())

    def _read_prose(self, start: int, end: int) -> None:
        heading = _HEADING.match(self._text, start, end)
        item = _ITEM.match(self._text, start, end)
        is_indented = self._text[start] in " \t"
        begins_block = self._after_blank and not is_indented
        if heading or item or begins_block:
            self._end_item(start)
        if heading:
            self._break(Quality.HEADING, start)
        elif item:
            self._break(Quality.NESTED_ITEM if is_indented else Quality.ITEM, start)
            self._item_start = start
        else:
            self._break(Quality.PARAGRAPH if begins_block else Quality.LINE, start)
        self._after_blank, self._keep_next = False, heading is not None

    def _break(self, quality: Quality, position: int) -> None:
        if not self._keep_next:
            self.breaks.append((quality, position))

    def _end_item(self, end: int) -> None:
        if self._item_start is not None:
            self.items.append((self._item_start, end))
            self._item_start = None
