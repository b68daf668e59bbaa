"""The tags that part what is ours in a request from what others wrote."""

from __future__ import annotations

import re

_OUR_TAG = re.compile(
    r"<(?=\s*/?\s*(?:message|overheard|shown|memory|now|roster_data)\b)", re.IGNORECASE
)


def untagged(text: str) -> str:
    """Text in which none of our tags can be opened or closed."""
    return _OUR_TAG.sub("‹", text)


def one_line(text: str) -> str:
    """The same as one line: what stands in a list of ours cannot add to it."""
    return untagged(" ".join(text.split()))
