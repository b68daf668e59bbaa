"""What somebody says of themselves, as it is said of them: "always send" is "always sends"."""

from __future__ import annotations

import re

_ADVERBS = re.compile(
    r"^((?:(?:always|never|usually|generally|normally|mostly|typically|only|rarely|seldom|also|"
    r"no longer)\s+)*)(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_NOT = (
    (re.compile(r"^(?:don['’]?t|do not|doesn['’]?t|does not)\b", re.IGNORECASE), "does not"),
    (re.compile(r"^(?:won['’]?t|will not)\b", re.IGNORECASE), "will not"),
)
_ODD = {"am": "is", "have": "has", "do": "does", "go": "goes", "are": "is"}
_HISSING = ("s", "sh", "ch", "x", "z")


def third(does: str) -> str:
    """ "never book without a look test" as "never books without a look test"."""
    for pattern, negation in _NOT:
        if pattern.match(does):
            return pattern.sub(negation, does)
    does = re.sub(r"\bour\b", "its", does)
    match = _ADVERBS.match(does)
    if match is None:
        return does
    verb, space, rest = match[2].partition(" ")
    return f"{match[1]}{_conjugated(verb)}{space}{rest}"


def _conjugated(verb: str) -> str:
    if verb in _ODD:
        return _ODD[verb]
    if verb.endswith("s") and not verb.endswith("ss"):  # it is so already
        return verb
    if verb.endswith(_HISSING):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"
