"""A search by what is remembered as well: who was found, what was gone by, how to leave it out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.offline import replies
from bot.offline.asked import Asked
from bot.offline.remembered import in_words
from bot.offline.wishes import Wish, ways_out, wishes_for, without_project
from bot.talent import Filters, Match, SearchResult, TalentQuery

BY_MEMORY = "I went by what I remember:"
"""Begins the lines that say so: by these the next turn knows."""


async def search_coloured(
    asked: Asked, query: TalentQuery, wishes: Sequence[Wish], *, limit: int
) -> str:
    """The reply; empty where the roster has nothing near the description.

    What is no must gives way, the farthest first, before anything does that is asked now; where
    few fit it, those who fit the rest come after them.
    """
    kept = list(wishes)
    result = await asked.tools.search(_narrowed(query, kept), limit=limit)
    while result.relaxed and (soft := [wish for wish in kept if not wish.is_must]):
        kept.remove(soft[-1])
        result = await asked.tools.search(_narrowed(query, kept), limit=limit)
    if is_nothing_near(result, query):
        return ""
    coloured = asked.tools.query
    after = await _after(asked, query, kept, result, limit=limit)
    asked.tools.query = coloured
    asked.tools.show((*result.matches, *after))
    also = f" Beyond what I remember: {replies.named(after)}." if after else ""
    text = replies.found(result, turn=asked.context.turns, also=also)
    return f"{text}\n\n{_gone_by(wishes, kept, asked)}"


async def search_roles(asked: Asked, roles: Sequence[TalentQuery], *, limit: int) -> str:
    """The reply to a message of several roles; what is remembered is left out of a role that nobody
    meets with it."""
    facts, results = asked.recollection.facts, []
    gone_by: list[Wish] = []
    for role in roles:
        wishes = wishes_for(role, asked.said, facts, asked.turn)
        plainly = without_project(role, facts)
        result = await asked.tools.search(_narrowed(plainly, wishes), limit=limit)
        if result.relaxed and wishes:
            wishes, result = (), await asked.tools.search(plainly, limit=limit)
        results.append(result)
        gone_by += wishes
    asked.tools.show(match for result in results for match in result.matches)
    text = replies.for_roles(results)
    return f"{text}\n\n{_gone_by(gone_by, gone_by, asked)}" if gone_by else text


def is_nothing_near(result: SearchResult, query: TalentQuery) -> bool:
    """Whether a description that is all of a search is near to nobody."""
    return "text" in result.relaxed and query.filters == Filters()


async def _after(
    asked: Asked, query: TalentQuery, kept: Sequence[Wish], result: SearchResult, *, limit: int
) -> Sequence[Match]:
    """Those who fit what is asked and every must, where few fit the other wishes too."""
    musts = [wish for wish in kept if wish.is_must]
    room = limit - len(result.matches)
    if result.relaxed or len(musts) == len(kept) or room <= 0:
        return ()
    wider = await asked.tools.search(_narrowed(query, musts), limit=limit)
    if wider.relaxed:
        return ()
    there = {match.talent.id for match in result.matches}
    return [match for match in wider.matches if match.talent.id not in there][:room]


def _narrowed(query: TalentQuery, wishes: Sequence[Wish]) -> TalentQuery:
    for wish in wishes:
        query = wish.narrows(query)
    return query


def _gone_by(wishes: Sequence[Wish], kept: Sequence[Wish], asked: Asked) -> str:
    told = {wish.fact.id: wish for wish in wishes}.values()
    went_by = [f"- {in_words(wish.fact, asked.turn)}" for wish in told if wish in kept]
    left_out = [f"- {in_words(wish.fact, asked.turn)}" for wish in told if wish not in kept]
    parts = []
    if went_by:
        parts.append("\n".join([BY_MEMORY, "", *went_by]))
        parts.append(f"Say {ways_out(kept)} to search without.")
    if left_out:
        lead = "I also remember this, and left it out as nobody who fits the rest fits it:"
        parts.append("\n".join([lead, "", *left_out]))
    return "\n\n".join(parts)
