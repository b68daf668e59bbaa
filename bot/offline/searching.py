"""Answers to searches: new ones, changes to the last one, and questions to those it found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.offline import replies
from bot.offline.asked import Asked
from bot.offline.coloured import BY_MEMORY, is_nothing_near, search_coloured, search_roles
from bot.offline.phrases import plain
from bot.offline.picking import Superlative, count_asked, picked, superlative
from bot.offline.wishes import uncoloured, wishes_for, without_project
from bot.talent import Filters, TalentQuery
from bot.wording import Intent, Request, describe, describe_roles, refine

_SHOWN = 5
_OF_EACH_ROLE = 3
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)


class Searching:
    """Each method answers one kind of request."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def search_anew(self, request: Request) -> str:
        roles = describe_roles(request.rest, today=self._asked.today)
        if len(roles) == 1:
            return await self._search_by_memory(roles[0], request)
        return await search_roles(self._asked, roles, limit=_OF_EACH_ROLE)

    async def _search_by_memory(self, query: TalentQuery, request: Request) -> str:
        """By what is known for here as well, where the query leaves that open."""
        if query.is_empty:
            return self._asked.unclear()
        facts = self._asked.recollection.facts
        wishes = wishes_for(query, self._asked.said, facts, self._asked.turn)
        query = without_project(query, facts)
        if not wishes:
            return await self._search(query)
        found = await search_coloured(self._asked, query, wishes, limit=self._limit)
        return found or self._nothing_near(query)

    async def without_memory(self) -> str:
        """The search in force, without what memory brought into it."""
        query = self._asked.context.query
        history = self._asked.recollection.history
        plainly = query and uncoloured(query, history, BY_MEMORY, self._asked.today)
        if plainly is None or plainly == query:
            return "I went by nothing that I remember there."
        return await self._search(plainly)

    @property
    def _limit(self) -> int:
        return count_asked(self._asked.said, _SHOWN)

    async def _search(self, query: TalentQuery) -> str:
        if query.is_empty:
            return self._asked.unclear()
        result = await self._asked.tools.search(query, limit=self._limit)
        if is_nothing_near(result, query):
            return self._nothing_near(query)
        return replies.found(result, turn=self._asked.context.turns)

    def _nothing_near(self, query: TalentQuery) -> str:
        self._asked.tools.query = self._asked.context.query
        self._asked.tools.show(())
        return replies.nothing_near(query.text, after_results=bool(self._asked.context.lists))

    async def refine(self, request: Request) -> str:
        previous = self._asked.context.query or TalentQuery()
        shown = await self._asked.peek(self._asked.context.latest)
        query = refine(request.rest, today=self._asked.today, previous=previous, shown=shown)
        if query == previous:
            return (
                "I couldn't tell what to change. Say it as a filter, such as “only those under"
                " 25”, “in Mumbai instead” or “any city”."
            )
        return await self._search(query)

    async def more(self, _: Request) -> str:
        query = self._asked.context.query
        if query is None:
            return self._asked.unclear()
        seen = self._asked.context.shown_for_query
        result = await self._asked.tools.search(query, limit=len(seen) + _SHOWN)
        fresh = tuple(m for m in result.matches if m.talent.id not in seen)[:_SHOWN]
        self._asked.tools.show(fresh)
        if not fresh:
            return "That was everyone who fits. Loosen a filter (“any city”) to see others."
        lead = "Others that come near:" if result.relaxed else "More:"
        rest = result.model_copy(update={"matches": fresh})
        return replies.found(rest, turn=self._asked.context.turns, lead=lead)

    async def among(self, request: Request) -> str:
        ids = await self._asked.meant(request) if request.places or request.names else None
        if ids is None:
            ids = list(self._asked.context.latest_list)
        if not ids:
            return self._asked.not_shown(request)
        if kind := superlative(request.rest):
            return await self._pick(kind, ids)
        asked = self._asked_of_them(request.rest)
        if asked.is_empty:
            return self._asked.unclear()
        query = asked.model_copy(update={"only_ids": tuple(ids)})
        result = await self._asked.tools.search(query, limit=len(ids))
        if asked.filters == Filters():
            lead = f"Of the {len(ids)}, nearest to that first:"
            return replies.found(result, turn=self._asked.context.turns, lead=lead)
        if result.relaxed and request.intent is Intent.AMONG_OR:
            return await self._beyond(request, len(ids))
        text = replies.among(result, of=len(ids))
        if len(ids) == 1 or result.relaxed:  # narrows no search
            self._asked.tools.query = self._asked.context.query
        elif request.intent is Intent.AMONG_OR:  # narrows the search that they came from
            self._asked.tools.query = self._narrowed(request)
        if result.relaxed and len(ids) > 1:
            self._asked.tools.show(())
        return text

    def _asked_of_them(self, rest: str) -> TalentQuery:
        """What a question asks; after "who", a noun alone ("any of them women?") tells a story."""
        asked = describe(rest, today=self._asked.today)
        if asked.filters == Filters():
            plainly = describe(_WHO.sub(" ", rest), today=self._asked.today)
            return plainly if plainly.filters != Filters() else asked
        return asked

    def _narrowed(self, request: Request) -> TalentQuery:
        previous = self._asked.context.query or TalentQuery()
        return refine(request.rest, today=self._asked.today, previous=previous)

    async def _beyond(self, request: Request, shown: int) -> str:
        """None of those shown fits: then the search goes on with what was asked of them."""
        result = await self._asked.tools.search(self._narrowed(request), limit=_SHOWN)
        none = "Not the one I showed." if shown == 1 else f"None of the {shown} I showed."
        lead = replies.relaxed_lead(result) if result.relaxed else "Beyond them:"
        return replies.found(result, turn=self._asked.context.turns, lead=f"{none} {lead}")

    async def _pick(self, kind: Superlative, ids: Sequence[str]) -> str:
        best, text = picked(kind, await self._asked.peek(ids))
        if best is not None:
            await self._asked.tools.get([best.id])
        return text

    async def similar(self, request: Request) -> str:
        ids = await self._asked.meant(request)
        if not ids:
            return self._asked.not_shown(request)
        asked = describe(request.rest, today=self._asked.today)
        in_force = (self._asked.context.query or TalentQuery()).filters
        if asked.filters != Filters():
            within = TalentQuery(filters=asked.filters)
        elif request.places:
            within = TalentQuery(filters=in_force.model_copy(update={"names": ()}))
        else:
            within = TalentQuery()
        like = (await self._asked.peek(ids))[0]
        if like.gender and not within.filters.genders:
            filters = within.filters.model_copy(update={"genders": (like.gender,)})
            within = TalentQuery(filters=filters)
        result = await self._asked.tools.similar(like.id, within, limit=_SHOWN)
        lead = f"Most like **{plain(like.name)}**:"
        if result.relaxed:
            lead = f"{replies.relaxed_lead(result)[:-1]} and most like **{plain(like.name)}**:"
        if not result.matches:
            return f"I found nobody else like **{plain(like.name)}**."
        return replies.found(result, turn=self._asked.context.turns, lead=lead)
