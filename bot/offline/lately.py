"""What was said in the last minutes of the conversation, before the background has learned it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

from bot.conversation import Author, PastTurn, Recollection, Turn
from bot.distilling import kept
from bot.distilling.rules import read_facts
from bot.facts import About, Act, Draft, Fact, Source, key_of

_LEARNED_WITHIN = timedelta(minutes=5)
"""After which the facts of a message are in memory, or not to be."""
UNSAID_AMONG = 2
"""The newest messages, of which "forget that" takes back the last that stated something."""


def with_lately_said(recollection: Recollection, turn: Turn) -> Recollection:
    """The recollection, its facts as the people of the conversation have changed them lately."""
    since = turn.message.sent_at - _LEARNED_WITHIN
    facts = list(recollection.facts)
    for number, past in enumerate(recollection.history):
        if past.at < since:
            continue
        before = recollection.history[max(0, number - UNSAID_AMONG) : number]
        for draft in _drafts(past, before, turn):
            facts = _changed(facts, draft, past, before, turn)
    return replace(recollection, facts=tuple(facts))


def put_right(draft: Draft, facts: Sequence[Fact], author: Author) -> tuple[Fact, str] | None:
    """Which fact a correction of this author's means ("actually 50k", "not Pune but Mumbai"), and
    what it states then; none where that is not known."""
    for fact in facts:
        if draft.replaces == "*":
            is_meant = fact.source.author.external_id == author.external_id
        else:
            is_meant = key_of(fact.value) == key_of(draft.replaces)
        if fact.attribute == draft.attribute and is_meant and fact.value in fact.statement:
            return fact, fact.statement.replace(fact.value, draft.value)
    return None


def _drafts(past: PastTurn, before: Sequence[PastTurn], turn: Turn) -> Iterator[Draft]:
    message = replace(turn.message, author=past.author, text=past.said, sent_at=past.at)
    said_before = [one.outcome.text for one in before]
    yield from kept(read_facts(message, said_before=said_before), message)


def _changed(
    facts: list[Fact], draft: Draft, past: PastTurn, before: Sequence[PastTurn], turn: Turn
) -> list[Fact]:
    """The facts after one statement."""
    if draft.act is Act.RETRACTS:
        return [fact for fact in facts if not _is_unsaid(fact, draft, past, before)]
    if draft.replaces:
        return _corrected(facts, draft, past, turn)
    fact = _fact(draft, past, turn)
    others = [one for one in facts if not (_is_same(one, fact) and _is_over(one, fact, draft))]
    if draft.act is Act.ENDS:
        return others
    is_known = any(_is_same(one, fact) and _says(one) == _says(fact) for one in others)
    return others if is_known else [fact, *others]


def _is_over(one: Fact, new: Fact, draft: Draft) -> bool:
    """Whether it holds no longer, now that the new one does, or that this is at its end."""
    if one.source.at > new.source.at:
        return False
    (value, negated), (new_value, new_negated) = _says(one), _says(new)
    if draft.act is Act.ENDS or value == new_value:
        return value == new_value and (draft.act is Act.ENDS or negated != new_negated)
    return draft.single or (draft.act is Act.CORRECTS and not negated)


def _is_unsaid(fact: Fact, draft: Draft, past: PastTurn, before: Sequence[PastTurn]) -> bool:
    if fact.source.author.external_id != past.author.external_id or fact.source.at > past.at:
        return False
    if not draft.subject:
        return fact.source.turn_id in {one.turn_id for one in before}
    key = key_of(draft.subject)
    told = f" {key_of(fact.statement)} "
    return key in (key_of(fact.subject), fact.attribute) or f" {key} " in told


def _corrected(facts: list[Fact], draft: Draft, past: PastTurn, turn: Turn) -> list[Fact]:
    meant = put_right(draft, facts, past.author)
    if meant is None:
        return facts
    fact, right = meant
    corrected = replace(fact, value=draft.value, statement=right, source=_source(past, turn))
    return [corrected if one is fact else one for one in facts]


def _fact(draft: Draft, past: PastTurn, turn: Turn) -> Fact:
    subject = draft.subject
    if draft.about is About.PERSON:
        subject = past.author.external_id
    elif draft.about is About.CHANNEL:
        subject = turn.message.conversation.channel
    return Fact(
        uuid5(past.turn_id, f"{draft.attribute} {draft.value}"),
        draft.about,
        subject,
        draft.attribute,
        draft.value,
        draft.negated,
        draft.statement,
        _source(past, turn),
        draft.confidence,
        0,
        past.at,
    )


def _source(past: PastTurn, turn: Turn) -> Source:
    message = turn.message
    return Source(
        past.author, message.conversation, message.place, past.at, past.turn_id, message.room_name
    )


def _is_same(one: Fact, other: Fact) -> bool:
    """Whether both tell the same attribute of the same."""
    return (one.about, one.attribute, key_of(one.subject)) == (
        other.about,
        other.attribute,
        key_of(other.subject),
    )


def _says(fact: Fact) -> tuple[str, bool]:
    return key_of(fact.value), fact.negated
