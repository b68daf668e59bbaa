"""Questions about what is remembered: "what do you remember about the budget?"."""

from __future__ import annotations

import re

from bot.vocabulary.folding import fold

_LEAD = r"^(?:(?:so|and|ok(?:ay)?|hey|please|castmatch)[\s,]+)*(?:can you |could you )?"
_TOPIC = r"(?:\s+(?:about|of|on|regarding|for)\s+(?P<topic>.+?))?\s*\?*$"
_ASKED = re.compile(
    rf"{_LEAD}(?:(?:tell me )?what (?:else )?(?:do|can) you (?:still )?(?:remember|recall)"
    r"|(?:tell me )?what (?:did|have) (?:i|we) (?:ever )?(?:tell|told|said|say)(?: to)?(?: you)?"
    r"|what(?:'s| is) in your memory|what facts (?:do|did) you (?:have|keep)"
    rf"|(?:do you )?remember anything){_TOPIC}"
)
_DO_YOU = re.compile(rf"{_LEAD}do you (?:still )?(?:remember|recall)\s+(?P<topic>.+?)\s*\?*$")
_US = frozenset({"me", "us", "this channel", "here", "this", "my preferences", "our preferences"})
_WHY = re.compile(
    r"^(?:and |but |so |ok(?:ay)? )?(?:why (?:do|did|would) you (?:think|say|believe|assume|"
    r"remember)\b.*"
    r"|how (?:do|did|would) you know\b.*|who (?:said|told you) (?:so|that|this|it)"
    r"|says who|where (?:do|did) you (?:get|have|hear) (?:that|this|it)(?: from)?|source)\s*\?*$"
)


def memory_topic(text: str) -> str | None:
    """What the question asks memory about: empty for all of it, `None` if it asks something
    else."""
    said = " ".join(fold(text).split())
    match = _ASKED.match(said) or _DO_YOU.match(said)
    if match is None:
        return None
    topic = (match["topic"] or "").strip(" .!?")
    return "" if topic in _US else topic


def asks_source(text: str) -> bool:
    """Whether it asks why we think so, or who said it."""
    return _WHY.match(" ".join(fold(text).split())) is not None
