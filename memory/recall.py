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
        found = await self.candidates(inquiry)
        if found is None:
            return ()
        question, candidates = found
        best = np.argsort(-scores(question, candidates), kind="stable")[:limit]
        keys = [candidates.keys[index] for index in best]
        return await self._episodes.texts(inquiry.audience, inquiry.scopes, keys)

    async def candidates(self, inquiry: Inquiry) -> tuple[Question, Candidates] | None:
        """How it is understood, and what may answer it; None where nothing was ever said."""
        audience, scopes = inquiry.audience, inquiry.scopes
        authors = await self._episodes.authors(audience, scopes, inquiry.asked_in, inquiry.asker)
        if not authors:
            return None
        question = understand(inquiry.text, inquiry.asker, inquiry.at, authors)
        asked = Asked(
            words=question.words,
            vector=await self._vector(question.words),
            model=self._embedder.name,
            fits=question.fits or NOTHING,
        )
        candidates = await self._episodes.candidates(audience, scopes, asked)
        return None if candidates is None else (question, candidates)

    async def _vector(self, text: str) -> Vector | None:
        try:
            return await self._embedder.query(text)
        except EmbedderError as error:
            log.warning("recall_by_words_alone", error=str(error))
            return None
