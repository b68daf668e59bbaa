"""What earlier turns of the conversation mean for this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation import Recollection
from bot.talent import TalentQuery


@dataclass(frozen=True, slots=True)
class Context:
    """The search in force, and the lists shown, newest first."""

    turns: int
    query: TalentQuery | None
    lists: tuple[tuple[str, ...], ...]
    shown_for_query: frozenset[str]
    """Every talent that has been shown for the search in force."""

    @classmethod
    def of(cls, recollection: Recollection) -> Context:
        """A turn that found nothing in particular ("thanks") does not end the search before it,
        one that started over does: it is kept as an empty query."""
        outcomes = [past.outcome for past in recollection.history]
        query = next((o.query for o in reversed(outcomes) if o.query is not None), None)
        lists = []
        for outcome in reversed(outcomes):
            if outcome.query is not None and outcome.query.is_empty:
                break
            if outcome.talent_ids:
                lists.append(outcome.talent_ids)
        shown = frozenset(
            talent_id for o in outcomes if o.query == query for talent_id in o.talent_ids
        )
        if query is not None and query.is_empty:
            query, shown = None, frozenset()
        return cls(len(outcomes), query, tuple(lists), shown)

    @property
    def latest(self) -> tuple[str, ...]:
        return self.lists[0] if self.lists else ()

    @property
    def latest_list(self) -> tuple[str, ...]:
        """The newest list of several; where only single talents were shown, the newest of them."""
        return next((ids for ids in self.lists if len(ids) > 1), self.latest)

    def at(self, places: Sequence[int]) -> list[str]:
        """The talents at these places (from 1; -1 is the last) of the newest list that is long
        enough; a lone place 1 means the talent shown last, if only one was."""
        if tuple(places) == (1,) and len(self.latest) == 1:
            return list(self.latest)
        need = max((abs(place) for place in places), default=0)
        for ids in self.lists:
            if len(ids) >= need and (len(ids) > 1 or need == 1):
                return [ids[place - 1] if place > 0 else ids[place] for place in places]
        return []
