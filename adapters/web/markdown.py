"""Markdown to HTML that is safe to insert into the page, block by block.

A reply is rendered again with every edit while it streams, so only its end is: text that is
appended does not change the blocks before the last one, once that has two whole lines. (Until
then `**` may be a rule or continue a paragraph, and `a | b` may begin a table. Link reference
definitions would change any block, and are switched off.)
"""

from __future__ import annotations

from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    # Images would let a reply make the reader's browser call any address.
    .disable(["reference", "image"])
)

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
        *("em", "strong", "s", "code", "pre", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def render(text: str) -> tuple[str, ...]:
    """The top-level blocks of `text`, each as sanitised HTML."""
    return GrowingMarkdown().render(text)


class GrowingMarkdown:
    """One text, rendered again and again as it grows.

    `render` gives what `render(text)` of this module would, at the cost of the last blocks as
    long as each text begins with the one before.
    """

    def __init__(self) -> None:
        self._text = ""
        self._settled: list[str] = []
        """Blocks that appended text cannot change, as HTML."""
        self._settled_to = 0
        """How many characters of the text those stand for."""
        self._blocks: tuple[str, ...] = ()

    def render(self, text: str) -> tuple[str, ...]:
        """The blocks of the whole text; the same tuple when nothing changed."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text == self._text:
            return self._blocks
        if not text.startswith(self._text):
            self._settled, self._settled_to = [], 0
        rest = text[self._settled_to :]
        found = list(_top_level(_MARKDOWN.parse(rest)))
        fresh = [_html(tokens) for tokens, _ in found]
        self._blocks = (*self._settled, *fresh)
        if len(found) > 1:
            last = _offset_of_line(rest, found[-1][1])
            if rest.count("\n", last) >= 2:
                self._settled += fresh[:-1]
                self._settled_to += last
        self._text = text
        return self._blocks


def _top_level(tokens: list[Token]) -> list[tuple[list[Token], int]]:
    """The tokens of each top-level block, with the line that it begins on."""
    starts = [
        index for index, token in enumerate(tokens) if token.level == 0 and token.nesting != -1
    ]
    return [
        (tokens[start:end], (tokens[start].map or [0])[0])
        for start, end in pairwise([*starts, len(tokens)])
    ]


def _html(tokens: list[Token]) -> str:
    return _CLEANER.clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})).strip()


def _offset_of_line(text: str, line: int) -> int:
    offset = 0
    for _ in range(line):
        offset = text.index("\n", offset) + 1
    return offset
