"""Sentences of one shape each, as data: a pattern, and what it tells of whom.

A pattern may name `who` speaks ("we", "I"), a project (`NAME`), a `noun` and a `verb`; `value` is
what it tells. `shapes.py` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.distilling.dated import dated
from bot.distilling.naming import is_title, name_in
from bot.distilling.persons import third
from bot.distilling.where import Where
from bot.facts import About, Draft

WE = (
    r"(?:i|we|this channel|our (?:team|office|director|client|producer|casting director)|"
    r"the (?:team|director|client|producer|brand|agency|channel|network|studio))"
)
_NO_STATE = re.compile(
    r"^(?:not sure|great|good|bad|fun|ok|fine|amazing|happy|late|going|perfect|done|over|here|"
    r"wonderful|awful|terrible|brilliant|tbd|tba|unclear|crazy|hard|tough|a mess|a nightmare|"
    r"a joke)"
    r"\b",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(?:audition|callback|tape|talent|actor|actress|perform|cast|agent|role|shortlist|headshot|"
    r"reel|shoot|set|client|director|producer|photo|offer|rate|fee|invoice|contract|nda|"
    r"commercial|ad|"
    r"film|movie|series|music video|kid|child|minor|submission|breakdown|look test|rehears|zoom|"
    r"walk-in|background|extra|model|dancer|singer|newcomer|face|brief|option|project|sides|script|"
    r"people|person|first-timer|union|avail|booking|travel|overtime|night|email|deadline)\w*",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:you|we|they|i|he|she|it|this|that|these|those|there|here|who|what|sure|just|please)\b",
    re.IGNORECASE,
)
"""What stands where a name would, and is none."""
_MOST_WORDS = 14

_CREW = {
    "directed": "director", "directing": "director", "produced": "producer",
    "producing": "producer", "written": "writer", "writing": "writer", "shot": "dop",
    "shooting": "dop", "edited": "editor", "editing": "editor", "cast": "casting director",
    "casting": "casting director", "choreographed": "choreographer",
    "choreographing": "choreographer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One way to tell one attribute."""

    pattern: str
    """A regular expression; capitals count where it says so."""
    attribute: str
    """A name, or which group of the pattern holds it: "{noun}"."""
    says: str
    """The statement, of `{subject}`, `{of}` ("" or " for Night Bus"), `{value}`, `{noun}`,
    `{verb}` and `{who}`."""
    single: bool = True
    confidence: float = 0.8
    about: About | None = None
    """Where it is always the same, whatever is named."""
    needs_project: bool = False
    value: str = "{value}"
    of_the_trade: bool = False
    """It says something only where it speaks of casting."""
    is_done: bool = False
    """The value is what somebody does, told of them: "always send" is said as "always sends"."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def read_forms(forms: Sequence[Form], sentence: str, where: Where) -> Iterator[Draft]:
    """What the first form that fits the sentence tells."""
    for form in forms:
        match = _compiled(form.pattern).match(sentence)
        if match and (draft := _draft(form, match, where)):
            yield draft
            return


def _draft(form: Form, match: re.Match[str], where: Where) -> Draft | None:
    groups = match.groupdict()
    has_name = bool(groups.get("name") or groups.get("quoted"))
    named = name_in(match) if has_name else ""
    if has_name and not named:
        return None
    told = dated(_plain(groups.get("value") or named), where.today)
    if not _says_something(form, told.text) or _is_in_title(groups):
        return None
    who = groups.get("who") or "we"
    about, subject = _subject(form, who, named, where)
    if about is About.PROJECT and form.value == "{named}":
        return None
    if form.needs_project and about is not About.PROJECT:
        return None
    if about is About.TALENT and not is_title(subject):
        return None
    noun, verb = (groups.get("noun") or "").lower(), _verb(groups.get("verb") or "", groups)
    more = dated(groups.get("more") or "", where.today)
    words = {
        "subject": subject or where.name(who),
        "of": f" for {subject}" if subject else "",
        "value": told.text.removeprefix("on ") if verb.endswith(" to") else told.text,
        "noun": noun,
        "be": "are" if noun.endswith("s") else "is",
        "verb": verb,
        "who": who,
        "more": more.text,
        "author": where.author,
        "named": named,
    }
    value = form.value.format(**words)
    words["value"] = third(value) if form.is_done else value
    return Draft(
        about,
        subject,
        _attribute(form, noun, verb),
        value.lower() if form.attribute == "status" else value,
        form.says.format(**words),
        match.group(),
        single=form.single,
        confidence=form.confidence,
        valid_from=told.valid_from or more.valid_from,
        valid_until=told.valid_until or more.valid_until,
    )


def _is_in_title(groups: dict[str, str | None]) -> bool:
    """ "The Director's Cut" says nothing of a director."""
    is_short = (groups.get("verb") or "").strip() in ("'s", "’s")
    return is_short and (groups.get("noun") or "")[:1].isupper()


def _says_something(form: Form, value: str) -> bool:
    if len(value.split()) > _MOST_WORDS or _NO_STATE.match(value) or _NOBODY.match(value):
        return False
    return not form.of_the_trade or _TRADE.search(value) is not None


def _subject(form: Form, who: str, named: str, where: Where) -> tuple[About, str]:
    if form.about is About.TALENT:
        return About.TALENT, who
    if form.about is not None:
        return form.about, ""
    if form.value == "{named}":
        return where.subject(who)
    return where.subject(who, named)


def _attribute(form: Form, noun: str, verb: str) -> str:
    if form.attribute == "{noun}" and verb.startswith(("start", "begin")):
        return f"{noun} start"
    return form.attribute.format(noun=_CREW.get(noun, noun))


def _verb(verb: str, groups: dict[str, str | None]) -> str:
    plain = verb.lower().strip()
    return "is" if plain in ("'s", "’s") else plain


def _plain(value: str) -> str:
    """What is told, without the little words that open or close it."""
    return re.sub(r"\s+(?:now|please|btw|by the way|then)$", "", value.strip(" ,.!"))
