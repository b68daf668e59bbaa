"""Markdown text split into pages that each fit one message of a platform.

What is promised, for any text and any limit:

- The bodies of the parts, joined, are the text. Nothing is added but, where a page ends inside a
  code fence, the line that closes it and, on the next page, the line that opens it again
  (`Part.closing`, `Part.opening`); joining what platforms show means dropping these two.
- No page is longer than the limit.
- A page that is followed by another never changes while the text grows: where it ends depends on
  nothing beyond the first character that no longer fits.

As far as a page's length allows, a page ends before a heading, paragraph, list item or line, then
after a sentence or a word. A link, an image, a code span, `**bold**`, a platform's `<…>` (custom
emoji, mention) and a list item are kept whole whenever one page can hold them, and so is, down to
a limit that can't, what a reader sees as one character.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.graphemes import is_boundary
from bot.markdown import Blocks, Fence, Span

_LOOKS_LIKE_BLOCK = re.compile(r"\s*(?:`{3}|~{3}|#{1,6}\s|(?:[-*+]|\d{1,9}[.)])\s|>)")
_SENTENCE_END = re.compile(r"""[.!?…。！？।]["'”’)\]*_]*\s+""")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """One page: `body` is of the source, `opening` and `closing` carry a fence across pages."""

    body: str
    opening: str = ""
    closing: str = ""
    fence: Fence | None = None
    """What is open at the start of the line in which `body` ends."""

    @property
    def text(self) -> str:
        """What the platform shows."""
        return self.opening + self.body + self.closing


def split(text: str, limit: int, *, settled: Sequence[Part] = ()) -> list[Part]:
    """The pages of `text`, at least one, each of at most `limit` characters.

    `settled` are pages that an earlier call gave for the beginning of `text` and that were
    followed by another: they stay as they are, which saves splitting them again.
    """
    if limit < 1:
        raise ValueError(f"a page holds at least one character, not {limit}")
    parts = list(settled)
    start = sum(len(part.body) for part in parts)
    fence = parts[-1].fence if parts else None
    while True:
        opening = fence.lines(limit)[0] if fence else ""
        room = limit - len(opening)
        if len(text) - start <= room:
            closing = _closing_for_now(text, start, fence, limit)
            if len(text) - start + len(closing) > room:
                closing = ""
            return [*parts, Part(text[start:], opening, closing)]
        page = _FullPage(text, start, start + room, fence, limit)
        end = page.end()
        fence = page.blocks.fence_at(end)
        parts.append(Part(text[start:end], opening, page.closing_at(end), fence))
        start = end


def join(parts: Iterable[Part]) -> str:
    """The source that `split` took apart."""
    return "".join(part.body for part in parts)


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def _closing(text: str, end: int, fence: Fence | None, limit: int) -> str:
    """What a page of `limit` characters that ends at `end` inside `fence` must add."""
    closing = fence.lines(limit)[1] if fence else ""
    return "\n" + closing if closing and text[end - 1] != "\n" else closing


def _closing_for_now(text: str, start: int, fence: Fence | None, limit: int) -> str:
    """What closes a fence that is open where the text ends for now."""
    first_line = _line_start(text, start)
    if not fence and "```" not in text[first_line:] and "~~~" not in text[first_line:]:
        return ""
    blocks = Blocks(text, first_line, len(text), fence)
    return _closing(text, len(text), blocks.fence_at(len(text)), limit)


class _Kept:
    """Stretches of text that a page had better not end in."""

    def __init__(self, spans: Iterable[Span], start: int) -> None:
        """What begins at or before `start`, the page's, can't be moved to the next page."""
        self._spans = sorted(span for span in spans if span[0] > start)
        self._starts = [span[0] for span in self._spans]

    def holds(self, position: int) -> bool:
        before = bisect_left(self._starts, position) - 1
        return before >= 0 and position < self._spans[before][1]


class _FullPage:
    """A page that the text has outgrown: it begins at `start` and must end by `stop`."""

    def __init__(self, text: str, start: int, stop: int, fence: Fence | None, limit: int) -> None:
        self._text, self._start, self._stop, self._limit = text, start, stop, limit
        self._seen = stop + 1
        self.blocks = Blocks(text, _line_start(text, start), self._seen, fence)

    def closing_at(self, end: int) -> str:
        return _closing(self._text, end, self.blocks.fence_at(end), self._limit)

    def end(self) -> int:
        """The best place to end it."""
        inlines = _Kept([*self.blocks.fence_lines, *self.blocks.inlines(self._start)], self._start)
        items = _Kept(self.blocks.items, self._start)
        spaces = [
            min(found.end(), self._stop)
            for found in _SPACE.finditer(self._text, self._start, self._stop)
        ][::-1]

        def tears_none(position: int) -> bool:
            return not inlines.holds(position)

        def tears_no_item(position: int) -> bool:
            return tears_none(position) and not items.holds(position)

        backwards = range(self._stop, self._start, -1)
        return (
            self._line_or_word(spaces, tears_no_item)
            or self._line_or_word(spaces, tears_none)
            or self._first(backwards, tears_none)
            or self._first(spaces)
            or self._first(backwards)
            or next(position for position in backwards if self._fits(position))
        )

    def _line_or_word(self, spaces: Sequence[int], free: Callable[[int], bool]) -> int | None:
        """The best line to end before, or sentence or word to end after, late in the page if any.

        `spaces` are the ends of words, the last first.
        """
        lines = [
            (quality, position)
            for quality, position in self.blocks.breaks
            if position > self._start and self._fits(position) and free(position)
        ]
        late = self._start + (self._stop - self._start) * 2 // 3
        if late_lines := [line for line in lines if line[1] >= late]:
            return max(late_lines)[1]

        def good(position: int) -> bool:
            return free(position) and not _LOOKS_LIKE_BLOCK.match(self._text, position, self._seen)

        late_spaces = [position for position in spaces if position >= late]
        sentences = {
            found.end() for found in _SENTENCE_END.finditer(self._text, self._start, self._stop)
        }
        late_word = self._first(late_spaces, lambda p: p in sentences and good(p)) or self._first(
            late_spaces, good
        )
        if late_word:
            return late_word
        last_line = max((position for _, position in lines), default=0)
        return max(last_line, self._first(spaces, good) or 0) or None

    def _first(
        self, positions: Iterable[int], good: Callable[[int], bool] = lambda _: True
    ) -> int | None:
        """The first of `positions` that is good, fits the page and tears no character."""
        for position in positions:
            if (
                position > self._start
                and good(position)
                and self._fits(position)
                and is_boundary(self._text, position)
            ):
                return position
        return None

    def _fits(self, position: int) -> bool:
        return position + len(self.closing_at(position)) <= self._stop
