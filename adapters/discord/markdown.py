"""A reply's Markdown as Discord shows it, and nothing in it that can call anybody.

Discord knows no tables, rules, images or headings below the third, and reads `<@…>`, `<#…>` and
`@everyone` in any text. https://support.discord.com/hc/en-us/articles/210298617
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

_APART = "\N{ZERO WIDTH SPACE}"
_CALLS = re.compile(r"<(?=[@#/]|a?:\w|t:|id:)|@(?=everyone|here)", re.IGNORECASE)
_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}#{4,6}\s+(.*?)\s*#*\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER = re.compile(r"^(?=.*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_TAG = re.compile(r"</?(?:b|i|u|em|strong|p|div|span|ul|ol|li|br|hr|sub|sup|small)\s*/?>", re.I)
_CODE = re.compile(r"(?<!\\)(`+)(?:(?!\1).)+?\1(?!`)")
_LINK = re.compile(
    r"!?\[(?P<label>[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*)\]"
    r"\((?P<url><[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+[\"'][^\n]*?[\"'])?\)"
)
_OPEN_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\Z")
_BARE = re.compile(r"(?<![<\w(])https?://[^\s<>()\[\]]+[^\s<>()\[\].,;:!?'\"]")
_LOOKS_LIKE_URL = re.compile(r"https?:|www\.|\w\.\w{2,}(?:/|$|\s)", re.IGNORECASE)
_MARKS = re.compile(r"([\\*_~`|>\[\]#])")


def render(source: str, *, limit: int, growing: bool = False) -> str:
    """`source` as the content of a message of at most `limit` characters."""
    for tables in (_columns, _rows):
        text = "\n".join(_lines(source, tables, growing=growing)).strip("\n")
        if len(text) <= limit:
            return text
    return cut(inert(source), limit)


def inert(text: str) -> str:
    """Text in which Discord finds nobody to call; the markup of its style stays."""
    return _CALLS.sub(lambda found: found[0] + _APART, text)


def plain(text: str, limit: int) -> str:
    """Words of a row on one line, shown as they are: no markup, no calls."""
    words = cut(" ".join(text.split()), limit)
    return inert(_MARKS.sub(r"\\\1", words))


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def url(address: str) -> str:
    """An address that may be linked: http or https, whole; empty for any other."""
    address = address.strip().removeprefix("<").removesuffix(">")
    if re.search(r"[\s<>()\[\]\\`|]", address) or len(address) > 1_000:
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and host else ""


def _lines(source: str, tables: object, *, growing: bool) -> Iterator[str]:
    lines = source.splitlines()
    fence = ""
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if found := _FENCE.match(line):
            marker = found[2]
            if not fence and "`" not in found[3]:
                fence = marker
                yield f"{found[1]}```{found[3].strip()}"
                continue
            if fence and marker.startswith(fence) and not found[3].strip():
                fence = ""
                yield f"{found[1]}```"
                continue
        if fence:
            yield line
            continue
        if "|" in line and index < len(lines) and _DELIMITER.match(lines[index]):
            end = index + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_cells(line), *(_cells(row) for row in lines[index + 1 : end])]
            yield from _columns(rows) if tables is _columns else _rows(rows)
            index = end
            continue
        last = growing and index == len(lines)
        yield _line(line, growing=last)
    if fence:
        yield "```"


def _line(line: str, *, growing: bool) -> str:
    if _RULE.match(line):
        return ""
    if found := _HEADING.match(line):
        line = f"**{found[1]}**"
    if growing:
        line = _OPEN_LINK.sub(r"\1", line)
    parts, at = [], 0
    for code in _CODE.finditer(line):
        parts += [_inline(line[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _inline(line[at:])])


def _inline(text: str) -> str:
    parts, at = [], 0
    for found in _LINK.finditer(text):
        parts += [_words(text[at : found.start()]), _link(found["label"], url(found["url"]))]
        at = found.end()
    return "".join([*parts, _words(text[at:])])


def _words(text: str) -> str:
    text = _TAG.sub("", text).replace("||", r"\|\|")
    parts, at = [], 0
    for found in _BARE.finditer(text):
        parts += [inert(text[at : found.start()]), f"<{found[0]}>"]
        at = found.end()
    return "".join([*parts, inert(text[at:])])


def _link(label: str, address: str) -> str:
    """A link that says where it goes; the address in brackets draws no preview."""
    words = inert(" ".join(label.replace("||", "").split()))
    if not address:
        return words
    if not words or _LOOKS_LIKE_URL.search(label):
        return f"<{address}>"
    return f"[{words}](<{address}>)"


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    cells = [cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]
    labels = [_LINK.sub(lambda found: found["label"], cell) for cell in cells]
    return [re.sub(r"\*\*|__|`", "", label) for label in labels]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table as code, in columns."""
    wide = max(len(row) for row in rows)
    full = [[*row, *[""] * (wide - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(wide)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in full
    ]
    rule = "  ".join("─" * width for width in widths)
    return ["```", *(line.replace("```", "ʼʼʼ") for line in (lines[0], rule, *lines[1:])), "```"]


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table that is too wide, as a list."""
    head, *body = rows
    return [
        "- "
        + "; ".join(
            f"{inert(name)}: {inert(cell)}" if name else inert(cell)
            for name, cell in zip([*head, *[""] * len(row)], row, strict=False)
            if cell
        )
        for row in body
    ]
