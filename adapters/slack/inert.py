"""Words of a model, a person or a row, made so that Slack only shows them.

Slack reads commands in text: `<!channel>` and `<@U…>` call people, `<url|label>` is a link that
may hide where it goes. Where a text is markup (`mrkdwn`, a message's `text`), `mrkdwn` escapes
it. Where it is not (`plain_text`, rich text), an escape would be shown as it is, so `plain`
breaks such a command with an invisible character instead: should Slack, an export or a second
app read it as markup after all, nobody is called.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.graphemes import is_boundary

_INVISIBLE = "\N{WORD JOINER}"
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Controls, what turns the direction of text around, halves of characters, no characters."""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_COMMAND = re.compile("(<|&(?:lt|LT|#0*60|#[xX]0*3[cC]);?)(?=[!@#])")
_BROADCAST = re.compile("@(?=channel|here|everyone|group)", re.IGNORECASE)
_SCHEME = re.compile("(?:https?|mailto):", re.IGNORECASE)
_URL_STOPS = re.compile(r"[\s<>|\"`\\^{}\x00-\x20\x7f-\xa0\u2000-\u206f\ud800-\udfff]")
_LONGEST_URL = 3_000
"""https://docs.slack.dev/reference/block-kit/block-elements/button-element"""


OVERSIZE = 1_000
"""Characters too many for their place that nobody writes by accident."""
CUT_BY_FAR = f"{_INVISIBLE}…"
"""What ends a text of which so many went."""


def plain(text: str) -> str:
    """For `plain_text` and rich text. Changes nothing the second time."""
    text = _OBEYED.sub("", _LINE_ENDS.sub("\n", text))
    text = _COMMAND.sub(rf"\1{_INVISIBLE}", text)
    return _BROADCAST.sub(f"@{_INVISIBLE}", text)


def line(text: str, limit: int) -> str:
    """`plain`, on one line of at most `limit` characters."""
    return cut(" ".join(plain(text).split()), limit)


def mrkdwn(text: str, limit: int) -> str:
    """For `mrkdwn` and the `text` of a message: at most `limit` characters once it is escaped.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    shown = fitting(plain(text), limit)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.translate(_MARKS)


def mrkdwn_line(text: str, limit: int) -> str:
    """`mrkdwn`, on one line; empty where there is nothing to be seen."""
    return mrkdwn(" ".join(plain(text).split()), limit)


def fitting(text: str, limit: int) -> str:
    """As much of `text` as is at most `limit` characters when it is escaped."""
    part, room = cut(text, limit), limit
    while (excess := size(part) - limit) > 0:
        room -= max(1, excess // 5)
        part = cut(text, room)
    return part


def size(text: str) -> int:
    """Characters of `text` once it is escaped, as Slack keeps it."""
    return len(text) + 3 * (text.count("<") + text.count(">")) + 4 * text.count("&")


def fallback(text: str) -> str:
    """`mrkdwn` for the `text` of a message with blocks: at most `_LONGEST_TEXT` bytes."""
    shown = mrkdwn(text, _LONGEST_TEXT)
    while (size := len(shown.encode())) > _LONGEST_TEXT:
        shown = mrkdwn(text, min(len(shown) - 1, len(shown) * _LONGEST_TEXT // size))
    return shown


_LONGEST_TEXT = 3_900
"""`chat.update` refuses a `text` of more than 4,000 characters, say its documents; those who have
measured it with text that is not ASCII say bytes of UTF-8."""

_MARKS = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
"""mrkdwn has no escape for these, so look-alikes stand for them. (`_` is left: file names have
it, and all that it can do is to slant a word.)"""


def url(address: str) -> str | None:
    """An address that may be linked: http, https or mailto, whole; `None` for any other."""
    address = address.strip()
    if not _SCHEME.match(address) or _URL_STOPS.search(address) or len(address) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme == "mailto":
        return address if "@" in parts.path else None
    return address if host else None


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending in an ellipsis where some went.

    No character is torn, unless more than 50 marks are piled on it.
    """
    if len(text) <= limit:
        return text
    ellipsis = "…" if len(text) - limit < OVERSIZE else CUT_BY_FAR
    last = limit - len(ellipsis)
    ends = range(last, max(0, last - 50), -1)
    end = next((end for end in ends if is_boundary(text, end)), last)
    return text[:end].rstrip() + ellipsis
