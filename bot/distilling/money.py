"""What may be paid: the budget of a project or channel, and the rate of a talent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.distilling.dated import dated
from bot.distilling.forms import WE
from bot.distilling.naming import KIND, NAME, PERSON_NAME, is_title, name_in
from bot.distilling.where import Where
from bot.facts import About, Draft

_MONEY = (
    r"(?:(?:rs\.?|inr|usd|us\$|₹|\$|€|£)?\s?\d[\d,]*(?:\.\d+)?\s?(?:k|l|cr|lakhs?|crores?)?"
    r"(?:\s*(?:-|–|to|and)\s*(?:rs\.?|inr|usd|₹|\$|€|£)?\s?\d[\d,]*(?:\.\d+)?\s?(?:k|lakhs?|"
    r"crores?)?)?"
    r"(?:\s+(?:rupees|inr|usd|dollars|euros|pounds))?"
    r"(?:\s*(?:(?:a|per|each)\s+(?:day|head|actor|role|week|shoot)|/\s*(?:day|head|role)|"
    r"total|all in|flat|in total))?)"
)
_AMOUNT = rf"(?P<value>{_MONEY})"
MONEY = re.compile(rf"(?<![\w.,]){_MONEY}(?!\w)", re.IGNORECASE)
"""An amount with what it is for; `is_money` tells it from other numbers."""
_MOST = (
    r"(?:(?:at most|up to|max(?:imum)?(?: of)?|no more than|not more than|only|about|around|"
    r"roughly|"
    r"capped at|between|from|a max(?:imum)? of|a budget of|a cap of|exactly)\s+)*"
)
_END = (
    r"(?:\s+(?:max|maximum|tops|at most|now))?"
    r"(?P<since>\s+(?:from|since|starting|until|till)\s+.+)?\s*[.!]*$"
)
_NOUN = (
    r"(?:(?:total|daily|day|per[- ]day|usual|standard|normal|typical|average|top|overall|"
    r"current)\s+)*"
    r"(?P<noun>budget|day rate|rate|fee|ceiling|cap|"
    r"limit|max(?:imum)?|quote)"
)
_IS_MONEY = re.compile(
    r"[₹$€£]|\b(?:rs|inr|usd)\b|\d\s?(?:k|l|cr|lakhs?|crores?)\b|rupees|dollars|euros|pounds"
    r"|(?:a|per|each|/)\s*(?:day|head|actor|role|week|shoot)|\d[\d,]{3,}",
    re.IGNORECASE,
)
_RATE = re.compile(
    rf"^(?P<who>{PERSON_NAME})(?:(?:'s|’s)\s+(?:day\s+)?(?:rate|fee|quote)\s+(?:is|has gone up to|"
    rf"went "
    r"up to|is up to|starts at)|\s+(?:charges|quotes|asks for|wants|quoted|is asking for|costs|"
    r"takes))\s+"
    rf"(?:now\s+)?{_MOST}{_AMOUNT}{_END}",
    re.IGNORECASE,
)
_BUDGETS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:(?:our|the|my|its)\s+)?(?:{NAME}(?:['’]s?)?\s+)?{_NOUN}(?:\s+(?:for|of|"
        rf"on)\s+(?P<small>[\w'’ ]{{3,40}}?))?\s*(?:'s|’s|\bis|\bwas|\bare|"
        r"\bhas been|\bhas gone|\bwent|\bgoes|\bof)?\s*"
        r"(?:now\s+|raised to\s+|cut to\s+|set to\s+|set at\s+|down to\s+|increased to\s+|"
        r"reduced to\s+|"
        rf"at\s+|{_MOST})*{_AMOUNT}{_END}",
        rf"^{WE}(?:'ve|’ve|'re|’re)?\s+(?:have\s+|has\s+|got\s+|are\s+|can\s+|will\s+|"
        rf"only\s+)*(?:got|have|has|"
        r"pay|pays|paying|offer|offers|offering|afford|do|spend|spends|budgeted|go up to|go to)\s+"
        rf"{_MOST}{_AMOUNT}{_END}",
        rf"^{WE}\s+(?:can'?t|cannot|won'?t|don'?t|do not|shouldn'?t|must not|never)\s+"
        r"(?:go|pay|spend|offer)\s+(?:above|over|more than|beyond|higher than|past)\s+"
        rf"{_AMOUNT}{_END}",
        rf"^{KIND}{NAME}\s+(?:pays|is paying|has|offers|can pay|"
        rf"only pays)\s+{_MOST}{_AMOUNT}{_END}",
        rf"^{KIND}{NAME}\s+(?:is|has|pays)\s+[^.]*?,\s*(?:so\s+)?(?:max(?:imum)?|at most|up to|"
        rf"no more "
        rf"than|capped at)\s+{_AMOUNT}{_END}",
        rf"^(?P<by>{WE}s?|they|he|she|(?-i:[A-Z])\w+)(?:['’](?:ve|s))?\s+(?:have\s+|has\s+|"
        rf"just\s+)*(?:raised|cut|increased|lowered|"
        rf"reduced|set|upped|capped|dropped|bumped|fixed)\s+(?:the\s+|our\s+|"
        rf"its\s+)?(?:{NAME}(?:'s|’s)?\s+)?"
        rf"{_NOUN}\s+(?:up\s+|down\s+)?(?:to|at)\s+{_AMOUNT}{_END}",
        rf"^(?P<by>{WE}s?|they|he|she|(?-i:[A-Z])\w+)(?:['’](?:ve|s))?\s+(?:have\s+|has\s+|"
        rf"just\s+)*"
        rf"(?:raised|cut|increased|lowered|reduced|capped|dropped|bumped)\s+{KIND}{NAME}\s+"
        rf"(?:up\s+|down\s+)?(?:to|at)\s+{_AMOUNT}{_END}",
        rf"^(?:nothing|nobody|no one|no-one|none)\s+(?:over|above|beyond|"
        rf"more than)\s+{_AMOUNT}{_END}",
        rf"^(?:max(?:imum)?|at most|no more than|budget:?|up to|rate:?)\s+{_AMOUNT}{_END}",
    )
)

_BARE = re.compile(
    r"^(?:nothing|nobody|no one|no-one|none|max|at most|no more than|up to|rate|limit|cap|"
    r"(?:day |daily |total )?(?:budget|rate|fee):?\s+(?:of\s+)?[^\w\s]?\d)",
    re.IGNORECASE,
)


def is_money(words: str) -> bool:
    """Whether an amount is said to be money, or is too large for anything else."""
    return bool(_IS_MONEY.search(words))


def read_budget(sentence: str, where: Where) -> Iterator[Draft]:
    """What a project or channel can pay."""
    for pattern in _BUDGETS:
        match = pattern.match(sentence)
        if match is None or not is_money(match["value"]):
            continue
        project, groups = "", match.groupdict()
        if groups.get("name") or groups.get("quoted"):
            project = name_in(match)
            if not project:
                continue
        project = project or _small(groups.get("small") or "")
        about, subject = where.subject("we", project)
        if about is not About.PROJECT and _BARE.match(sentence):
            return  # a bound of a search
        value = match["value"].strip(" .,")
        told = dated(f"{value}{match['since'] or ''}".strip(), where.today)
        of = f"for {subject}" if subject else f"of {_in_sentence(where.name())}"
        yield Draft(
            about,
            subject,
            "budget",
            value,
            f"The budget {of} is {told.text}.",
            sentence,
            single=True,
            confidence=0.85,
            valid_from=told.valid_from,
            valid_until=told.valid_until,
        )
        return


def _small(title: str) -> str:
    """A title without capitals, if it may be one."""
    words = title.split()
    return (
        title.strip() if len(words) > 1 and words[0] not in ("the", "this", "that", "our") else ""
    )


def read_rate(sentence: str, where: Where) -> Iterator[Draft]:
    """What a talent asks for."""
    match = _RATE.match(sentence)
    if match is None or not is_title(match["who"]) or not is_money(match["value"]):
        return
    value = match["value"].strip(" .,")
    told = dated(f"{value}{match['since'] or ''}", where.today)
    yield Draft(
        About.TALENT,
        match["who"],
        "rate",
        value,
        f"The rate of {match['who']} is {told.text}.",
        sentence,
        single=True,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def _in_sentence(name: str) -> str:
    return "this channel" if name == "This channel" else name
