"""Questions about what is remembered: "what do you remember about the budget?"."""

from __future__ import annotations

import re

from bot.vocabulary.folding import compose, fold

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

_WHO_SAID = re.compile(
    r"^(?:and |but |so )?(?:who (?:said|told you)|where (?:did|do) you (?:hear|get)"
    r"|how do you know)\b"
)
_WHENCE = re.compile(
    r"^(?:and |but |so )?(?:who (?:said|says|told you)|where (?:did|do) you (?:hear|get|know)|"
    r"how (?:do|did) you know|why (?:do|did) you (?:think|say|believe|assume))"
    r"(?: that| about)?\s+(?P<topic>.{4,}?)(?: from)?\s*\?*$"
)

_QUESTION = re.compile(
    rf"{_LEAD}(?:what|what's|who|who's|whose|when|when's|where|where's|which|how much|how many|is|"
    rf"are|"
    r"do|does|did|has|have|can|tell me|remind me|kitna|kaun|kab|kahan|kya)\b"
)
_WHAT_OF_OURS = re.compile(
    r"^(?:and |so |but )?(?:what|what's|who|who's|when|when's|where)\s*(?:is|are|"
    r"was)?\s+(?P<what>(?:our|the)"
    r" (?:budget|day rate|deadline|director|producer|client|brand|shoot|wrap|status|location|"
    r"auditions?|"
    r"callbacks?|shortlist)(?: (?:for|of|on) [\w' ]{2,60}?)?)\s*(?:again)?\?*$"
)
_OURS = re.compile(r"\b(?:our|ours|we|my|i|us|this channel|here)\b")
_CUES = {
    "budget": r"\b(?:budget|pay|paying|spend|how much|money|(?:day )?rates? (?:for|on|of))\b",
    "decider": r"\b(?:decides?|final say|final call|sign(?:s|ing)? off|approves?|"
    r"has the last word)\b",
    "city": r"\bwhere\b.*\bcast(?:s|ing)?\b|\bwhich (?:city|cities|town)\b|\bbased\b",
    "home": r"\bwhere\b.*\b(?:live|based|home)\b",
    "location": r"\bwhere\b.*\b(?:shoot|film|shot)|\blocation\b",
    "director": r"\bdirect(?:s|or|ing|ed)\b",
    "producer": r"\bproduc(?:es|er|ing|ed)\b",
    "writer": r"\b(?:writes|writer|writing|written|wrote)\b",
    "client": r"\bclient\b|\bwho\b.*\bis it for\b",
    "status": r"\b(?:status|still on|on hold|cancelled|happening|going ahead)\b",
    "cast": r"\bwho(?:'s| is| are| have| did)\b.*\b(?:cast|in it|locked|signed|playing)\b",
    "shoot start": r"\bwhen\b.*\b(?:shoot|start|film)",
    "wrap": r"\bwhen\b.*\b(?:wrap|finish|end)",
    "language": r"\b(?:what|which) languages?\b",
    "union": r"\bunion\b",
}
"""How people ask for an attribute that they don't name; any other is asked for by its name."""


def memory_topic(text: str) -> str | None:
    """What the question asks memory about, as it was written: empty for all of it, `None` if it
    asks something else."""
    said = _on_one_line(text)
    match = _ASKED.match(fold(said)) or _DO_YOU.match(fold(said))
    if match is None:
        return None
    topic = _as_written(match, said)
    return "" if topic.casefold() in _US else topic


def asks_source(text: str) -> bool:
    """Whether it asks why we think so, or who said it."""
    return bool(_WHY.match(fold(_on_one_line(text))) or source_topic(text))


def source_topic(text: str) -> str:
    """What it asks the source of: "who said that the budget is 40k?"; empty where it asks none, or
    of what was told last ("who said so?")."""
    said = _on_one_line(text)
    match = _WHENCE.match(fold(said))
    topic = _as_written(match, said) if match else ""
    return "" if topic.casefold() in ("that", "this", "it", "so") else topic


def asks_who_said(text: str) -> bool:
    """Whether it asks who said something that it names, so that it can ask for nobody else."""
    return bool(source_topic(text)) and _WHO_SAID.match(fold(_on_one_line(text))) is not None


def asks_fact(text: str, attribute: str, subject: str) -> bool:
    """Whether it asks what we know of one attribute: of a project or talent by its name, of the
    channel or the person ("our budget") where `subject` is empty."""
    said = fold(_on_one_line(text))
    if not (_QUESTION.match(said) and re.search(_CUES.get(attribute) or _cue_of(attribute), said)):
        return False
    if subject:
        return re.search(rf"(?<!\w){re.escape(fold(subject))}(?!\w)", said) is not None
    return _OURS.search(said) is not None


def asked_of_us(text: str) -> str:
    """What of ours it asks for by its name: "the budget for Monsoon Letters"; else empty."""
    said = _on_one_line(text)
    match = _WHAT_OF_OURS.match(fold(said))
    return said[slice(*match.span("what"))] if match else ""


def _on_one_line(text: str) -> str:
    return " ".join(compose(text).split())


def _as_written(match: re.Match[str], said: str) -> str:
    start, end = match.span("topic")
    return said[start:end].strip(" .!?") if start >= 0 else ""


def _cue_of(attribute: str) -> str:
    return rf"\b{re.escape(fold(attribute))}(?:e?s)?\b"
