"""What a person wrote in Slack, without Slack's markup.

https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

_ENTITY = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_CODE = re.compile(r"(```.+?```|`[^`\n]+`)", re.DOTALL)
_OPENS = re.compile(r"(?<![\w*_~])[*_~](?=\S)")
_CLOSES = re.compile(r"(?<=\S)[*_~](?![\w*_~])")
_SPACES = " \t\n\r\f\v\u00a0"
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ESCAPE = re.compile("&(?:lt|gt|amp);")
_FORWARDED = 5
"""Messages passed on in one that are read."""


def to_text(markup: str, *, us: str = "", names: Mapping[str, str]) -> str:
    """`markup` as the person meant it to be read: names for ids, links with their addresses.

    `us` is our own user id: where it opens or closes the text it is left out, being no part of
    what is said. Whose name is not in `names` is "someone".
    """
    if us:
        markup = _without_us(markup, re.compile(rf"<@{re.escape(us)}(?:\|[^<>]*)?>"))
        names = {us: "CastMatch", **names}
    parts = _CODE.split(markup)
    said = [
        part.strip("`") if index % 2 else _without_styles(part) for index, part in enumerate(parts)
    ]
    text = _ENTITY.sub(lambda found: _entity(found[1], names), "".join(said))
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text).strip()


def mentions(markup: str) -> list[str]:
    """The user ids that are mentioned, each once."""
    return list(dict.fromkeys(_MENTION.findall(markup)))


def passed_on(attachments: Sequence[object]) -> str:
    """The markup of the messages that were forwarded with this one."""
    found = []
    for attachment in attachments:
        if isinstance(attachment, dict) and _is_message(attachment):
            text = attachment.get("text")
            if isinstance(text, str) and text.strip():
                found.append(text.strip())
    return "\n\n".join(found[:_FORWARDED])


def _is_message(attachment: Mapping[str, Any]) -> bool:
    return attachment.get("is_share") is True or attachment.get("is_msg_unfurl") is True


def _without_us(markup: str, ours: re.Pattern[str]) -> str:
    """Without our name at the beginning and the end. However long they are, each character is
    looked at about once: one regular expression for it takes minutes."""
    rest = markup.lstrip()
    while found := ours.match(rest):
        rest = rest[found.end() :].lstrip(f"{_SPACES},:")
        markup = rest
    rest = markup.rstrip()
    while (start := rest.rfind("<@")) >= 0 and ours.fullmatch(rest, start):
        rest = rest[:start].rstrip()
        markup = rest.rstrip(f"{_SPACES},")
    return markup


def _without_styles(text: str) -> str:
    """Without the signs around `*bold*`, `_italic_`, `~struck~` and those within them."""
    lines = text.split("\n")
    for _ in range(3):
        lines = [_without_pairs(line) for line in lines]
    return "\n".join(lines)


def _without_pairs(line: str) -> str:
    """Without each sign that opens a style and the next one that closes it."""
    closing: dict[str, deque[int]] = {sign: deque() for sign in "*_~"}
    for found in _CLOSES.finditer(line):
        closing[found[0]].append(found.start())
    parts, done = [], 0
    for found in _OPENS.finditer(line):
        start, ends = found.start(), closing[found[0]]
        while ends and ends[0] < start + 2:
            ends.popleft()
        if ends and start >= done:
            end = ends.popleft()
            parts += [line[done:start], line[start + 1 : end]]
            done = end + 1
    return "".join([*parts, line[done:]])


def _entity(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return "@" + (names.get(rest) or label or "someone")
    if kind == "#":
        return "#" + (label or "a-channel")
    if kind == "!":
        name = rest.partition("^")[0]
        return label or f"@{'a-group' if name == 'subteam' else name}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label == address or re.sub(r"\Ahttps?://", "", address).rstrip("/") == label:
        return address
    return f"{label} ({address})"
