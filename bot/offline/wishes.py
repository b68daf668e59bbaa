"""What is remembered for here, as wishes that colour a search: what is said now weighs more.

A wish that was said as a must narrows the search; of any other those who fit it come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.conversation import Access, PastTurn, Turn
from bot.facts import About, Fact, key_of
from bot.offline.phrases import listed
from bot.sources import is_here
from bot.talent import Criteria, DayRate, Filters, Range, TalentQuery
from bot.wording import describe, describe_roles

_FIELDS = {
    "city": "cities",
    "language": "languages",
    "union": "unions",
    "skill": "skills",
    "gender": "genders",
    "playing age": "playing_age",
    "budget": "day_rate",
}
"""Attributes of facts, and what of a search they are."""
_OPEN = {
    "city": r"any ?where|any (?:city|place)|all (?:over|cities)",
    "language": r"(?:any|all) languages?",
    "union": r"any union|union or not",
    "skill": r"any skills?",
    "gender": r"any genders?|men (?:and|or) women|women (?:and|or) men",
    "playing age": r"any age|of all ages",
    "budget": r"any (?:budget|rate|price)|whatever (?:the|their) (?:budget|rate)|money is no",
}
_WITHOUT = (
    r"(?:without|ignore|ignoring|forget|forgetting|drop|skip|leave out|leaving out|regardless of|"
    r"never mind|not by|don'?t use|do not use|don'?t go by)"
)
_ALL_OF_IT = re.compile(
    rf"[\s,(–-]*\b{_WITHOUT}\s+(?:all\s+|anything\s+)?(?:(?:that\s+|"
    rf"what(?:ever)?\s+)?you\s+(?:remember\w*"
    r"|know|recall|were told|have been told|noted)(?: of us| about (?:it|this|that|us))?"
    r"|(?:your|the|any|all)?\s*(?:memory|memories|facts|notes|remembered (?:wishes|"
    r"facts)))\b[\s).!]*",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"\b(?:only|must|ha(?:s|ve) to|never|needs?(?: to)?|insists|strictly|mandatory|required|"
    r"non-?negotiable|essential|does not want|nobody|no one)\b",
    re.IGNORECASE,
)
_ONE_ROLE = re.compile(
    r"\b(?:wants|needs|prefers|wants only)\s+(?:an?|one|two|three|four|five|\d+)\s"
    r"|(?:\bfor|,)\s+the\s+(?!(?:cast|talent|team|women|men|people|whole|entire|client|director|brief|"
    r"actors?)\b)"
    r"(?P<role>(?-i:[a-z])[a-z]+(?<!s))\b",
    re.IGNORECASE,
)
_NOT_BY_DAY = re.compile(r"\b(?:total|flat|all in|week|role|head|actor|shoot)\b", re.IGNORECASE)
_LEAST = 0.3
"""Confidence from which on a fact colours a search."""
_NEAREST_FIRST = (About.PROJECT, About.PERSON, About.CHANNEL)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a fact asks of the talents of a search."""

    fact: Fact
    field: str
    value: object
    is_must: bool

    def narrows(self, query: TalentQuery) -> TalentQuery:
        """The query with it."""
        if not self.fact.negated:
            return _with(
                query, {self.field: _joined(getattr(query.filters, self.field), self.value)}
            )
        ruled_out = query.filters.exclude or Criteria()
        values = _joined(getattr(ruled_out, self.field), self.value)
        return _with(query, {"exclude": ruled_out.model_copy(update={self.field: values})})


def wishes_for(query: TalentQuery, said: str, facts: Sequence[Fact], turn: Turn) -> Sequence[Wish]:
    """What is known of the project that the search names, of its author and of the channel, as far
    as what they say now leaves it open: the project's first, then theirs, then the channel's."""
    if leaves_memory_out(said):
        return ()
    asked = f" {key_of(said)} "
    near = [fact for fact in facts if fact.confidence >= _LEAST and _holds_here(fact, turn, asked)]
    near.sort(key=lambda fact: _NEAREST_FIRST.index(fact.about))
    claimed: dict[tuple[str, bool], tuple[About, str]] = {}
    wishes = []
    for fact in near:
        whose = fact.about, fact.subject
        if claimed.get((fact.attribute, fact.negated), whose) != whose:
            continue
        if (wish := _wish(fact, query, said, turn)) is not None:
            claimed[fact.attribute, fact.negated] = whose
            wishes.append(wish)
    return wishes


def without_project(query: TalentQuery, facts: Sequence[Fact]) -> TalentQuery:
    """The query whose description does not look for a project's name where that is known to be
    one."""
    text = query.text
    for subject in {fact.subject for fact in facts if fact.about is About.PROJECT}:
        text = re.sub(rf"(?:\bfor\s+)?{re.escape(subject)}", " ", text, flags=re.IGNORECASE)
    return query.model_copy(update={"text": " ".join(text.split()).strip(" ,")})


def leaves_memory_out(said: str) -> bool:
    """Whether it says to search without what is remembered."""
    return _ALL_OF_IT.search(said) is not None


def without_memory_words(said: str) -> str:
    """What is left to be searched for."""
    return _ALL_OF_IT.sub(" ", said).strip()


def uncoloured(
    query: TalentQuery, history: Sequence[PastTurn], marker: str, today: date
) -> TalentQuery | None:
    """The query in force without what memory brought into it; none where it brought nothing.

    What memory brought is what the search has and its words don't, in the turn whose reply says
    with `marker` that it went by memory.
    """
    for past in reversed(history):
        coloured = past.outcome.query
        if coloured is None or marker not in past.outcome.text:
            continue
        plainly = describe_roles(past.said, today=today)[-1].filters
        changed: dict[str, object] = {
            field: getattr(plainly, field)
            for field in (*_FIELDS.values(), "exclude")
            if getattr(query.filters, field) == getattr(coloured.filters, field)
        }
        return _with(query, changed)
    return None


def ways_out(wishes: Sequence[Wish]) -> str:
    """How to search without them."""
    names = dict.fromkeys(wish.fact.attribute for wish in wishes)
    ways = [f"“without the {'age' if name == 'playing age' else name}”" for name in names]
    return listed([*ways, "“ignore what you remember”"], "or")


def _wish(fact: Fact, query: TalentQuery, said: str, turn: Turn) -> Wish | None:
    field = _FIELDS.get(fact.attribute)
    if field is None or (field != "day_rate" and _is_of_one_role(fact, said)):
        return None
    if field == "day_rate" and turn.audience.access is not Access.TEAM:
        return None
    word = fact.attribute.split()[-1]
    if re.search(rf"\b(?:{_OPEN[fact.attribute]}|{_WITHOUT} (?:the |any )?{word})\b", said, re.I):
        return None
    value = _value(field, fact)
    if value is None or _is_settled(query.filters, field, value, negated=fact.negated):
        return None
    return Wish(fact, field, value, fact.negated or bool(_MUST.search(fact.statement)))


def _value(field: str, fact: Fact) -> object | None:
    if field == "day_rate":
        if fact.negated or _NOT_BY_DAY.search(fact.value):
            return None
        several = (
            "between " if re.search(r"\d\D*(?:-|–|\bto\b|\band\b)\s*\D?\d", fact.value) else ""
        )
        rate = describe(f"budget {several}{fact.value}", today=date.min).filters.day_rate
        return DayRate(max=rate.max, currency=rate.currency) if rate and rate.max else None
    if field == "playing_age":
        low, _, high = fact.value.partition("-")
        if fact.negated or not (low or high).strip().isdigit():
            return None
        return Range(min=int(low) if low else None, max=int(high) if high else None)
    if " or " in fact.value:
        return (tuple(fact.value.split(" or ")),) if field in ("languages", "skills") else None
    return tuple(fact.value.split(" and ")) if field == "cities" else (fact.value,)


def _is_settled(filters: Filters, field: str, value: object, *, negated: bool) -> bool:
    """Whether what is asked now says it already, or the opposite."""
    asked = getattr(filters, field)
    if not negated:
        ruled_out = getattr(filters.exclude, field) if filters.exclude else ()
        return bool(asked) or bool(set(_flat(value)) & set(_flat(ruled_out)))
    return bool(set(_flat(value)) & set(_flat(asked)))


def _flat(values: object) -> Iterator[object]:
    if isinstance(values, tuple):
        for value in values:
            yield from _flat(value)
    elif values is not None:
        yield values


def _joined(present: object, value: object) -> object:
    if isinstance(present, tuple) and isinstance(value, tuple):
        return tuple(dict.fromkeys((*present, *value)))
    return value


def _with(query: TalentQuery, changed: Mapping[str, object]) -> TalentQuery:
    filters = query.filters.model_copy(update=dict(changed))
    return query.model_copy(update={"filters": filters})


def _is_of_one_role(fact: Fact, said: str) -> bool:
    """A project's wish for one of its roles says nothing of the others."""
    match = _ONE_ROLE.search(fact.statement)
    if match is None:
        return False
    role = match["role"]
    return not (role and re.search(rf"\b{role}\b", said, re.IGNORECASE))


def _holds_here(fact: Fact, turn: Turn, asked: str) -> bool:
    match fact.about:
        case About.PERSON:
            return fact.subject == turn.message.author.external_id
        case About.CHANNEL:
            return is_here(fact.source, turn)
        case About.PROJECT:
            return f" {key_of(fact.subject)} " in asked
    return False
