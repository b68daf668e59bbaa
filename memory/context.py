"""Everything that memory gives a turn, within a budget: recent turns, facts, what was said before.

Working memory is waited for; what else there is comes side by side with it and is left out where
it is late or our data is away, so that memory never holds up or fails a reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.conversation import Recollection
from bot.memories import Speaker
from bot.ports import UnavailableError
from bot.provenance import telling
from bot.vocabulary.folding import fold_key
from memory.packing import packed
from memory.recall import Inquiry
from memory.summary import says_nothing

if TYPE_CHECKING:
    from bot.conversation import Outcome, Turn
    from bot.facts import Fact
    from bot.memories import Episode, Lookup
    from bot.metrics import Metrics
    from memory.facts import Facts
    from memory.recall import Recall
    from memory.working import WorkingMemory

log = structlog.get_logger(__name__)

LOOKED_AT = 400
"""Episodes of which a lookup takes those of a person or a time, the most relevant."""
US = "you CastMatch"
"""What a model calls itself when it asks for its own words."""
LATE_AFTER = 0.15
"""Seconds after which a reply goes on without what has not come."""
FACT_CHARACTERS, MOST_FACTS = 1_600, 12
"""About 400 tokens."""

Item = TypeVar("Item")


class Context:
    """`bot.ports.Memory`: working memory, and facts and episodes beside it."""

    def __init__(
        self,
        working: WorkingMemory,
        facts: Facts,
        episodes: Recall,
        metrics: Metrics,
        *,
        late_after: float = LATE_AFTER,
    ) -> None:
        self._working = working
        self._facts = facts
        self._episodes = episodes
        self._metrics = metrics
        self._late_after = late_after

    async def recall(self, turn: Turn) -> Recollection:
        recollection, facts, episodes = await asyncio.gather(
            self._working.recall(turn),
            self._in_time("facts", self._facts.recall(turn)),
            self._in_time("episodes", self._episodes.recall(turn)),
        )
        stated = fitting(facts, FACT_CHARACTERS, lambda fact: len(fact.statement))[:MOST_FACTS]
        said = packed(
            [
                one
                for one in episodes
                if not _is_known(one, turn, recollection) and _adds(one, stated)
            ],
            turn.message.text,
        )
        return replace(
            recollection,
            facts=tuple(stated),
            episodes=tuple(sorted(said, key=lambda episode: episode.at)),
        )

    async def search(self, turn: Turn, lookup: Lookup) -> Recollection:
        """`bot.ports.MemorySearch`: the same recall as for a reply, with another question, and of
        what it finds only what was said by that person and in that time."""
        asked = replace(turn, message=replace(turn.message, text=lookup.question))
        facts, episodes = await asyncio.gather(
            self._facts.recall(asked), self._episodes.search(Inquiry.of(asked), limit=LOOKED_AT)
        )
        stated = fitting(
            [one for one in facts if _is_sought(lookup, one.source.author.name, one.source.at)],
            FACT_CHARACTERS,
            lambda fact: len(fact.statement),
        )[:MOST_FACTS]
        said = packed(
            [
                one
                for one in episodes
                if one.turn_id != turn.id
                and _is_sought(lookup, _speaker(one), one.at)
                and _adds(one, stated)
            ],
            lookup.question,
        )
        return Recollection(
            facts=tuple(stated),
            episodes=tuple(sorted(said, key=lambda episode: episode.at)),
        )

    async def remember(self, turn: Turn, outcome: Outcome) -> None:
        await self._working.remember(turn, outcome)

    async def forget(self, turn: Turn) -> None:
        await self._working.forget(turn)

    async def _in_time(self, part: str, recalling: Awaitable[Sequence[Item]]) -> Sequence[Item]:
        """What comes in time, or nothing."""
        with suppress(UnavailableError):
            try:
                async with asyncio.timeout(self._late_after):
                    return await recalling
            except TimeoutError:
                self._metrics.late_recalls.labels(part).inc()
        return ()


def fitting(items: Sequence[Item], budget: int, cost: Callable[[Item], int]) -> Sequence[Item]:
    """The first of `items` whose costs add up to no more than `budget`; one that does not fit any
    more makes place for shorter ones."""
    taken: list[Item] = []
    for item in items:
        if (left := budget - cost(item)) >= 0:
            budget = left
            taken.append(item)
    return taken


def _is_sought(lookup: Lookup, name: str, at: datetime) -> bool:
    """Whether that person said it in that time."""
    person = set(fold_key(lookup.person).split())
    day = at.astimezone(UTC).date()
    return (
        person <= set(fold_key(name).split())
        and (lookup.since is None or lookup.since <= day)
        and (lookup.until is None or day <= lookup.until)
    )


def _speaker(episode: Episode) -> str:
    return US if episode.speaker is Speaker.BOT else episode.author.name


def _adds(episode: Episode, stated: Sequence[Fact]) -> bool:
    """Whether it says something, and more than the facts that were learned from it."""
    of_it = [fact for fact in stated if fact.source.turn_id == episode.turn_id]
    if of_it and episode.speaker is Speaker.PERSON:
        told = " ".join(f"{fact.subject} {fact.statement}" for fact in of_it)
        return not telling(episode.text) <= telling(told)
    return not says_nothing(episode.text)


def _is_known(episode: Episode, turn: Turn, recollection: Recollection) -> bool:
    """Whether the turn itself or what else is given says it already."""
    told = {past.turn_id for past in recollection.history}
    heard = {one.id for one in recollection.overheard}
    return episode.turn_id == turn.id or episode.turn_id in told | heard
