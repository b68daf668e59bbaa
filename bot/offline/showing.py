"""Answers about talents: those shown before, and those who are named."""

from __future__ import annotations

from bot.offline import replies
from bot.offline.asked import Asked, names_of
from bot.offline.phrases import plain
from bot.offline.profiles import comparison, profile
from bot.offline.profiles import fact as told
from bot.talent import SearchResult
from bot.vocabulary.folding import fold
from bot.wording import Request, fact_of

_MOST = 5


class Showing:
    """Each method answers one kind of request."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def show(self, request: Request) -> str:
        if request.names:
            return await self._show_named(request.names[0])
        ids = self._asked.context.at(request.places)
        talents = await self._asked.tools.get(ids[:1])
        return profile(talents[0]) if talents else self._asked.not_shown(request)

    async def _show_named(self, name: str) -> str:
        shown = await self._asked.shown_called(name)
        if len(shown) == 1:
            return profile((await self._asked.tools.get([shown[0].id]))[0])
        found = await self._asked.tools.find_by_name(name)
        exact = [t for t in found if name.casefold() in names_of(t)]
        if len(exact) == 1 or len(found) == 1:
            talent = (exact or list(found))[0]
            return profile((await self._asked.tools.get([talent.id]))[0])
        if not found:
            return (
                f"Nobody in the roster is called {plain(name)}, or anything like it. To"
                " search by description instead, tell me the age, languages, skills or city."
            )
        return replies.which(name, found)

    async def fact(self, request: Request) -> str:
        """One fact of those meant, or of who was shown last."""
        label = fact_of(fold(request.rest))
        if request.places or request.names:
            ids = await self._asked.meant(request)
        else:
            ids = list(
                self._asked.context.latest_list if request.all else self._asked.context.latest
            )
        talents = await self._asked.tools.get(ids)
        if label is None or not talents:
            return self._asked.not_shown(request)
        return told(label, talents)

    async def not_done(self, request: Request) -> str:
        talents = await self._asked.tools.get(await self._asked.meant(request))
        return replies.not_done([talent.name for talent in talents])

    async def compare(self, request: Request) -> str:
        ids = await self._asked.meant(request)
        if len(ids) < 2 and not request.names:
            ids = list(self._asked.context.latest_list[: 3 if not request.places else 2])
        if len(ids) < 2:
            return "Tell me which two to compare: “compare the first two”, or two names."
        return comparison(await self._asked.tools.compare(ids[:4]))

    async def reasons(self, request: Request) -> str:
        ids = await self._asked.meant(request) if request.places or request.names else []
        ids = ids or list(self._asked.context.latest)
        query = self._asked.context.query
        if not ids or query is None:
            return self._asked.not_shown(request)
        like = await self._asked.peek([query.similar_to] if query.similar_to else [])
        within = query.model_copy(update={"only_ids": tuple(ids[:_MOST])})
        result: SearchResult = await self._asked.tools.search(within, limit=_MOST)
        self._asked.tools.query = query
        if not result.matches:
            return self._asked.not_shown(request)
        said = [
            replies.reasons(
                match,
                query,
                like="".join(talent.name for talent in like),
                shown=match.talent.id in self._asked.context.shown_for_query,
            )
            for match in result.matches
        ]
        return "\n\n".join(said)
