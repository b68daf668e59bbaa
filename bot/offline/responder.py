"""Answers a turn without a model: what was meant, what the roster says, how it is put."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from bot.conversation import Recollection, Turn
from bot.offline import replies
from bot.offline.context import Context
from bot.offline.phrases import plain
from bot.offline.picking import Superlative, count_asked, picked, superlative
from bot.offline.profiles import comparison, fact, profile
from bot.offline.remembered import coloured, noted, told, used_in_words, why
from bot.ports import Doing, TextDelta
from bot.talent import Filters, Match, SearchResult, Talent, TalentQuery
from bot.tools import Toolbox, ToolError
from bot.vocabulary.folding import fold
from bot.wording import Intent, Request, describe, describe_roles, fact_of, read_request, refine
from bot.wording.memory_questions import asks_source, memory_topic

_SHOWN = 5
_OF_EACH_ROLE = 3
_SEARCHING = Doing("searching the roster…")
_READING = Doing("reading profiles…")
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)
_PIECE = re.compile(r"\s*\S+\s*")

Events = AsyncGenerator[TextDelta | Doing, None]


class Offline:
    """A `Responder` that needs no key."""

    name = "offline"

    async def respond(self, turn: Turn, recollection: Recollection, tools: Toolbox) -> Events:
        """The reply, word by word. The first of a conversation says that we are offline."""
        context = Context.of(recollection)
        if not recollection.history:
            async for delta in _streamed(replies.NOTICE):
                yield delta
        answer = _Answer(turn, context, tools, recollection)
        if answer.doing is not None:
            yield answer.doing
        text = await answer.text()
        async for delta in _streamed(text):
            yield delta


async def _streamed(text: str) -> AsyncIterator[TextDelta]:
    """In small pieces that join to the text; others get their turn between them."""
    for piece in _PIECE.findall(text):
        yield TextDelta(piece)
        await asyncio.sleep(0)


class _Answer:
    def __init__(
        self, turn: Turn, context: Context, tools: Toolbox, recollection: Recollection
    ) -> None:
        self._turn = turn
        self._recollection = recollection
        self._topic = memory_topic(turn.message.text)
        self._why = why(recollection.history) if asks_source(turn.message.text) else ""
        self._noted = noted(turn)
        self._said = turn.message.text
        self._today = turn.message.sent_at.date()
        self._context = context
        self._tools = tools
        self._request = read_request(
            self._said,
            has_results=bool(context.lists),
            has_query=context.query is not None,
        )

    @property
    def doing(self) -> Doing | None:
        if self._topic is not None or self._why or self._noted:
            return None
        match self._request.intent:
            case Intent.SEARCH | Intent.REFINE | Intent.MORE | Intent.SIMILAR:
                return _SEARCHING
            case Intent.AMONG | Intent.AMONG_OR:
                return _SEARCHING
            case Intent.SHOW | Intent.COMPARE | Intent.REASONS | Intent.FACT:
                return _READING
        return None

    async def text(self) -> str:
        if self._why:
            return self._why
        if self._topic is not None:
            return told(self._topic, self._recollection, self._turn)
        if self._noted:
            return self._noted
        acts = {
            Intent.SEARCH: self._search_anew,
            Intent.REFINE: self._refine,
            Intent.MORE: self._more,
            Intent.AMONG: self._among,
            Intent.AMONG_OR: self._among,
            Intent.FACT: self._fact,
            Intent.ACT: self._not_done,
            Intent.SIMILAR: self._similar,
            Intent.SHOW: self._show,
            Intent.COMPARE: self._compare,
            Intent.REASONS: self._reasons,
        }
        act = acts.get(self._request.intent)
        if act is None:
            return self._small_talk(self._request.intent)
        try:
            return await act(self._request)
        except ToolError:
            return "That talent is no longer in the roster. Search again for those who are."

    def _small_talk(self, intent: Intent) -> str:
        match intent:
            case Intent.HELLO:
                return f"Hello! Tell me about the role. For example: {replies.EXAMPLES[0]}."
            case Intent.THANKS:
                return "You're welcome. Say “more” for others, or describe the next role."
            case Intent.HELP:
                return replies.help_text()
            case Intent.START_OVER:
                self._tools.query = TalentQuery()
                return "Started over: earlier filters are gone. Whom are you looking for?"
        return self._unclear()

    def _unclear(self) -> str:
        return replies.unclear(after_results=bool(self._context.lists))

    # --- searches --------------------------------------------------------------------------

    async def _search_anew(self, request: Request) -> str:
        roles = describe_roles(request.rest, today=self._today)
        if len(roles) == 1:
            return await self._search_by_memory(roles[0], request)
        results = [await self._tools.search(role, limit=_OF_EACH_ROLE) for role in roles]
        self._tools.show(match for result in results for match in result.matches)
        return replies.for_roles(results)

    async def _search_by_memory(self, query: TalentQuery, request: Request) -> str:
        """Within what is known for here, where the query leaves that open."""
        if query.is_empty:
            return self._unclear()
        facts = self._recollection.facts
        query, used = coloured(query, request.rest, facts, self._turn)
        text = await self._search(query)
        return f"{text}\n\n{used_in_words(used, self._turn)}" if used else text

    async def _search(self, query: TalentQuery) -> str:
        if query.is_empty:
            return self._unclear()
        result = await self._tools.search(query, limit=count_asked(self._said, _SHOWN))
        if "text" in result.relaxed and query.filters == Filters():
            self._tools.query = self._context.query
            self._tools.show(())
            return replies.nothing_near(query.text, after_results=bool(self._context.lists))
        return replies.found(result, turn=self._context.turns)

    async def _refine(self, request: Request) -> str:
        previous = self._context.query or TalentQuery()
        shown = await self._peek(self._context.latest)
        query = refine(request.rest, today=self._today, previous=previous, shown=shown)
        if query == previous:
            return (
                "I couldn't tell what to change. Say it as a filter, such as “only those under"
                " 25”, “in Mumbai instead” or “any city”."
            )
        return await self._search(query)

    async def _more(self, _: Request) -> str:
        query = self._context.query
        if query is None:
            return self._unclear()
        seen = self._context.shown_for_query
        result = await self._tools.search(query, limit=len(seen) + _SHOWN)
        fresh = tuple(m for m in result.matches if m.talent.id not in seen)[:_SHOWN]
        self._tools.show(fresh)
        if not fresh:
            return "That was everyone who fits. Loosen a filter (“any city”) to see others."
        lead = "Others that come near:" if result.relaxed else "More:"
        rest = result.model_copy(update={"matches": fresh})
        return replies.found(rest, turn=self._context.turns, lead=lead)

    async def _among(self, request: Request) -> str:
        ids = await self._meant(request) if request.places or request.names else None
        if ids is None:
            ids = list(self._context.latest_list)
        if not ids:
            return self._not_shown(request)
        if kind := superlative(request.rest):
            return await self._pick(kind, ids)
        asked = self._asked_of_them(request.rest)
        if asked.is_empty:
            return self._unclear()
        query = asked.model_copy(update={"only_ids": tuple(ids)})
        result = await self._tools.search(query, limit=len(ids))
        if asked.filters == Filters():
            lead = f"Of the {len(ids)}, nearest to that first:"
            return replies.found(result, turn=self._context.turns, lead=lead)
        if result.relaxed and request.intent is Intent.AMONG_OR:
            return await self._beyond(request, len(ids))
        text = replies.among(result, of=len(ids))
        if len(ids) == 1 or result.relaxed:  # narrows no search
            self._tools.query = self._context.query
        elif request.intent is Intent.AMONG_OR:  # narrows the search that they came from
            self._tools.query = self._narrowed(request)
        if result.relaxed and len(ids) > 1:
            self._tools.show(())
        return text

    def _asked_of_them(self, rest: str) -> TalentQuery:
        """What a question asks; after "who", a noun alone ("any of them women?") tells a story."""
        asked = describe(rest, today=self._today)
        if asked.filters == Filters():
            plainly = describe(_WHO.sub(" ", rest), today=self._today)
            return plainly if plainly.filters != Filters() else asked
        return asked

    def _narrowed(self, request: Request) -> TalentQuery:
        previous = self._context.query or TalentQuery()
        return refine(request.rest, today=self._today, previous=previous)

    async def _beyond(self, request: Request, shown: int) -> str:
        """None of those shown fits: then the search goes on with what was asked of them."""
        result = await self._tools.search(self._narrowed(request), limit=_SHOWN)
        none = "Not the one I showed." if shown == 1 else f"None of the {shown} I showed."
        lead = replies.relaxed_lead(result) if result.relaxed else "Beyond them:"
        return replies.found(result, turn=self._context.turns, lead=f"{none} {lead}")

    async def _pick(self, kind: Superlative, ids: Sequence[str]) -> str:
        best, text = picked(kind, await self._peek(ids))
        if best is not None:
            await self._tools.get([best.id])
        return text

    async def _similar(self, request: Request) -> str:
        ids = await self._meant(request)
        if not ids:
            return self._not_shown(request)
        asked = describe(request.rest, today=self._today)
        in_force = (self._context.query or TalentQuery()).filters
        if asked.filters != Filters():
            within = TalentQuery(filters=asked.filters)
        elif request.places:
            within = TalentQuery(filters=in_force.model_copy(update={"names": ()}))
        else:
            within = TalentQuery()
        like = (await self._peek(ids))[0]
        if like.gender and not within.filters.genders:
            filters = within.filters.model_copy(update={"genders": (like.gender,)})
            within = TalentQuery(filters=filters)
        result = await self._tools.similar(like.id, within, limit=_SHOWN)
        lead = f"Most like **{plain(like.name)}**:"
        if result.relaxed:
            lead = f"{replies.relaxed_lead(result)[:-1]} and most like **{plain(like.name)}**:"
        if not result.matches:
            return f"I found nobody else like **{plain(like.name)}**."
        return replies.found(result, turn=self._context.turns, lead=lead)

    # --- talents shown ---------------------------------------------------------------------

    async def _show(self, request: Request) -> str:
        if request.names:
            return await self._show_named(request.names[0])
        ids = self._context.at(request.places)
        talents = await self._tools.get(ids[:1])
        return profile(talents[0]) if talents else self._not_shown(request)

    async def _show_named(self, name: str) -> str:
        shown = await self._shown_called(name)
        if len(shown) == 1:
            return profile((await self._tools.get([shown[0].id]))[0])
        found = await self._tools.find_by_name(name)
        exact = [t for t in found if name.casefold() in _names_of(t)]
        if len(exact) == 1 or len(found) == 1:
            talent = (exact or list(found))[0]
            return profile((await self._tools.get([talent.id]))[0])
        if not found:
            return (
                f"Nobody in the roster is called {plain(name)}, or anything like it. To"
                " search by description instead, tell me the age, languages, skills or city."
            )
        return replies.which(name, found)

    async def _fact(self, request: Request) -> str:
        """One fact of those meant, or of who was shown last."""
        label = fact_of(fold(request.rest))
        if request.places or request.names:
            ids = await self._meant(request)
        else:
            ids = list(self._context.latest_list if request.all else self._context.latest)
        talents = await self._tools.get(ids)
        if label is None or not talents:
            return self._not_shown(request)
        return fact(label, talents)

    async def _not_done(self, request: Request) -> str:
        talents = await self._tools.get(await self._meant(request))
        return replies.not_done([talent.name for talent in talents])

    async def _compare(self, request: Request) -> str:
        ids = await self._meant(request)
        if len(ids) < 2 and not request.names:
            ids = list(self._context.latest_list[: 3 if not request.places else 2])
        if len(ids) < 2:
            return "Tell me which two to compare: “compare the first two”, or two names."
        return comparison(await self._tools.compare(ids[:4]))

    async def _reasons(self, request: Request) -> str:
        ids = await self._meant(request) if request.places or request.names else []
        ids = ids or list(self._context.latest)
        query = self._context.query
        if not ids or query is None:
            return self._not_shown(request)
        like = await self._peek([query.similar_to] if query.similar_to else [])
        within = query.model_copy(update={"only_ids": tuple(ids[:_SHOWN])})
        result: SearchResult = await self._tools.search(within, limit=_SHOWN)
        self._tools.query = query
        if not result.matches:
            return self._not_shown(request)
        said = [
            replies.reasons(
                match,
                query,
                like="".join(talent.name for talent in like),
                shown=match.talent.id in self._context.shown_for_query,
            )
            for match in result.matches
        ]
        return "\n\n".join(said)

    async def _meant(self, request: Request) -> list[str]:
        """The ids of those a request speaks of; none where they cannot be told."""
        if request.places:
            return self._context.at(request.places)
        ids: list[str] = []
        for name in request.names:
            shown = await self._shown_called(name)
            found = shown or await self._tools.find_by_name(name, limit=1)
            ids.extend(talent.id for talent in found[:1])
        return ids

    async def _shown_called(self, name: str) -> Sequence[Talent]:
        """Those of the talents shown who bear the name, wholly or in part."""
        wanted = name.casefold()
        ids = list(dict.fromkeys(i for shown in self._context.lists for i in shown))
        return [
            talent
            for talent in await self._peek(ids)
            if wanted in _names_of(talent) or wanted in talent.name.casefold().split()
        ]

    async def _peek(self, ids: Sequence[str]) -> Sequence[Talent]:
        """Talents looked up in passing: the reply does not show them."""
        if not ids:
            return ()
        before: tuple[Match, ...] = self._tools.matches
        talents = await self._tools.get(ids)
        self._tools.show(before)
        return talents

    def _not_shown(self, request: Request) -> str:
        if request.names:
            return f"Nobody in the roster is called {plain(request.names[0])}."
        if not self._context.lists:
            return f"I haven't shown anyone yet. {self._unclear()}"
        return f"I showed {len(self._context.latest_list)}; tell me which by number or name."


def _names_of(talent: Talent) -> set[str]:
    return {name.casefold() for name in (talent.name, *talent.other_names)}
