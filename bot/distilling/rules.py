"""Facts found without a model: what people state in so many words, and nothing to be guessed.

A search ("we need Marathi speakers") is no fact: a wish is kept only where it is said to last
("always", "prefer", "never") or to belong to a project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.conversation import Message, Place
from bot.distilling.dated import dated
from bot.distilling.naming import city_in, name_in, wanted_in
from bot.distilling.patterns import (
    BUDGET,
    CALL_ME,
    CORRECTION,
    FORGET_ABOUT,
    IS,
    MONEY,
    NOT_BUT,
    OF_OURS,
    PLACED,
    REMEMBER,
    RETRACTION,
    STATUS,
    TALENT,
)
from bot.distilling.sentences import LONG_MESSAGE, own_sentences
from bot.distilling.where import Where
from bot.distilling.wishes import read_chahiye, read_wish
from bot.facts import About, Act, Draft


class Rules:
    """`bot.facts.Distiller` that needs no key."""

    async def distil(self, message: Message, *, said_before: Sequence[str] = ()) -> Sequence[Draft]:
        return list(read_facts(message, said_before=said_before))


def read_facts(message: Message, *, said_before: Sequence[str] = ()) -> Iterator[Draft]:
    """The facts that a message states. Pure."""
    where = Where(message.author.name, message.sent_at.date(), message.place is Place.DM)
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
        found = list(_read(rest, where)) or [_note(rest, where)]
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
        for read in (
            _call_me,
            _budget,
            _placed,
            _status,
            read_wish,
            read_chahiye,
            _of_ours,
            _talent,
            _is,
        ):
            if found := list(read(sentence, where)):
                yield from found
                return


def _retraction(sentence: str) -> Draft | None:
    match = RETRACTION.match(sentence) or FORGET_ABOUT.match(sentence)
    if match is None:
        return None
    about = (match["about"] or "").strip()
    return Draft(About.CHANNEL, about, "", "", "", sentence, act=Act.RETRACTS)


def _note(rest: str, where: Where) -> Draft:
    told = dated(rest.rstrip(".! "), where.today)
    of_person = re.search(r"\b(?:i|me|my|mine|myself)\b", rest, re.IGNORECASE)
    return Draft(
        About.PERSON if of_person else where.us,
        "",
        "note",
        told.text,
        f"{where.author}: {told.text}.",
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
    if re.match(MONEY, words) and len(re.sub(r"\D", "", words)) >= 2:
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
        if name.casefold() not in {"when", "if", "back", "later", "at", "on", "crazy", "tomorrow"}:
            statement = f"{where.author} wants to be called {name}."
            yield Draft(
                About.PERSON, "", "name", name, statement, sentence, single=True, confidence=0.95
            )


def _budget(sentence: str, where: Where) -> Iterator[Draft]:
    if match := BUDGET.match(sentence):
        tail = (match["tail"] or "").strip()
        project = name_in(match) if match["head"] else tail.strip("\"“”'‘’*_ ")
        value = match["value"].strip(" .,")
        told = dated(f"{value}{match['since'] or ''}".strip(), where.today)
        about, subject = (About.PROJECT, project) if project else (where.us, "")
        of = (
            f"for {project}"
            if project
            else f"of {where.we[0].lower()}{where.we[1:]}"
            if not where.is_direct
            else f"of {where.author}"
        )
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


def _placed(sentence: str, where: Where) -> Iterator[Draft]:
    match = PLACED.match(sentence)
    city = city_in(match["place"]) if match else ""
    if match is None or not city:
        return
    project = (match["what"] or "").strip() if match["who"] else name_in(match)
    if not match["who"] and not project:
        return
    about, subject = (About.PROJECT, project) if project else (where.us, "")
    told = dated(match["since"] or "", where.today)
    who = project or where.we
    statement = f"{who} casts in {city}{told.text}."
    if project or not re.search(r"cast", sentence, re.IGNORECASE):
        statement = f"{who} is in {city}{told.text}."
    yield Draft(
        about,
        subject,
        "city",
        city,
        statement,
        sentence,
        single=True,
        confidence=0.85,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def _status(sentence: str, where: Where) -> Iterator[Draft]:
    if (match := STATUS.match(sentence)) and (project := name_in(match)):
        told = dated(f"{match['value']}{match['since']}", where.today)
        yield Draft(
            About.PROJECT,
            project,
            "status",
            match["value"].lower(),
            f"{project} is {told.text}.",
            sentence,
            single=True,
            confidence=0.85,
            valid_from=told.valid_from,
            valid_until=told.valid_until,
        )


def _of_ours(sentence: str, where: Where) -> Iterator[Draft]:
    match = OF_OURS.match(sentence)
    if match is None:
        return
    noun, project = (
        match["noun"].lower(),
        name_in(match) if (match["name"] or match["quoted"]) else "",
    )
    verb = match["verb"].lower()
    told = dated(match["value"], where.today)
    if verb.endswith("to"):
        told = replace(told, text=told.text.removeprefix("on "))
    if len(told.text.split()) > 12 or re.match(
        r"^(?:not sure|great|good|bad|fun|ok|fine|amazing|happy|late)\b", told.text, re.IGNORECASE
    ):
        return
    is_start = verb.startswith(("start", "begin"))
    about, subject = (About.PROJECT, project) if project else (where.us, "")
    of = f" for {project}" if project else ""
    yield Draft(
        about,
        subject,
        f"{noun} start" if is_start else noun,
        told.text,
        f"The {noun}{of} {verb} {told.text}.",
        sentence,
        single=True,
        confidence=0.8,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def _talent(sentence: str, where: Where) -> Iterator[Draft]:
    match = TALENT.match(sentence)
    name = name_in(match) if match else ""
    if match is None or len(name.split()) < 2:
        return
    told = dated(f"{match['value']}{match['more']}", where.today)
    attribute = (
        "availability"
        if re.search(r"available|free|booked|busy|can|won", match["value"])
        else "answer"
    )
    yield Draft(
        About.TALENT,
        name,
        attribute,
        told.text,
        f"{name} {told.text}.",
        sentence,
        single=True,
        confidence=0.75,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def _is(sentence: str, where: Where) -> Iterator[Draft]:
    match = IS.match(sentence)
    name = name_in(match) if match else ""
    if match is None or (len(name.split()) < 2 and not match["quoted"]):
        return
    told = dated(match["value"], where.today)
    first = told.text.split()[0].lower()
    attribute = {"a": "kind", "an": "kind", "in": "place"}.get(first, first)
    yield Draft(
        About.PROJECT,
        name,
        attribute,
        told.text,
        f"{name} {match['verb']} {told.text}.",
        sentence,
        single=attribute not in ("kind", "for", "about"),
        confidence=0.7,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )
