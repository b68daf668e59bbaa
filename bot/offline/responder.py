"""Answers a turn without a model: what was meant, what the roster says, how it is put."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator

from bot.conversation import Recollection, Turn
from bot.offline import replies
from bot.offline.asked import Asked
from bot.offline.context import Context
from bot.offline.lately import with_lately_said
from bot.offline.remembered import answered, noted, told, why
from bot.offline.searching import Searching
from bot.offline.showing import Showing
from bot.offline.wishes import leaves_memory_out, without_memory_words
from bot.ports import Doing, TextDelta
from bot.talent import TalentQuery
from bot.tools import Toolbox, ToolError
from bot.wording import Intent, read_request
from bot.wording.memory_questions import asks_source, asks_who_said, memory_topic, source_topic

_SEARCHING = Doing("searching the roster…")
_READING = Doing("reading profiles…")
_PIECE = re.compile(r"\s*\S+\s*")

Events = AsyncGenerator[TextDelta | Doing, None]


class Offline:
    """A `Responder` that needs no key."""

    name = "offline"

    async def respond(self, turn: Turn, recollection: Recollection, tools: Toolbox) -> Events:
        """The reply, word by word. The first of a conversation says that we are offline."""
        context = Context.of(recollection)
        recollection = tools.given = with_lately_said(recollection, turn)
        if not recollection.history:
            async for delta in _streamed(replies.NOTICE):
                yield delta
        answer = _Answer(Asked(turn, context, tools, recollection))
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
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        said, context = asked.said, asked.context
        self._by_memory = _from_memory(asked)
        self._leaves_memory = leaves_memory_out(said)
        self._request = read_request(
            (without_memory_words(said) if self._leaves_memory else "") or said,
            has_results=bool(context.lists),
            has_query=context.query is not None,
        )

    @property
    def doing(self) -> Doing | None:
        if self._by_memory:
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
        if self._by_memory:
            return self._by_memory
        searching, showing = Searching(self._asked), Showing(self._asked)
        if self._leaves_memory and not without_memory_words(self._asked.said):
            return await searching.without_memory()
        acts = {
            Intent.SEARCH: searching.search_anew,
            Intent.REFINE: searching.refine,
            Intent.MORE: searching.more,
            Intent.AMONG: searching.among,
            Intent.AMONG_OR: searching.among,
            Intent.SIMILAR: searching.similar,
            Intent.FACT: showing.fact,
            Intent.ACT: showing.not_done,
            Intent.SHOW: showing.show,
            Intent.COMPARE: showing.compare,
            Intent.REASONS: showing.reasons,
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
                self._asked.tools.query = TalentQuery()
                return "Started over: earlier filters are gone. Whom are you looking for?"
        return self._asked.unclear()


def _from_memory(asked: Asked) -> str:
    """The answer to a question about memory, or to what lasts; empty where it is neither."""
    said, recollection, turn = asked.said, asked.recollection, asked.turn
    if asks_source(said) and (because := why(source_topic(said), recollection, turn)):
        return because
    if asks_who_said(said):
        return "Nobody has told me so, as far as I may tell here."
    topic = memory_topic(said)
    if topic is not None:
        return told(topic, recollection, turn)
    return answered(recollection, turn) or noted(turn, recollection)
