"""What somebody says of themselves, as it is said of them ("always sends") and to them ("you
always send")."""

from __future__ import annotations

import re

SOMEBODY = "Somebody"
"""Whoever has no name on their platform."""
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
_BARE = {"is": "are", "has": "have", "does": "do", "goes": "go", "was": "were", "insists": "insist"}
_FIRST = re.compile(r"\w+")
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


def to_you(statement: str, name: str) -> str:
    """A statement about somebody called `name`, as it is said to them: "you prefer …"."""
    name = name or SOMEBODY
    if statement.startswith(f"{name} "):
        return f"You {_second(statement.removeprefix(f'{name} '))}"
    statement = re.sub(rf"^The (\w[\w ]*?) of {re.escape(name)}\b", r"Your \1", statement)
    return re.sub(rf"\b(for|For|by|is|to) {re.escape(name)}(?=[,.]|\s+[a-z])", r"\1 you", statement)


def _second(does: str) -> str:
    match = _ADVERBS.match(does)
    if match is None:
        return does
    verb = _FIRST.match(match[2])
    if verb is None:
        return does
    rest = match[2][verb.end() :]
    return f"{match[1]}{_BARE.get(verb.group()) or _bare(verb.group())}{rest}"


def _bare(verb: str) -> str:
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return verb[:-2]
    return verb.removesuffix("s")
