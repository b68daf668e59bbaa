"""What memory does for the offline responder: it is asked about, asked why, and told something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import PastTurn, Recollection, Turn
from bot.distilling import kept
from bot.distilling.persons import to_you
from bot.distilling.rules import read_facts
from bot.facts import About, Act, Draft, Fact, Source, key_of
from bot.offline.lately import UNSAID_AMONG, put_right
from bot.offline.phrases import plain
from bot.sources import SOMEBODY, day_of, is_here, is_theirs, where_said
from bot.wording.memory_questions import asked_of_us, asks_fact

_OF_A_SEARCH = frozenset({"language", "skill", "city", "union", "gender", "playing age", "wish"})
_KEPT = "`/memory` shows what I keep of you."
"""Said once in a conversation."""
_NOTED = "Noted: "
_FORGET = re.compile(r"\bforget\b", re.IGNORECASE)
"""It starts a search over where there is nothing to take back."""
_SURE = 0.7
"""Confidence from which on a message with a project's wish is no search for it."""
_SOURCED = re.compile(
    r"(?P<fact>[^“”:;\n]{3,240}?)\s*\((?P<source>said by (?:[^()\n]|\([^()\n]*\))+)\)"
)


def in_words(fact: Fact, turn: Turn) -> str:
    """The fact with its source, for whoever reads the turn's reply."""
    return f"{_stated(fact, turn)} ({_told_by(fact.source, turn)})"


def told(topic: str, recollection: Recollection, turn: Turn) -> str:
    """What is remembered about a topic, or of all that is for here."""
    facts = about(topic, recollection)
    of = f" about {plain(topic)}" if topic else ""
    if not facts:
        return (
            f"I remember nothing{of} that may be told here. What you tell me that lasts (“this"
            " channel casts in Pune”, “our budget for … is …”) I keep."
        )
    lines = [f"- {in_words(fact, turn)}" for fact in facts]
    return "\n".join([f"This is what I remember{of}:", "", *lines])


def about(topic: str, recollection: Recollection) -> Sequence[Fact]:
    """The facts about a topic; all of them without one."""
    key = key_of(topic) if topic else ""
    return [fact for fact in recollection.facts if not key or _is_about(fact, key)]


def why(topic: str, recollection: Recollection, turn: Turn) -> str:
    """Where it comes from what is asked about, or what the last reply took from memory; empty
    where neither is known."""
    if topic and (facts := about(topic, recollection)):
        lines = [_why(_stated(fact, turn), _told_by(fact.source, turn)) for fact in facts]
    else:
        lines = [_why(fact, source) for fact, source in _told_last(recollection.history)]
    return "\n".join(["I was told so:", "", *lines]) if lines else ""


def answered(recollection: Recollection, turn: Turn) -> str:
    """What is known of what is asked: "what is our budget for Monsoon Letters?"; else empty."""
    facts = [
        fact
        for fact in recollection.facts
        if asks_fact(turn.message.text, fact.attribute, _named(fact)) and _is_ours(fact, turn)
    ]
    if named := [fact for fact in facts if _named(fact)]:
        facts = named
    if not facts and (asked := asked_of_us(turn.message.text)):
        return f"Nobody has told me {plain(asked)} that I may tell here. Say it, and I keep it."
    lines = [in_words(fact, turn) for fact in facts]
    return f"{lines[0]}." if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


def noted(turn: Turn, recollection: Recollection) -> str:
    """The answer to a message that only states what lasts; empty where it asks for somebody."""
    drafts = kept(read_facts(turn.message), turn.message)
    if any(_is_search(draft) for draft in drafts):
        return ""
    for draft in drafts:
        if draft.act is Act.RETRACTS and not draft.subject:
            if _has_just_noted(recollection):
                return "Then I don't keep what you said last."
            return "" if _FORGET.search(draft.quote) else "All right."
        if draft.act is Act.RETRACTS and draft.subject:
            return (
                f"I no longer go by what you said about {plain(draft.subject)}. `/memory forget"
                f" about {draft.subject.replace('`', '')}` removes the messages that said it too."
            )
    said = dict.fromkeys(
        line for draft in drafts if (line := _noted(draft, recollection.facts, turn))
    )
    if not said:
        return ""
    is_told = any(_KEPT in past.outcome.text for past in recollection.history)
    return " ".join(said if is_told else (*said, _KEPT))


def _noted(draft: Draft, facts: Sequence[Fact], turn: Turn) -> str:
    """What is said back to one statement: that it is new, known, or the opposite of what was."""
    if draft.replaces:
        return _corrected(draft, facts, turn)
    if not draft.statement:
        return ""
    states = plain(to_you(draft.statement, turn.message.author.name))
    known = [fact for fact in facts if _is_of(draft, fact, turn)]
    for fact in known:
        if _is_same(draft, fact) and draft.act is not Act.ENDS:
            return f"I know already: {in_words(fact, turn)}."
    until_now = [fact for fact in known if draft.single and fact.value != draft.value]
    before = "".join(f" Until now: {in_words(fact, turn)}." for fact in until_now[:1])
    return f"{_NOTED}{states}{before}"


def _corrected(draft: Draft, facts: Sequence[Fact], turn: Turn) -> str:
    """ "Actually 50k": of whatever it puts right; empty where that is not known."""
    meant = put_right(draft, facts, turn.message.author)
    if meant is None:
        return ""
    return f"{_NOTED}{plain(to_you(meant[1], turn.message.author.name))}"


def _has_just_noted(recollection: Recollection) -> bool:
    lately = recollection.history[-UNSAID_AMONG:]
    return any(_NOTED in past.outcome.text for past in lately)


def _named(fact: Fact) -> str:
    """The project or talent that it is about, if it is."""
    return fact.subject if fact.about in (About.PROJECT, About.TALENT) else ""


def _is_ours(fact: Fact, turn: Turn) -> bool:
    """Whether "our" or "my" may mean it here."""
    match fact.about:
        case About.PERSON:
            return fact.subject == turn.message.author.external_id
        case About.CHANNEL:
            return is_here(fact.source, turn)
    return True


def _is_search(draft: Draft) -> bool:
    """ "We need Marathi speakers for Monsoon Letters" asks for them as well."""
    return (
        draft.about is About.PROJECT
        and draft.attribute in _OF_A_SEARCH
        and draft.confidence < _SURE
        and draft.act is not Act.ENDS
    )


def _is_of(draft: Draft, fact: Fact, turn: Turn) -> bool:
    """Whether both tell the same attribute of the same."""
    if (draft.about, draft.attribute) != (fact.about, fact.attribute) or not _is_ours(fact, turn):
        return False
    return not _named(fact) or key_of(draft.subject) == key_of(fact.subject)


def _is_same(draft: Draft, fact: Fact) -> bool:
    return key_of(draft.value) == key_of(fact.value) and draft.negated == fact.negated


def _told_last(history: Sequence[PastTurn]) -> Sequence[tuple[str, str]]:
    """What the last reply told of memory, each with its source in words."""
    found = _SOURCED.findall(history[-1].outcome.text) if history else []
    return [(fact, source) for fact, source in found]


def _why(states: str, source: str) -> str:
    return f"- “{states.strip(' -*')}” was {source}."


def _told_by(source: Source, turn: Turn) -> str:
    """ "said by Priya in #casting on 3 May 2026", to its author "said by you"; the day is a link to
    the message where there is one."""
    who = "you" if is_theirs(source, turn) else plain(source.author.name) or SOMEBODY
    on = f"[{day_of(source)}]({source.link})" if source.link else day_of(source)
    return f"said by {who} {plain(where_said(source, turn))} on {on}"


def _stated(fact: Fact, turn: Turn) -> str:
    """The statement, to its author as "you"."""
    said = fact.statement.removesuffix(".")
    if is_theirs(fact.source, turn):
        said = to_you(said, fact.source.author.name)
    return plain(said)


def _is_about(fact: Fact, key: str) -> bool:
    told_of = set(key_of(f"{fact.subject} {fact.attribute} {fact.statement}").split())
    return len(set(key.split()) & told_of) * 2 > len(key.split())
