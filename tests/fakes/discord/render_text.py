"""Discord's Markdown as HTML. https://support.discord.com/hc/en-us/articles/210298617"""

from __future__ import annotations

import re
from html import escape

MARK = "\1{}\2"
"""What stands around a mention's name, so that it is told from text that only looks like one."""

_FENCE = re.compile(r"```(?:[\w+-]*\n)?(.+?)```|`([^`\n]+)`", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\*_~`|>#\[\]()<@:!-])")
_LINK = re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^\s)>]+)>?(?: &quot;[^&]*&quot;)?\)")
_BARE = re.compile(r"(?<![\"'>=])&lt;(https?://[^\s&]+)&gt;|(?<![\"'>=])(https?://[^\s<]+)")
_MENTION = re.compile("\1([^\1\2]+)\2")
_EMPHASIS = (
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL), r"<b>\1</b>"),
    (re.compile(r"__(?=\S)(.+?)(?<=\S)__", re.DOTALL), r"<u>\1</u>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)"), r"<i>\1</i>"),
    (re.compile(r"\*(?=\S)([^*\n]+?)(?<=\S)\*"), r"<i>\1</i>"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"<s>\1</s>"),
    (re.compile(r"\|\|(.+?)\|\|"), r'<span class="spoiler">\1</span>'),
)
_LIST = re.compile(r"^( *)(?:[-*]|(\d+)\.) (.*)$")


def markdown(text: str) -> str:
    """A text of a message, as Discord draws it. Names stand where mentions were."""
    html, at = "", 0
    for code in _FENCE.finditer(text):
        html += _prose(text[at : code.start()])
        block = code[1] is not None
        inside = escape((code[1] if block else code[2]).rstrip("\n"), quote=False)
        html += f"<pre>{inside}</pre>" if block else f"<code>{inside}</code>"
        at = code.end() + (1 if block and text[code.end() : code.end() + 1] == "\n" else 0)
    return html + _prose(text[at:])


def inline(words: str) -> str:
    """One line's emphasis, links and mentions."""
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\0{len(kept) - 1}\0"

    html = _ESCAPED.sub(lambda found: keep(escape(found[1])), words)
    html = escape(html)
    html = _LINK.sub(lambda f: keep(f'<a href="{f[2]}">{f[1]}</a>'), html)
    html = _BARE.sub(lambda f: keep(f'<a href="{f[1] or f[2]}">{f[1] or f[2]}</a>'), html)
    html = _MENTION.sub(lambda f: keep(f'<span class="mention">{f[1]}</span>'), html)
    for pattern, replacement in _EMPHASIS:
        html = pattern.sub(replacement, html)
    while "\0" in html:
        html = re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], html)
    return html


def _prose(words: str) -> str:
    lines = [_line(line) for line in words.split("\n")]
    html = ""
    for number, (line, is_block) in enumerate(lines):
        html += line
        if not is_block and number + 1 < len(lines):
            html += "" if lines[number + 1][1] and not line else "<br>"
    return html


def _line(line: str) -> tuple[str, bool]:
    if header := re.match(r"(#{1,3}) +(.+)", line):
        level = len(header[1])
        return f"<h{level}>{inline(header[2])}</h{level}>", True
    if line.startswith("-# "):
        return f'<div class="subtext">{inline(line[3:])}</div>', True
    if line.startswith("> "):
        return f"<blockquote>{inline(line[2:])}</blockquote>", True
    if item := _LIST.match(line):
        depth = 1 + len(item[1]) // 2
        mark = f"{item[2]}." if item[2] else "•"
        style = f'style="margin-left:{depth * 20 - 14}px"'
        return (
            f'<div class="item" {style}><span>{mark}</span><div>{inline(item[3])}</div></div>',
            True,
        )
    return inline(line), False
