"""How much one message takes, beyond the limits of each block.

Slack turns a markdown block into blocks of its own and counts those: a header for each heading,
one for each code fence, table, divider and run of text. It gives no figures for the sum; these
agree with what others have measured: 13,297 characters in one markdown block taken, 11,300 in 45
blocks refused, 9,600 in 50 taken; 10,563 with 20 headings taken.
https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867
"""

from __future__ import annotations

import re

from tests.fakes.slack.plain import plain_blocks
from tests.fakes.slack.wire import Json, RefusedError

MOST_CHARACTERS = 13_300
MOST_MARKDOWN = 12_000
MOST_BLOCKS = 50
BLOCK_COSTS, HEADER_COSTS = 50, 100
"""Characters that each block, and each heading, costs beside its text."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_DIVIDER = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")


def check_size(blocks: list[Json]) -> None:
    """Raises the API's `msg_blocks_too_long`."""
    markdown = [str(block["text"]) for block in blocks if block["type"] == "markdown"]
    shapes = [rendered(text) for text in markdown]
    count = len(blocks) - len(markdown) + sum(made for made, _ in shapes)
    headers = sum(headings for _, headings in shapes)
    beside = BLOCK_COSTS * (count - headers - 1) + HEADER_COSTS * headers
    characters = len(_escaped(plain_blocks(blocks))) + beside
    too_long = characters > MOST_CHARACTERS or sum(map(len, markdown)) > MOST_MARKDOWN
    if too_long or count > MOST_BLOCKS:
        raise RefusedError("msg_blocks_too_long")


def rendered(markdown: str) -> tuple[int, int]:
    """Blocks that Slack makes of Markdown, and headers among them."""
    blocks = headers = 0
    fence = ""
    inside = ""  # what the line before belongs to
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = inside = ""
            continue
        kind = _kind(line)
        if mark:
            fence = mark[1]
            kind = "fence"
        headers += kind == "heading"
        blocks += kind in ("heading", "divider", "fence") or kind not in ("", inside)
        inside = kind or ("text" if inside == "text" else "")
    return blocks, headers


def _kind(line: str) -> str:
    if _HEADING.match(line):
        return "heading"
    if _DIVIDER.match(line):
        return "divider"
    if line.lstrip().startswith("|"):
        return "table"
    return "text" if line.strip() else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
