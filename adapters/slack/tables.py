"""A Markdown table as Slack shows it best: a table, else aligned columns, else a list.

A message takes one table block. Limits: https://docs.slack.dev/reference/block-kit/blocks/table-block
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode
from rich.cells import cell_len

from adapters.slack import inert
from adapters.slack.rich_text import BOLD, NO_STYLE, Element, inline, joined, text, words

MOST_ROWS, MOST_COLUMNS = 100, 20
_WIDEST = 64
"""Columns of a monospaced line that a thread's pane shows without wrapping."""
_NOTHING = "–"
"""A cell holds at least one character."""

Cell = list[Element]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the head first, all of the same length."""

    rows: list[list[Cell]]
    aligned: list[str]
    """How each column is: "left", "center" or "right"."""

    @classmethod
    def of(cls, node: SyntaxTreeNode) -> Table:
        trs = [row for part in node.children for row in part.children]
        rows = [
            [inline(cell, BOLD if cell.type == "th" else NO_STYLE) for cell in row.children]
            for row in trs
        ]
        aligned = [_alignment(cell) for cell in trs[0].children]
        return cls(rows, aligned)

    @property
    def characters(self) -> int:
        """As Slack counts them."""
        return sum(inert.size(words(cell)) or 1 for row in self.rows for cell in row)

    @property
    def fits_block(self) -> bool:
        return len(self.rows) <= MOST_ROWS and len(self.aligned) <= MOST_COLUMNS

    def block(self) -> Element:
        return {
            "type": "table",
            "column_settings": [{"align": align, "is_wrapped": True} for align in self.aligned],
            "rows": [[_cell(cell) for cell in row] for row in self.rows],
        }

    def columns(self) -> str | None:
        """Monospaced lines; `None` where they would wrap."""
        shown = [[" ".join(words(cell).split()) for cell in row] for row in self.rows]
        widths = [max(cell_len(cell) for cell in column) for column in zip(*shown, strict=True)]
        if sum(widths) + 2 * (len(widths) - 1) > _WIDEST:
            return None
        lines = [
            "  ".join(
                _padded(cell, width, align)
                for cell, width, align in zip(row, widths, self.aligned, strict=True)
            ).rstrip()
            for row in shown
        ]
        rule = "  ".join("─" * width for width in widths)
        return "\n".join([lines[0], rule, *lines[1:]])

    def items(self) -> list[list[Element]]:
        """Each row as a list item: its first cell, then the others under their heads."""
        heads, *rows = self.rows
        names = [f"{name}: " if (name := words(head)) else "" for head in heads]
        return [_item(names, row) for row in rows] or [_item([""] * len(heads), heads)]


def _item(names: Sequence[str], row: Sequence[Cell]) -> list[Element]:
    item: list[Element] = [*row[0]]
    for name, cell in zip(names[1:], row[1:], strict=True):
        if words(cell).strip():
            item += [text(" · " if item else ""), text(name), *cell]
    return joined(item) or [text(_NOTHING)]


def _cell(cell: Cell) -> Element:
    said = words(cell)
    if not said.strip():
        return {"type": "raw_text", "text": _NOTHING}
    if len(cell) == 1 and set(cell[0]) == {"type", "text"}:
        return {"type": "raw_text", "text": said}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": cell}]}


def _alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "")).removeprefix("text-align:") or "left"


def _padded(cell: str, width: int, align: str) -> str:
    gap = width - cell_len(cell)
    before = {"right": gap, "center": gap // 2}.get(align, 0)
    return " " * before + cell + " " * (gap - before)
