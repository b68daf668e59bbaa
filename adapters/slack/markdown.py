"""A reply's Markdown as Slack's blocks: what a reader sees, in structure instead of markup.

Slack's own `markdown` block takes Markdown as it is, but reads `<!channel>`, `<@U…>` and
`<url|label>` in it, runs paragraphs together and draws lists differently from client to client.
It makes rich text, headers, dividers and tables of it, counted as blocks of the message; here
they are made of the parsed text at once, and nothing in it can be read as a command.
https://docs.slack.dev/reference/block-kit/blocks/markdown-block
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from adapters.slack import inert
from adapters.slack.growing import whole
from adapters.slack.parts import HEADER_LIMIT
from adapters.slack.rich_text import (
    BOLD,
    CODE,
    NO_STYLE,
    Element,
    fitting,
    inline,
    joined,
    text,
    words,
)
from adapters.slack.tables import Table

_DEEPEST = 5
"""Steps of indentation that every client draws."""
_MOST_ELEMENTS = 600
"""Elements of a page; a text of more is noise, and is shown without structure."""
_BULLETS = ("bullet_list", "ordered_list")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - its name there
        """Every link is read as one; which of them may be followed is decided in `rich_text`."""
        return True


_MARKDOWN = _Markdown("commonmark", {"html": False}).enable(["table", "strikethrough"])


def blocks(source: str, *, growing: bool, most_blocks: int, most_characters: int) -> list[Element]:
    """`source` as blocks, within both limits; empty where nothing is to be seen.

    `growing`: more will follow, so what its end leaves open is shown as what it will be.
    """
    shown = whole(source) if growing else source
    page = _Page(most_blocks, most_characters)
    page.read(SyntaxTreeNode(_MARKDOWN.parse(shown)))
    if page.elements > _MOST_ELEMENTS:
        page = _Page(most_blocks, most_characters)
        page.paragraph([text(shown.strip())])
    return page.done()


def in_plain(shown: Sequence[Element]) -> str:
    """What `blocks` gave, as plain text: for notifications, and screens that show no blocks."""
    said = []
    for block in shown:
        if block["type"] == "header":
            said.append(block["text"]["text"])
        elif block["type"] == "rich_text":
            said.append("\n".join(_in_plain(part) for part in block["elements"]))
        elif block["type"] == "table":
            said += [" | ".join(_in_plain(cell) for cell in row) for row in block["rows"]]
    return inert.plain("\n".join(said)).strip()


def _in_plain(part: Element) -> str:
    if part["type"] == "rich_text":
        return "\n".join(_in_plain(inner) for inner in part["elements"])
    if part["type"] != "rich_text_list":
        return str(part["text"]) if part["type"] == "raw_text" else words(part["elements"])
    number, is_ordered = part.get("offset", 0), part["style"] == "ordered"
    marks = (
        f"{n}." if is_ordered else "•"
        for n in range(number + 1, number + 1 + len(part["elements"]))
    )
    indent = "  " * part.get("indent", 0)
    return "\n".join(
        f"{indent}{mark} {words(item['elements'])}"
        for mark, item in zip(marks, part["elements"], strict=True)
    )


class _Page:
    """Blocks as they are put one under the other."""

    def __init__(self, most_blocks: int, most_characters: int) -> None:
        self._blocks: list[Element] = []
        self._rich: list[Element] = []
        self._most_blocks, self._room = most_blocks, most_characters
        self._has_table = False
        self.elements = 0

    def done(self) -> list[Element]:
        self._close_rich_text()
        return self._blocks

    def read(self, root: SyntaxTreeNode) -> None:
        for node in root.children:
            if self._room <= 0 or self.elements > _MOST_ELEMENTS:
                return
            self._block(node)

    def paragraph(self, elements: Sequence[Element]) -> None:
        """Lines of their own, a blank line away from those before."""
        if not words(elements).strip():
            return
        last = self._rich[-1] if self._rich else None
        if last and last["type"] == "rich_text_section":
            taken = self._take([text("\n\n"), *elements])
            last["elements"] = joined([*last["elements"], *taken])
        else:
            gap = [text("\n")] if last and last["type"] == "rich_text_list" else []
            self._add("rich_text_section", [*gap, *elements])

    def _block(self, node: SyntaxTreeNode) -> None:
        if node.type == "heading":
            self._heading(node)
        elif node.type in _BULLETS:
            self._list(node, 0)
        elif node.type == "blockquote":
            self._add("rich_text_quote", _flat(node))
        elif node.type in ("fence", "code_block"):
            self._code(node.content)
        elif node.type == "hr":
            self._top_level({"type": "divider"})
        elif node.type == "table":
            self._table(Table.of(node))
        else:
            self.paragraph(inline(node))

    def _heading(self, node: SyntaxTreeNode) -> None:
        title = inert.plain(" ".join(words(inline(node)).split()))
        if (
            node.tag in ("h1", "h2")
            and 0 < len(title) <= HEADER_LIMIT
            and inert.size(title) <= self._room
        ):
            header = {"type": "header", "text": {"type": "plain_text", "text": title}}
            if self._top_level(header):
                self._room -= inert.size(title)
                return
        self.paragraph(inline(node, BOLD))

    def _top_level(self, block: Element) -> bool:
        """Put a block of its own, as long as another one after it fits too."""
        if len(self._blocks) + bool(self._rich) + 2 > self._most_blocks:
            return False
        self._close_rich_text()
        self._blocks.append(block)
        self.elements += 1
        return True

    def _list(self, node: SyntaxTreeNode, depth: int) -> None:
        """Rich text has no list in a list: each run of items is one, indented by its depth."""
        style = "ordered" if node.type == "ordered_list" else "bullet"
        first = int(node.attrs.get("start", 1))
        run: list[Element] = []
        for number, item in enumerate(node.children):
            own = [child for child in item.children if child.type not in _BULLETS]
            run.append({"type": "rich_text_section", "elements": self._take(_item(own))})
            nested = [child for child in item.children if child.type in _BULLETS]
            if nested or item is node.children[-1]:
                offset = first - 1 + number + 1 - len(run)
                self._run(run, style, depth, offset)
                run = []
            for child in nested:
                self._list(child, depth + 1)

    def _run(self, items: list[Element], style: str, depth: int, offset: int) -> None:
        items = [item for item in items if item["elements"]]
        if not items:
            return
        self._end_line()
        run: Element = {"type": "rich_text_list", "style": style, "elements": items}
        if depth:
            run["indent"] = min(depth, _DEEPEST)
        if style == "ordered" and offset > 0:
            run["offset"] = offset
        self._rich.append(run)

    def _code(self, code: str) -> None:
        if code.strip():
            self._add("rich_text_preformatted", [text(code.rstrip("\n"))])

    def _table(self, table: Table) -> None:
        if (
            not self._has_table
            and table.fits_block
            and table.characters <= self._room
            and self._top_level(block := table.block())
        ):
            self._has_table = True
            self._room -= table.characters
            self.elements += sum(len(row) for row in block["rows"])
        elif (columns := table.columns()) and inert.size(columns) <= self._room:
            self._code(columns)
        else:
            sections = [
                {"type": "rich_text_section", "elements": self._take(item)}
                for item in table.items()
            ]
            self._run(sections, "bullet", 0, 0)

    def _add(self, kind: str, elements: Sequence[Element]) -> None:
        if not words(elements).strip():
            return
        if kind != "rich_text_section":
            self._end_line()
        taken = self._take(elements)
        if taken:
            self._rich.append({"type": kind, "elements": taken})

    def _take(self, elements: Sequence[Element]) -> list[Element]:
        """The elements as far as the page has room for them."""
        taken = fitting(elements, self._room)
        self._room -= inert.size(words(taken))
        self.elements += len(taken) + 1
        return taken

    def _end_line(self) -> None:
        """A section that something else follows ends with its line."""
        last = self._rich[-1] if self._rich else None
        if last and last["type"] == "rich_text_section":
            last["elements"] = joined([*last["elements"], text("\n")])

    def _close_rich_text(self) -> None:
        if self._rich:
            self._blocks.append({"type": "rich_text", "elements": self._rich})
            self._rich = []


_BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def _item(children: Sequence[SyntaxTreeNode]) -> list[Element]:
    """A list item's own lines, without the lists in it."""
    elements = _lines([_line(child) for child in children])
    if elements and elements[0]["type"] == "text" and "style" not in elements[0]:
        said = elements[0]["text"]
        for mark, box in _BOXES.items():
            if said.startswith(mark):
                elements[0] = text(box + said[len(mark) :])
    return elements


def _flat(node: SyntaxTreeNode) -> list[Element]:
    """All that is in a node as lines: a quote holds neither lists nor code."""
    lines: list[list[Element]] = []
    for child in node.children:
        if child.type in _BULLETS:
            first = int(child.attrs.get("start", 1))
            for number, item in enumerate(child.children, first):
                mark = f"{number}. " if child.type == "ordered_list" else "• "
                lines.append([text(mark), *_flat(item)])
        else:
            lines.append(_line(child))
    return _lines(lines)


def _line(node: SyntaxTreeNode) -> list[Element]:
    if node.type in ("fence", "code_block"):
        return [text(node.content.rstrip("\n"), CODE)]
    if node.type == "table":
        return _lines([[text("• "), *item] for item in Table.of(node).items()])
    if node.type == "blockquote":
        return _flat(node)
    return [] if node.type == "hr" else inline(node, BOLD if node.type == "heading" else NO_STYLE)


def _lines(lines: Sequence[list[Element]]) -> list[Element]:
    """Lines one under the other, empty ones left out."""
    shown = [line for line in lines if words(line).strip()]
    return joined(part for n, line in enumerate(shown) for part in (text("\n" * (n > 0)), *line))
