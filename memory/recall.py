"""Episodic memory: what was said before that matters to a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

import numpy as np
import structlog

from bot.conversation import Audience, Author, ConversationKey
from bot.ports import EmbedderError
from bot.scopes import read_from
from db.episode_search import NOTHING, Asked
from memory.questions import understand
from memory.ranking import scores

if TYPE_CHECKING:
    from bot.conversation import Turn
    from bot.memories import Episode
    from bot.ports import Embedder, Vector
    from db.episode_search import Candidates, EpisodeSearch
    from memory.questions import Question

log = structlog.get_logger(__name__)

MOST = 60
"""Episodes that are given, best first; whoever assembles the context takes what fits."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of memory, by whom and when, and what an answer may draw on."""

    text: str
    asker: Author
    at: datetime
    asked_in: ConversationKey
    audience: Audience
    scopes: Sequence[str]

    @classmethod
    def of(cls, turn: Turn) -> Self:
        message = turn.message
        return cls(
            text=message.text,
            asker=message.author,
            at=message.sent_at,
            asked_in=message.conversation,
            audience=turn.audience,
            scopes=read_from(message),
        )


class Recall:
    """Searches the scopes that everybody who reads the answer belongs to, and no others."""

    def __init__(self, episodes: EpisodeSearch, embedder: Embedder) -> None:
        self._episodes = episodes
        self._embedder = embedder

    async def recall(self, turn: Turn) -> Sequence[Episode]:
        """What was said that matters to the turn, best first. `UnavailableError` where our data
        cannot be reached."""
        return await self.search(Inquiry.of(turn))

    async def search(self, inquiry: Inquiry, *, limit: int = MOST) -> Sequence[Episode]:
        """What answers it, best first."""
        understood = await self._understand(inquiry)
        if understood is None:
            return ()
        question, asked, size = understood
        async with self._episodes.reading(inquiry.audience, inquiry.scopes) as reading:
            candidates = await reading.candidates(asked, size)
            if not candidates.keys:  # forgotten since
                return ()
            best = np.argsort(-scores(question, candidates), kind="stable")[:limit]
            return await reading.texts([candidates.keys[index] for index in best])

    async def candidates(self, inquiry: Inquiry) -> tuple[Question, Candidates] | None:
        """How it is understood, and what is ranked; None where nothing was ever said."""
        understood = await self._understand(inquiry)
        if understood is None:
            return None
        question, asked, size = understood
        async with self._episodes.reading(inquiry.audience, inquiry.scopes) as reading:
            return question, await reading.candidates(asked, size)

    async def _understand(self, inquiry: Inquiry) -> tuple[Question, Asked, int] | None:
        """No connection is held while the question is embedded."""
        async with self._episodes.reading(inquiry.audience, inquiry.scopes) as reading:
            authors, size = await reading.speakers(inquiry.asked_in, inquiry.asker)
        if not size:
            return None
        question = understand(inquiry.text, inquiry.asker, inquiry.at, authors)
        asked = Asked(
            words=question.words,
            vector=await self._vector(question.words),
            model=self._embedder.name,
            fits=question.fits or NOTHING,
        )
        return question, asked, size

    async def _vector(self, text: str) -> Vector | None:
        try:
            return await self._embedder.query(text)
        except EmbedderError as error:
            log.warning("recall_by_words_alone", error=str(error))
            return None
