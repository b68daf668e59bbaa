"""Episodic memory: what was said before that matters to a turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

import numpy as np
import structlog

from bot.conversation import Audience, Author, ConversationKey
from bot.ports import EmbedderError
from bot.scopes import read_from
from db.episode_search import Asked
from memory.questions import understand
from memory.ranking import MATCHED, best, features, match_features, weighed
from memory.token_embedder import match
from memory.weights import FIRST, WEIGHTS

if TYPE_CHECKING:
    from bot.conversation import Turn
    from bot.memories import Episode
    from db.episode_search import Candidates, EpisodeSearch, Floats, Reading
    from memory.token_embedder import Meaning, TokenEmbedder

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


@dataclass(frozen=True, slots=True)
class Weighing:
    """Candidates and what there is to weigh of them."""

    reading: Reading
    candidates: Candidates
    first: Mapping[str, Floats]
    """Of these the best are held against the question token by token."""
    features: Mapping[str, Floats]
    """These and what came of that."""


class Recall:
    """Searches the scopes that everybody who reads the answer belongs to, and no others."""

    def __init__(self, episodes: EpisodeSearch, embedder: TokenEmbedder) -> None:
        self._episodes = episodes
        self._embedder = embedder

    async def recall(self, turn: Turn) -> Sequence[Episode]:
        """What was said that matters to the turn, best first. `UnavailableError` where our data
        cannot be reached."""
        return await self.search(Inquiry.of(turn))

    async def search(self, inquiry: Inquiry, *, limit: int = MOST) -> Sequence[Episode]:
        """What answers it, best first."""
        async with self.weighing(inquiry) as weighing:
            if weighing is None:
                return ()
            scores = weighed(weighing.features, WEIGHTS)
            keys = [weighing.candidates.keys[index] for index in best(scores, limit)]
            return await weighing.reading.texts(keys)

    @asynccontextmanager
    async def weighing(self, inquiry: Inquiry) -> AsyncIterator[Weighing | None]:
        """What is to be weighed, while memory is open; None where nothing was said,
        or in a large scope nothing near it."""
        audience, scopes = inquiry.audience, inquiry.scopes
        async with self._episodes.reading(audience, scopes) as reading:
            authors, size = await reading.speakers(inquiry.asked_in, inquiry.asker)
        if not size:
            yield None
            return
        question = understand(inquiry.text, inquiry.asker, inquiry.at, authors)
        meaning = await self._meaning(question.words)  # no connection is held meanwhile
        asked = Asked(
            words=question.words,
            vector=None if meaning is None else meaning.vector,
            model=self._embedder.name,
        )
        async with self._episodes.reading(audience, scopes) as reading:
            candidates = await reading.candidates(asked, size)
            if not candidates.keys:  # nothing is near it, or it was forgotten since
                yield None
                return
            first = features(question, candidates)
            held = best(weighed(first, FIRST), MATCHED)
            tokens: Mapping[int, bytes] = {}
            if meaning is not None:
                keys = [candidates.keys[index] for index in held]
                tokens = await reading.tokens(keys, self._embedder.name)
            matches = np.zeros(0, np.float32)
            if meaning is not None and tokens:
                matches = match(meaning.tokens, list(tokens.values()))
            matched = match_features(candidates, held[list(tokens)], matches)
            yield Weighing(reading, candidates, first, {**first, **matched})

    async def _meaning(self, text: str) -> Meaning | None:
        try:
            return await self._embedder.meaning(text)
        except EmbedderError as error:
            log.warning("recall_by_words_alone", error=str(error))
            return None
