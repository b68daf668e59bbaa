"""Facts found without a model: what people state in so many words, and nothing to be guessed.

A search ("we need Marathi speakers") is no fact: a wish is kept only where it is said to last
("always", "prefer", "never") or to belong to a project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from bot.conversation import Message, Place
from bot.distilling.cues import read_cues
from bot.distilling.dated import dated
from bot.distilling.forms import read_forms
from bot.distilling.money import is_money, read_budget, read_rate
from bot.distilling.naming import city_in, wanted_in
from bot.distilling.patterns import (
    AMOUNT,
    CALL_ME,
    CORRECTION,
    FORGET_ABOUT,
    NOT_BUT,
    REMEMBER,
    RETRACTION,
)
from bot.distilling.persons import SOMEBODY
from bot.distilling.places import read_location, read_place
from bot.distilling.sentences import LONG_MESSAGE, own_sentences
from bot.distilling.shapes import HABITS, LIFTED, WHOLE
from bot.distilling.topics import without_topic
from bot.distilling.where import Where
from bot.distilling.wishes import read_chahiye, read_wish
from bot.facts import About, Act, Draft

Reader = Callable[[str, Where], Iterator[Draft]]
_TO_SOMEBODY = re.compile(
    r"^(?:to|just|be|do|don['’]?t|let['’]?s)\b|\b(?:you|your|yours|yourself|you['’]\w+)\b",
    re.IGNORECASE,
)
"""A note that tells somebody what to do."""
_NOT_A_NAME = frozenset(
    {"when", "if", "back", "later", "at", "on", "crazy", "tomorrow", "a", "the"}
)


class Rules:
    """`bot.facts.Distiller` that needs no key."""

    async def distil(self, message: Message, *, said_before: Sequence[str] = ()) -> Sequence[Draft]:
        return list(read_facts(message, said_before=said_before))


def read_facts(message: Message, *, said_before: Sequence[str] = ()) -> Iterator[Draft]:
    """The facts that a message states. Pure."""
    where = Where(
        message.author.name or SOMEBODY, message.sent_at.date(), message.place is Place.DM
    )
    is_pasted = len(message.text) > LONG_MESSAGE
    for sentence in own_sentences(message.text, said_before=said_before):
        if is_pasted and not REMEMBER.match(sentence):
            continue
        yield from _read(sentence, where)


def _read(sentence: str, where: Where) -> Iterator[Draft]:
    if retraction := _retraction(sentence):
        yield retraction
    elif match := REMEMBER.match(sentence):
        rest = match["rest"].strip()
        found = list(_read(rest, where)) or list(_note(rest, where))
        yield from (replace(one, quote=sentence, confidence=0.95) for one in found)
    elif replaced := _not_but(sentence, where):
        yield replaced
    elif match := CORRECTION.match(sentence):
        found = list(_read(match["rest"].strip(), where)) or list(_elliptic(match["rest"], where))
        yield from (
            one if one.act is not Act.SAYS else replace(one, act=Act.CORRECTS, quote=sentence)
            for one in found
        )
    else:
        yield from _stated(sentence, where)


def _stated(sentence: str, where: Where) -> Iterator[Draft]:
    """What the first reader finds that understands the sentence."""
    rest, project = without_topic(sentence)
    lifted = where.of(project) if project else where
    for readers, words, whose in (
        (_WHOLE, sentence, where),
        (_LIFTED, rest, lifted),
        ((read_cues,), sentence, lifted),
    ):
        for read in readers:
            if found := list(read(words, whose)):
                yield from (replace(one, quote=sentence) for one in found)
                return


def _retraction(sentence: str) -> Draft | None:
    match = RETRACTION.match(sentence) or FORGET_ABOUT.match(sentence)
    if match is None:
        return None
    about = (match["about"] or "").strip()
    return Draft(About.CHANNEL, about, "", "", "", sentence, act=Act.RETRACTS)


def _note(rest: str, where: Where) -> Iterator[Draft]:
    """What somebody wants kept, in their own words."""
    told = dated(rest.strip(" .!,:;"), where.today)
    if not told.text or _TO_SOMEBODY.search(told.text):
        return
    is_personal = re.search(r"\b(?:i|me|my|mine|myself)\b", rest, re.IGNORECASE)
    about, subject = where.subject("i" if is_personal else "we")
    says = f"{where.author} says: {told.text}" if is_personal else told.text
    yield Draft(
        about,
        subject,
        "note",
        told.text,
        f"{says[0].upper()}{says[1:]}.",
        rest,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def _not_but(sentence: str, where: Where) -> Draft | None:
    """ "Not Pune but Mumbai": of whatever had that value."""
    match = NOT_BUT.search(_corrected(sentence))
    if match is None:
        return None
    old, new = (match["old"] or match["old2"]).strip(), (match["new"] or match["new2"]).strip()
    for attribute, value in _valued(new, where.today):
        for its, replaced in _valued(old, where.today):
            if its == attribute:
                return _in_place(attribute, value, replaced, sentence)
    return None


def _elliptic(rest: str, where: Where) -> Iterator[Draft]:
    """ "Actually 50k": of whatever was said last that could be so."""
    for attribute, value in _valued(rest.strip(" .!"), where.today):
        yield _in_place(attribute, value, "*", rest)
        return


def _in_place(attribute: str, value: str, replaces: str, quote: str) -> Draft:
    return Draft(
        About.CHANNEL,
        "",
        attribute,
        value,
        value,
        quote.strip(),
        act=Act.CORRECTS,
        replaces=replaces,
        single=True,
        confidence=0.8,
    )


def _corrected(sentence: str) -> str:
    match = CORRECTION.match(sentence)
    return (match["rest"] if match else sentence).strip(" .!")


def _valued(words: str, today: date) -> Iterator[tuple[str, str]]:
    """Which attribute a value alone can be of."""
    if is_money(words) and AMOUNT.match(words):
        yield "budget", words
    elif city := city_in(words):
        yield "city", city
    elif len(words.split()) <= 3:
        for wanted in wanted_in(f"{words} speakers", today):
            if wanted.attribute == "language":
                yield wanted


def _call_me(sentence: str, where: Where) -> Iterator[Draft]:
    if match := CALL_ME.match(sentence):
        name = match["name"].strip(" .!")
        if name.casefold() not in _NOT_A_NAME:
            statement = f"{where.author} wants to be called {name}."
            yield Draft(
                About.PERSON, "", "name", name, statement, sentence, single=True, confidence=0.95
            )


_WHOLE: Sequence[Reader] = (_call_me, read_chahiye, read_rate, partial(read_forms, WHOLE))
_LIFTED: Sequence[Reader] = (
    read_budget,
    read_place,
    read_location,
    partial(read_forms, LIFTED),
    read_wish,
    partial(read_forms, HABITS),
)
