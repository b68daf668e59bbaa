"""Wishes that last, or belong to a project: "we never cast …", "Monsoon Letters needs …"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.distilling.dated import dated
from bot.distilling.forms import WE
from bot.distilling.naming import KIND, NAME, Wanted, name_in, wanted_in
from bot.distilling.where import Where
from bot.facts import About, Act, Draft

_END = r"(?P<again>\s+(?:any ?more|any longer|now|please|from now on|going forward|ever))*\s*[.!]*$"
_OFTEN = r"(?:really |usually |generally |mostly |would |'d |now |also |still |strictly |ideally )*"
_LASTING = re.compile(
    r"\b(?:always|never|only|in general|as a (?:rule|team|company)|generally|normally|from now on|"
    r"going forward|by default|for all|"
    r"usually|ever)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:from now on|going forward|as a (?:rule|team|company|channel)|by default|in general|"
    r"please|"
    r"ideally|overall|generally|normally)\b[\s,]*",
    re.IGNORECASE,
)
_TALENTS = (
    r"(?:actors?|actress(?:es)?|performers?|talents?|people|faces|dancers?|singers?|men|women|kids|"
    r"models?|artists?|newcomers|first-timers|leads?|hero(?:es)?|heroines?|cast|extras|characters?|"
    r"roles?|parts?|background|juniors?|candidates|submissions|mothers?|fathers?)"
)
_EVERYONE = (
    rf"(?:(?:everyone|everybody|anyone|anybody|whoever is cast)|(?:(?:all|every|each|the|our)\s+)*"
    rf"(?:(?:[a-z-]+)\s+)?{_TALENTS})(?:\s+(?:we (?:cast|book|hire)|on it|in it|there))?"
)
_HAVE = (
    r"(?:must(?:n't| not)?|ha(?:s|ve) (?:got )?to|should(?:n't| not)?|needs? to|ought to|can'?t|"
    r"cannot|will have to|all)"
)
_WANTED = re.compile(
    rf"^(?:(?P<who>{WE})(?:['’](?:re|ve|m|d))?|{KIND}{NAME})\s+{_OFTEN}"
    r"(?P<verb>no longer (?:need|want|prefer|cast|use)s?|(?:don'?t|do not|doesn'?t|does not)"
    r" (?:want|need|like|cast|use|work with|hire|consider)"
    r"|(?:are |is |am )?not looking (?:for|at)|(?:has |have )?stopped (?:casting|using|"
    r"working with|"
    r"hiring|booking)"
    r"|never (?:want|cast|work with|use|hire|consider|need|like)s?|avoids?|won'?t (?:cast|use|"
    r"work with|hire|consider|take)"
    r"|always (?:want|cast|need|use|prefer|start with|look for|like)s?|only (?:want|cast|need|use|"
    r"work with|hire|consider|take|see|look at)s?"
    r"|(?:can['’]?t|cannot|must not|shouldn['’]?t) (?:use|take|cast|have|hire|see|book|stand)"
    r"|prefers?|insists? on|(?:would )?(?:like|love)s?|hates?|dislikes?|wants?|needs?|requires?|"
    r"(?:is |are |am )?looking (?:only )?for|(?:is|are|am) after|(?<=['’]re )after|"
    r"(?<=['’]m )after|calls? for|asks? for|"
    r"(?:must|ha(?:s|ve) to|needs? to) have(?! (?:been|felt|had|made|got|gone|taken|\w+ed)\b)|"
    r"rather (?:have|cast|use|see|hire|take))\s+"
    rf"(?P<what>.+?){_END}",
    re.IGNORECASE,
)
_MUST = re.compile(
    rf"^(?P<whom>{_EVERYONE})\s+(?P<have>{_HAVE})\s+(?P<what>.+?){_END}", re.IGNORECASE
)
_SEE_TO_IT = re.compile(
    rf"^(?:make sure|ensure|see to it|see that)\s+(?:that\s+)?(?P<whom>{_EVERYONE})\s+(?P<have>)"
    rf"(?P<what>.+?){_END}",
    re.IGNORECASE,
)
_AGED = re.compile(
    rf"^(?P<whom>{_EVERYONE})\s+(?P<have>is|are)\s+(?P<what>(?:aged?\s+|between\s+|about\s+|"
    rf"around\s+|in (?:his|her|their) )?\d.*?){_END}",
    re.IGNORECASE,
)
_BRIEF = re.compile(
    r"^(?P<whom>(?:the\s+|our\s+)?(?:brief|breakdown|requirement|ask|spec|age (?:range|bracket|"
    r"band)))\s+"
    rf"(?P<have>is|says|calls for)\s+(?P<what>.+?){_END}",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?P<verb>no one|nobody|no-one|no|nothing|never|not)\s+(?P<what>.+?)" + _END, re.IGNORECASE
)
_ONLY = re.compile(
    r"^(?:(?:we(?:'re| are| will)? |let us |please |to )?(?:keep (?:it|this) to|stick (?:to|with)|"
    r"go with|"
    r"limit (?:it|this) to|keep to|sticking (?:to|with)|going with)|only|just|strictly)\s+"
    rf"(?P<what>.+?){_END}|^(?P<what2>.+?)\s+(?:(?:is|are)\s+)?(?:only|preferred|"
    rf"required|mandatory|(?:a )?must|essential|compulsory|non-?negotiable|needed|please)"
    rf"\s*[.!]*$",
    re.IGNORECASE,
)
_IS_MUST = re.compile(
    r"\b(?:required|mandatory|must|essential|compulsory|non-?negotiable|needed)\s*[.!]*$",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(
    r"\b(?:preferred|please|required|mandatory|must|essential|compulsory|non-?negotiable|needed)"
    r"\s*[.!]*$",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"^(?:(?:anyone|anybody|people|actors|someone|talents?|one)\s+)?(?:from\s+)?(?:outside|out of|"
    r"not"
    r" (?:from|in|based in)|outside of)\s+(?:of\s+)?(?P<city>.+)$",
    re.IGNORECASE,
)
_CHAHIYE = re.compile(
    r"^(?:hume|humein|hamein|hamen|mujhe)\s+(?P<what>.+?)\s+chahiye(?:\s+(?P<project>.+?)\s+"
    r"ke liye)?\W*$",
    re.IGNORECASE,
)
_KE_LIYE = re.compile(r"^(?P<project>.+?)\s+ke liye\s+(?P<rest>.+)$")
_NEGATED = re.compile(
    r"never|n['’]t\b|dont|doesnt|cant|wont|not |avoid|stopped|hate|dislike|cannot"
)
_CONTRAST = re.compile(
    r",?\s*\b(?:not|no|rather than|instead of|over(?!\s+(?:the age|\d))|but not)\b", re.IGNORECASE
)
_NO_WISH = re.compile(
    r"^(?:you|it|this|that|more|others?|someone|help|them|him|her|"
    r"to (?:talk|finish|start|meet|go|know|ask|discuss|speak|call|check|be|do|get|make|have|"
    r"hear))\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"^(?:over|under|above|below|older|younger|with|without|from|who|aged?)\b", re.IGNORECASE
)
"""What begins so leaves out whom it speaks of."""
_ASIDE = re.compile(
    r",\s+(?:the|we|he|she|it|they|so|as|because|since|i)\b(?!\s*(?:no|not)\b).*$", re.IGNORECASE
)
"""Why, or what else is so."""
_LIKES = re.compile(
    r"^(?:(?:would )?(?:like|love|hate|dislike)s?|(?:can['’]?t|cannot) stand)$", re.IGNORECASE
)
_OF_TALENTS = re.compile(
    rf"\b(?:{_TALENTS}|self-?tapes?|tapes|reels?|headshots?|auditions?|callbacks?|training|"
    rf"accents?|"
    r"shortlists?|speakers?|anyone|anybody|someone|members|agents?|managers?|locals?)\b",
    re.IGNORECASE,
)
_NOT_OF_TALENTS = frozenset({"Self-tape"})
"""The roster has it as a skill; here it is what somebody sends."""
_MOST_WORDS = 14


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wished for, before it is told in attributes."""

    what: str
    says: str
    """The statement, of `{name}`, `{place}` ("For Night Bus", "In this channel") and `{what}`."""
    who: str = "we"
    project: str = ""
    ends: bool = False
    negated: bool = False
    only: bool = False
    lasts: bool = False
    is_plain: bool = False
    """It is kept in its own words, whatever of talents they name."""


def read_wish(sentence: str, where: Where) -> Iterator[Draft]:
    """What is wished of talents, for good or for a project."""
    lasts = bool(_LASTING.search(sentence))
    rest = _LEAD.sub("", sentence)
    wish = _of_somebody(rest, lasts) or _of_everybody(rest, where, lasts) or _in_short(rest, where)
    if wish is not None:
        yield from _drafts(wish, sentence, where)


def read_chahiye(sentence: str, where: Where) -> Iterator[Draft]:
    """The same in Hinglish, for a project."""
    project, rest = "", sentence
    if match := _KE_LIYE.match(sentence):
        project, rest = match["project"].strip(), match["rest"]
    if match := _CHAHIYE.match(rest):
        what, project = match["what"], project or (match["project"] or "").strip()
        if inner := _KE_LIYE.match(what):
            project, what = inner["project"].strip(), inner["rest"]
        if project:
            yield from _drafts(
                _Wish(what, "{name} wants {what}.", project=project), sentence, where
            )


def _of_somebody(sentence: str, lasts: bool) -> _Wish | None:
    """ "We never cast …", "Monsoon Letters needs …", "the director wants … and not …"."""
    match = _WANTED.match(sentence)
    if match is None:
        return None
    what, verb, who = match["what"], match["verb"].lower(), match["who"] or ""
    project = "" if who else name_in(match)
    if not who and not project:
        return None
    again = match["again"] or ""
    ends = verb.startswith("no longer") or "more" in again or "longer" in again
    negated = not ends and bool(_NEGATED.search(verb))
    if _LIKES.match(verb) and not (who and _OF_TALENTS.search(what)):
        return None
    if outside := _OUTSIDE.match(what):
        if not negated:
            return None
        return _Wish(
            outside["city"],
            "{name} wants only {what}.",
            who or "we",
            project,
            only=True,
            lasts=True,
        )
    is_taste = who.lower().startswith(("the ", "our ")) and bool(_CONTRAST.search(what))
    return _Wish(
        what,
        f"{{name}} {_told(verb, ends=ends, negated=negated)} {{what}}.",
        who or "we",
        project,
        ends=ends,
        negated=negated,
        only="only" in verb or sentence.lower().startswith("only"),
        lasts=lasts or negated or is_taste or _is_firm(verb) or bool(project),
        is_plain=bool(_CONTRAST.search(what)),
    )


def _is_firm(verb: str) -> bool:
    return verb.startswith(("prefer", "insist", "avoid")) or bool(_LIKES.match(verb))


def _told(verb: str, *, ends: bool, negated: bool) -> str:
    if negated:
        return "does not want"
    if ends:
        return "no longer wants"
    if "only" in verb:
        return "wants only"
    if verb.startswith("insist"):
        return "insists on"
    return "prefers" if "prefer" in verb or _LIKES.match(verb) else "wants"


def _of_everybody(sentence: str, where: Where, lasts: bool) -> _Wish | None:
    """ "Everyone has to speak …", where it is for a project or for good."""
    for pattern in (_MUST, _SEE_TO_IT, _AGED, _BRIEF):
        if (match := pattern.match(sentence)) and (where.project or lasts):
            negated = bool(re.search(r"n't|not|cannot", match["have"]))
            whom = " ".join(part for part in (match["whom"], match["have"]) if part).lower()
            return _Wish(match["what"], f"{{place}}, {whom} {{what}}.", negated=negated, lasts=True)
    return None


def _in_short(sentence: str, where: Where) -> _Wish | None:
    """ "Nobody over 40", "only union members", where it is for a project."""
    if not where.project:
        return None
    if match := _NOBODY.match(sentence):
        if outside := _OUTSIDE.match(match["what"]):
            return _Wish(
                outside["city"], "{name} wants only people from {what}.", only=True, lasts=True
            )
        return _Wish(match["what"], "{name} does not want {what}.", negated=True, lasts=True)
    if match := _ONLY.match(sentence):
        is_only = not _NOT_ONLY.search(sentence)
        is_must = bool(_IS_MUST.search(sentence))
        verb = "wants only" if is_only else "needs" if is_must else "prefers"
        says = f"{{name}} {verb} {{what}}."
        return _Wish(match["what"] or match["what2"], says, only=is_only, lasts=True)
    return None


def _drafts(wish: _Wish, sentence: str, where: Where) -> Iterator[Draft]:
    told = dated(_ASIDE.sub("", wish.what), where.today)
    about, subject = where.subject(wish.who, wish.project)
    if not (wish.ends or about is About.PROJECT or wish.lasts):
        return
    what = told.text.strip(" .!,")
    if _NO_WISH.match(what) and not wish.negated:
        return
    wanted = [] if wish.is_plain else list(_wanted(what, wish, where))
    if not wanted and not _is_worth_it(what, about, subject):
        return
    name = where.name(wish.who, wish.project)
    place = "In this channel" if about is About.CHANNEL else f"For {name}"
    act = Act.ENDS if wish.ends else Act.CORRECTS if wish.only else Act.SAYS
    for attribute, value, negated in wanted or [("wish", what, wish.negated)]:
        yield Draft(
            about,
            subject,
            attribute,
            value,
            wish.says.format(name=name, place=place, what=_PEOPLE.sub(r"people \g<0>", what)),
            sentence,
            act=act,
            negated=negated,
            confidence=0.85 if wish.lasts else 0.65,
            valid_from=told.valid_from,
            valid_until=told.valid_until,
        )


def _is_worth_it(what: str, about: About, subject: str) -> bool:
    """Whether a wish that the vocabulary knows nothing of is kept in its own words: of a project
    whose name is surely one, or of talents."""
    if len(what.split()) > _MOST_WORDS:
        return False
    is_surely_one = about is About.PROJECT and len(subject.split()) > 1
    return is_surely_one or bool(_OF_TALENTS.search(what))


def _wanted(what: str, wish: _Wish, where: Where) -> Iterator[tuple[str, str, bool]]:
    """Each attribute that the phrase names, its value, and whether it is not wanted: of an age
    that is not wanted, what is beyond it is."""
    for attribute, value in wanted_in(what, where.today):
        if value in _NOT_OF_TALENTS:
            continue
        if attribute == "playing age" and wish.negated:
            if turned := _turned(Wanted(attribute, value)):
                yield attribute, turned, False
        else:
            yield attribute, value, wish.negated


def _turned(age: Wanted) -> str:
    """Up to 40 where from 41 is not wanted."""
    low, _, high = age.value.partition("-")
    if low and not high:
        return f"-{int(low) - 1}"
    return f"{int(high) + 1}-" if high and not low else ""
