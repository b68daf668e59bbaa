"""What memory does for the offline responder: it is asked about, told, and colours a search."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import PastTurn, Recollection, Turn
from bot.distilling import kept
from bot.distilling.rules import read_facts
from bot.facts import About, Act, Fact, key_of
from bot.offline.phrases import plain
from bot.sources import said_by
from bot.talent import TalentQuery

_FIELDS = {"city": "cities", "language": "languages", "union": "unions"}
"""What a fact may narrow: what the roster holds as such, and is not the team's alone."""
_ANY = {
    "city": re.compile(r"\b(?:any ?where|any (?:city|place)|all (?:over|cities))\b", re.IGNORECASE),
    "language": re.compile(r"\b(?:any|all) languages?\b", re.IGNORECASE),
    "union": re.compile(r"\bany union\b", re.IGNORECASE),
}
_ASKED_FOR = frozenset({"language", "skill", "city", "union", "gender", "playing age", "wish"})
_SOURCED = re.compile(r"(?P<fact>[^“”:;\n]{3,240}?)\s*\((?P<source>said by [^()\n]+)\)")


def told(topic: str, recollection: Recollection, turn: Turn) -> str:
    """What is remembered about a topic, or of all that is for here."""
    key = key_of(topic) if topic else ""
    facts = [fact for fact in recollection.facts if not key or _is_about(fact, key)]
    about = f" about {plain(topic)}" if topic else ""
    if not facts:
        return (
            f"I remember nothing{about} that may be told here. What you tell me that lasts"
            " (“this channel casts in Pune”, “our budget for … is …”) I keep as a fact."
        )
    lines = [f"- {_sourced(fact, turn)}" for fact in facts]
    return "\n".join([f"This is what I remember{about}:", "", *lines])


def why(history: Sequence[PastTurn]) -> str:
    """Where what the last reply took from memory comes from; empty where it took nothing."""
    found = _SOURCED.findall(history[-1].outcome.text) if history else []
    lines = [f"- “{fact.strip(' -*')}” was {source}." for fact, source in found]
    return "\n".join(["I was told so:", "", *lines]) if lines else ""


def noted(turn: Turn) -> str:
    """The answer to a message that only states what lasts; empty where it asks for somebody."""
    drafts = kept(read_facts(turn.message), turn.message)
    if any(draft.about is About.PROJECT and draft.attribute in _ASKED_FOR for draft in drafts):
        return ""
    for draft in drafts:
        if draft.act is Act.RETRACTS and draft.subject:
            return (
                "Then I no longer take that as a fact. `/memory forget about"
                f" {draft.subject.replace('`', '')}` removes the messages that said it too."
            )
    states = [plain(draft.statement) for draft in drafts if draft.statement and not draft.replaces]
    return f"Noted: {' '.join(states)} `/memory` shows what I keep of you." if states else ""


def coloured(
    query: TalentQuery, said: str, facts: Sequence[Fact], turn: Turn
) -> tuple[TalentQuery, Sequence[Fact]]:
    """The query narrowed by what is known for here, where it leaves that open, and the facts that
    did it. What a project needs counts where the project is named."""
    asked = set(key_of(said).split())
    used: list[Fact] = []
    for fact in facts:
        field = _FIELDS.get(fact.attribute)
        if field is None or fact.negated or " or " in fact.value:
            continue
        if not _holds_here(fact, turn, asked):
            continue
        if getattr(query.filters, field) or _ANY[fact.attribute].search(said):
            continue
        filters = query.filters.model_copy(update={field: tuple(fact.value.split(" and "))})
        text = query.text
        if fact.about is About.PROJECT:
            text = re.sub(re.escape(fact.subject), " ", text, flags=re.IGNORECASE)
        query = query.model_copy(update={"filters": filters, "text": " ".join(text.split())})
        used.append(fact)
    return query, used


def used_in_words(used: Sequence[Fact], turn: Turn) -> str:
    """Which facts narrowed a search, as its last paragraph."""
    lines = "; ".join(_sourced(fact, turn) for fact in used)
    ways = " or ".join(f"“any {fact.attribute}”" for fact in used)
    return f"I kept to what I remember: {lines}. Say {ways} for others."


def _sourced(fact: Fact, turn: Turn) -> str:
    return f"{plain(fact.statement)} ({said_by(fact.source, turn, you=True)})"


def _holds_here(fact: Fact, turn: Turn, asked: set[str]) -> bool:
    here, there = turn.message.conversation, fact.source.conversation
    match fact.about:
        case About.PERSON:
            return fact.subject == turn.message.author.external_id
        case About.CHANNEL:
            return (here.workspace, here.channel) == (there.workspace, there.channel)
        case About.PROJECT:
            return set(key_of(fact.subject).split()) <= asked
    return False


def _is_about(fact: Fact, key: str) -> bool:
    told_of = set(key_of(f"{fact.subject} {fact.attribute} {fact.statement}").split())
    return len(set(key.split()) & told_of) * 2 > len(key.split())
