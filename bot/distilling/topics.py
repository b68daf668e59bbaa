"""Which project a sentence speaks of, said beside what it states: "for Night Bus we only …"."""

from __future__ import annotations

import re

from bot.distilling.naming import KIND, NAME, name_in
from bot.wording.cue_words import words_of

_HERE = re.compile(
    r"^(?:(?:in|on|for) this channel|(?:over )?here),?\s+(?=(?:we|i|it|only|no)\b)"
    r"|\s+(?:in this channel|over here|here)(?=\s*[.!]*$)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:a |one )?(?:quick |small |short )?(?:note|update|thing|reminder|heads[- ]up)\s+"
    r"((?:for|on|about|regarding|re)\s)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    rf"^(?:(?:as )?for|on|in|with|regarding|about|re:?)\s+{KIND}{NAME}\s*[,:–-]?\s+(?=\S)",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"^(?:for|on)\s+(?P<title>(?-i:[a-z])[\w'’]*(?:\s+(?-i:[a-z0-9])[\w'’]*){1,3}?),?\s+"
    r"(?=(?:we|everyone|everybody|nobody|no one|our budget|the (?:director|client|budget|"
    r"deadline))\b)",
    re.IGNORECASE,
)
"""A title without capitals, as people type in a hurry: "for monsoon letters we only …"."""
_NO_TITLE = words_of(
    """a an the this that these those my our your his her their its some any all each every next
    last new old role roles part parts lead leads actor actors actress talent talents extras
    background people women men kids children shoot shoots day days week weeks month
    months year now today tomorrow here there one ones two three time times moment record
    audition auditions callbacks self tapes second third first older younger on going
    everyone us me it them"""
)
_LABEL = re.compile(rf"^{KIND}{NAME}\s*(?::|\s[–-])\s+(?=\S)", re.IGNORECASE)
_WITHIN = re.compile(
    rf"\s*,?\s*\b(?P<link>for|on|in|of)\s+(?P<kind>{KIND}){NAME}"
    r"(?:'s|’s)?(?![\w'’])",
    re.IGNORECASE,
)
_SAID_OF = re.compile(r"\s+(?:is|are|has|must|should)\b")


def without_topic(sentence: str) -> tuple[str, str]:
    """The sentence without the project that it names beside what it states, and that; without
    "in this channel", which is where it is said anyway."""
    sentence = _HERE.sub("", sentence)
    sentence = _NOTE.sub(r"\1", sentence)
    for pattern in (_LEADING, _LABEL):
        match = pattern.match(sentence)
        if match and (project := name_in(match)) and _may_lead(match, project):
            return sentence[match.end() :], project
    if (match := _SMALL.match(sentence)) and not _NO_TITLE & set(match["title"].lower().split()):
        return sentence[match.end() :], match["title"]
    found = [(match, name_in(match)) for match in _WITHIN.finditer(sentence)]
    named = [(match, project) for match, project in found if _is_one(match, project)]
    if len({project for _, project in named}) == 1:
        match, project = named[-1]
        rest = f"{sentence[: match.start()]}{sentence[match.end() :]}".strip()
        return re.sub(r"\s+,", ",", rest), project
    return sentence, ""


def _may_lead(match: re.Match[str], project: str) -> bool:
    """A single name before a colon is more likely somebody who is quoted."""
    return match.re is _LEADING or bool(match["quoted"]) or len(project.split()) > 1


def _is_one(match: re.Match[str], project: str) -> bool:
    """After "on" or "in" a single word is a place or a day as likely, unless something is said of
    it ("our limit on Tidewater is …")."""
    plainly = match["link"].lower() == "for" or match["kind"].strip() or match["quoted"]
    is_said_of = match["link"].lower() == "on" and _SAID_OF.match(match.string, match.end())
    return bool(project) and bool(plainly or is_said_of or len(project.split()) > 1)
