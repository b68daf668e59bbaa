"""What a sentence about a project tells however it is built, by the words that give it away.

The last to be asked, after the readers that know a sentence's shape. It keeps the sentence in its
own words, and reads of it what the vocabulary knows and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.distilling.dated import dated
from bot.distilling.money import MONEY, is_money
from bot.distilling.naming import KIND, NAME, name_in, wanted_in
from bot.distilling.where import Where
from bot.facts import About, Draft

_REQUIRES = re.compile(
    r"\b(?:must|only|need(?:s|ed)?|want(?:s|ed)?|require[sd]?|has to|have to|should|calls? for|"
    r"insist\w*|prefer\w*|mandatory|essential|non-?negotiable|compulsory|a must|strictly|"
    r"exclusively|"
    r"all[- ](?:female|male|women|men|girl|boy)|keep(?:ing)?|nobody|no one|never|no|not|can['’]?t|"
    r"won['’]?t|don['’]?t|looking for|after|rather|expects?|demands?)\b",
    re.IGNORECASE,
)
_RULED_OUT = re.compile(
    r"\b(?:nobody|no one|no|never|not|can['’]?t|cannot|won['’]?t|don['’]?t|doesn['’]?t|refuses?|"
    r"without|avoid\w*)\b",
    re.IGNORECASE,
)
_PAYS = re.compile(
    r"\b(?:budget\w*|pay(?:s|ing)?|rates?|offer(?:s|ing)?|stretch|afford|spend|max(?:imum)?|"
    r"cap(?:ped)?|"
    r"ceiling|limit|money['’]?s?|fees?|per day|a day)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"^{KIND}{NAME}(?:['’]s?)?\s+(?=[a-z])")
_MOST_WORDS = 25


def read_cues(sentence: str, where: Where) -> Iterator[Draft]:
    """What may be paid for a project, or who is wanted for it."""
    rest = sentence
    if not where.project:
        match = _OPENS.match(sentence)
        project = name_in(match) if match else ""
        if match is None or len(project.split()) < 2:
            return
        where, rest = where.of(project), sentence[match.end() :]
    if len(sentence.split()) > _MOST_WORDS:
        return
    amounts = [one.group().strip() for one in MONEY.finditer(rest) if is_money(one.group())]
    if len(amounts) == 1 and _PAYS.search(rest):
        yield _draft("budget", amounts[0], sentence, where, single=True)
    elif _REQUIRES.search(rest):
        yield from _wanted(rest, sentence, where)


def _wanted(rest: str, sentence: str, where: Where) -> Iterator[Draft]:
    ruled_out = bool(_RULED_OUT.search(rest))
    for attribute, value in wanted_in(rest, where.today):
        if attribute == "playing age" and ruled_out:
            continue  # which side of it is meant cannot be told
        yield _draft(attribute, value, sentence, where, negated=ruled_out)


def _draft(
    attribute: str,
    value: str,
    sentence: str,
    where: Where,
    *,
    negated: bool = False,
    single: bool = False,
) -> Draft:
    told = dated(sentence.strip(" .!"), where.today)
    statement = told.text if where.project in told.text else f"{where.project}: {told.text}"
    return Draft(
        About.PROJECT,
        where.project,
        attribute,
        value,
        f"{statement[0].upper()}{statement[1:]}.",
        sentence,
        negated=negated,
        single=single,
        confidence=0.6,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )
