"""A reply that still grows, shown without the loose ends of its Markdown.

A page that is edited every second must not flash `**`, half an address or the pipes of a table's
first line: what the end of the text leaves open is closed if it can be read already, and left out
for now if it can't.
"""

from __future__ import annotations

import re

_TAIL = 2_000
"""Characters from the end in which something may be open: a paragraph."""
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})", re.MULTILINE)
_MARKS_ONLY = re.compile(
    r"(?:^|\n)[ \t>]*+(?:[-*+](?=\s|\Z)|\d{1,9}[.)]?|#{1,6}|[`~*_|=-]++)?[ \t]*+"
    r"(?:\[[ xX]?\]?|[*_~`]++)?[ \t]*+\Z"
)
"""A last line of which only the marks have come: a bullet, a number, a rule, a fence."""
_CODE = re.compile(r"(?<!`)(`++)(?:(?!\1(?!`)).)+?(?<!`)\1(?!`)", re.DOTALL)
_OPEN_CODE = re.compile(r"`+(?=[^`]*\Z)")
_HALF = (
    re.compile(r"!?\[[^\[\]\n]{0,200}(?:\](?:\([^()\s]{0,2000}(?:\([^()\s]{0,200}\)?)?)?)?\Z"),
    re.compile(r"<[a-zA-Z/!][^<>\n]{0,300}\Z"),
)
"""A link, an image, a tag: what it will be is not known yet."""
_TABLE_ROW = re.compile(r"[ \t]*\|[^\n]*")
_LOOSE_MARKS = re.compile(r"[*_~]+\Z")
_EMPHASIS = {
    "*": re.compile(
        r"(?<![\w*])(?:\*|\*\*\*)(?![\s*])|(?<![\s*])(?:\*|\*\*\*)(?![\w*])",
    ),
    "**": re.compile(r"(?<!\*)\*{2,3}(?!\*)"),
    "_": re.compile(r"(?<![\w_])_(?![\s_])|(?<![\s_])_(?![\w_])"),
    "~~": re.compile("~~"),
}
"""Marks that open or close; three stars are both of the first two."""


def whole(text: str) -> str:
    """`text` as it may be shown now."""
    if _is_in_fence(text):
        return text
    text = _MARKS_ONLY.sub("", text, count=1)
    start = max(text.rfind("\n\n", -_TAIL), len(text) - _TAIL, 0)
    tail = _closed(_without_half_table(text[start:]))
    return (text[:start] + tail).rstrip()


def _is_in_fence(text: str) -> bool:
    fence = ""
    for found in _FENCE.finditer(text):
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence):
            fence = ""
    return bool(fence)


def _without_half_table(paragraph: str) -> str:
    """Without a table's first line as long as its second does not say that it is one."""
    lines = paragraph.split("\n")
    first = len(lines)
    while first and _TABLE_ROW.fullmatch(lines[first - 1]):
        first -= 1
    head, *rest = lines[first:] or [""]
    is_known = len(rest) > 1 or (
        len(rest) == 1 and not rest[0].strip("-:| \t") and _columns(rest[0]) == _columns(head)
    )
    return paragraph if is_known else "\n".join(lines[:first])


def _columns(row: str) -> int:
    return len(row.strip().strip("|").split("|"))


def _closed(paragraph: str) -> str:
    seen = _CODE.sub(lambda found: "x" * len(found[0]), paragraph)
    if opened := _OPEN_CODE.search(seen):
        has_code = paragraph[opened.end() :].strip()
        return paragraph + opened[0] if has_code else paragraph[: opened.start()]
    for half in _HALF:
        if found := half.search(seen):
            seen = seen[: found.start()]
    if loose := _LOOSE_MARKS.search(seen):
        before = seen[: loose.start()]
        if before.count(loose[0]) % 2 == 0:
            seen = before
    seen = seen.rstrip()
    opened_at = []
    for mark, pattern in _EMPHASIS.items():
        marks = [found.start() for found in pattern.finditer(seen)]
        if len(marks) % 2:
            opened_at.append((marks[-1], mark))
    closing = "".join(mark for _, mark in sorted(opened_at, reverse=True))
    return paragraph[: len(seen)] + closing
