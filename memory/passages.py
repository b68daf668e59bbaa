"""What is embedded of a text that was said."""

from __future__ import annotations

import re
from collections.abc import Iterable


def passage(text: str, names: Iterable[str]) -> str:
    """The text without the names of those who speak in its conversation.

    Whoever says "Wow, Asha!" is not Asha: with her name in it the vector would answer questions
    about her with what others said.
    """
    parts = {part for name in names for part in (name, *name.split()) if len(part) > 2}
    if not parts:
        return text
    longest_first = sorted(parts, key=len, reverse=True)
    named = "|".join(re.escape(part) for part in longest_first)
    without = re.sub(
        rf"(?<![,\s])[,\s]*+@?\b(?:{named})\b(?:['’]s)?", "", text, flags=re.IGNORECASE
    )
    return without.strip(" ,") or text
