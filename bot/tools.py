"""What may be looked up while a reply is written, bound to one turn and its audience."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from pydantic import BaseModel, ValidationError

from bot.conversation import Audience, Recollection
from bot.injection import note_injection
from bot.memory_text import found_text
from bot.talent import Match, SearchResult, Talent, TalentQuery
from bot.tool_definitions import (
    SCHEMAS,
    TOOLS,
    CompareTalents,
    FindSimilar,
    JsonObject,
    RecallMemory,
    SearchTalents,
    ShowTalent,
)
from bot.tool_text import names_text, profiles_text, search_text

if TYPE_CHECKING:
    from bot.conversation import Turn
    from bot.memories import Lookup
    from bot.ports import MemorySearch, TalentRepository

log = structlog.get_logger(__name__)


class ToolError(Exception):
    """A tool was called wrongly or could not answer; `str()` tells the model what to do."""


class Toolbox:
    """The tools of one turn.

    The offline responder uses the typed methods, Claude `schemas` and `call`. Both leave the
    same notes behind, so that the reply can show cards and the next turn knows what "the second
    one" means: `query` is the last search, `matches` the talents to show, in order, and `seen`
    every talent that any tool returned. `given` is what memory gave.
    """

    def __init__(
        self,
        talents: TalentRepository,
        audience: Audience,
        *,
        turn: Turn | None = None,
        memory: MemorySearch | None = None,
        call_seconds: float = 20,
    ) -> None:
        """Memory is looked into for `turn`, by `memory`. A model's call that takes longer than
        `call_seconds` counts as failed."""
        self._talents = talents
        self._audience = audience
        self._turn = turn
        self._memory = memory
        self._call_seconds = call_seconds
        self._seen: dict[str, Match] = {}
        self.query: TalentQuery | None = None
        self.matches: tuple[Match, ...] = ()
        self.given = Recollection()

    # --- typed, for the offline responder ------------------------------------------------

    async def search(self, query: TalentQuery, *, limit: int = 5) -> SearchResult:
        """The best matches of `query`, which becomes the turn's query."""
        self.query = query  # at once: of calls side by side the last one asked for is kept
        result = await self._talents.search(self._audience, query, limit=limit)
        self.show(result.matches)
        return result

    async def get(self, talent_ids: Sequence[str]) -> Sequence[Talent]:
        """Those that exist and may be seen, in the order asked."""
        return self._noted(await self._talents.get(self._audience, talent_ids))

    async def find_by_name(self, name: str, *, limit: int = 5) -> Sequence[Talent]:
        """Whose name is or resembles `name`, nearest first."""
        return self._noted(await self._talents.find_by_name(self._audience, name, limit=limit))

    async def similar(
        self, talent_id: str, query: TalentQuery | None = None, *, limit: int = 5
    ) -> SearchResult:
        """Those most like a talent, within `query`. `ToolError` when nobody has that id."""
        await self._existing([talent_id])
        query = (query or TalentQuery()).model_copy(update={"similar_to": talent_id})
        return await self.search(query, limit=limit)

    async def compare(self, talent_ids: Sequence[str]) -> Sequence[Talent]:
        """The talents to lay side by side. `ToolError` names each id that nobody has."""
        if len(set(talent_ids)) < 2:
            raise ToolError("Comparing takes at least two different talents' ids.")
        return await self._existing(talent_ids)

    async def recall(self, lookup: Lookup) -> Recollection:
        """What memory holds of it for whoever reads this turn's reply, which joins what was
        `given`. `ToolError` where there is no memory to look into."""
        if self._turn is None or self._memory is None:
            raise ToolError("Memory can't be read just now. Tell the person so.")
        found = await self._memory.search(self._turn, lookup)
        given = self.given
        self.given = replace(
            given,
            facts=tuple({one.id: one for one in (*given.facts, *found.facts)}.values()),
            episodes=tuple(dict.fromkeys((*given.episodes, *found.episodes))),
        )
        return found

    async def unknown_names(self, names: Sequence[str]) -> set[str]:
        """Those that are no talent's name, as `TalentRepository.unknown_names` says."""
        return await self._talents.unknown_names(self._audience, names)

    def show(self, matches: Iterable[Match]) -> None:
        """Make these the talents that the reply shows, in this order."""
        self.matches = tuple(matches)
        found = (match.talent for match in self.matches)
        note_injection(talent for talent in found if talent.id not in self._seen)
        for match in self.matches:
            self._seen[match.talent.id] = match

    def show_named_in(self, text: str) -> None:
        """Show, of all talents seen, those whom `text` names, in its order.

        A first name counts where only one of those seen bears it.
        """
        placed = [(_place_of(m.talent, self.seen, text), m) for m in self._seen.values()]
        self.matches = tuple(
            match for place, match in sorted(placed, key=lambda pair: pair[0]) if place >= 0
        )

    @property
    def seen(self) -> Sequence[Talent]:
        """Every talent that a tool has returned in this turn."""
        return [match.talent for match in self._seen.values()]

    @property
    def names(self) -> frozenset[str]:
        """Every name of every talent seen."""
        return frozenset(
            name for talent in self.seen for name in (talent.name, *talent.other_names)
        )

    # --- for the model -------------------------------------------------------------------

    @property
    def schemas(self) -> tuple[JsonObject, ...]:
        """The tools' definitions for the Messages API: the same bytes each time."""
        return SCHEMAS

    def doing(self, name: str) -> str:
        """What people are told while the tool runs."""
        tool = TOOLS.get(name)
        return tool.doing if tool else "working on it…"

    async def call(self, name: str, arguments: object) -> str:
        """Run a tool as the model asked, and its result as text.

        Raises only `ToolError`, with a message for the model. What fails unexpectedly is logged
        here with its traceback, and the model only learns that it failed.
        """
        if name not in TOOLS:
            raise ToolError(f"There is no tool {name!r}. There are: {', '.join(TOOLS)}.")
        try:
            checked = TOOLS[name].arguments.model_validate(arguments)
            async with asyncio.timeout(self._call_seconds):
                return await self._run(checked)
        except ToolError:
            raise
        except ValidationError as error:
            raise ToolError(f"{name} was called wrongly. {_faults(error)}") from None
        except Exception as error:  # the boundary of a tool call
            log.exception("tool failed", tool=name)
            raise ToolError(
                f"{name} failed on our side, not because of its arguments. Try once more at most,"
                " then tell the person that it cannot be looked up just now."
            ) from error

    async def _run(self, arguments: BaseModel) -> str:
        match arguments:
            case SearchTalents():
                return search_text(await self.search(arguments.query(), limit=arguments.limit))
            case FindSimilar():
                found = await self.similar(arguments.id, arguments.query(), limit=arguments.limit)
                return search_text(found)
            case CompareTalents():
                return profiles_text(await self.compare(arguments.ids))
            case RecallMemory():
                return await self._recalled(arguments.lookup())
            case ShowTalent(id=""):
                return await self._shown_by_name(arguments.name)
            case ShowTalent():
                return profiles_text(await self._existing([arguments.id]))
        raise TypeError(f"no tool takes {type(arguments).__name__}")

    async def _recalled(self, lookup: Lookup) -> str:
        found = await self.recall(lookup)
        assert self._turn is not None  # noqa: S101 - `recall` has looked
        return found_text(found, self._turn)

    async def _shown_by_name(self, name: str) -> str:
        found = await self.find_by_name(name)
        if not found:
            raise ToolError(
                f"Nobody in the roster is called {name!r} or anything like it. Tell the person so;"
                " don't guess at details."
            )
        exact = [talent for talent in found if talent.name.casefold() == name.strip().casefold()]
        if len(exact) == 1:
            return profiles_text(exact)
        if len(found) == 1:
            return profiles_text(
                found, note=f"Nobody is called exactly {name!r}; this is the nearest name."
            )
        return names_text(
            found, note=f"Several names resemble {name!r}. Ask who is meant unless it is clear."
        )

    async def _existing(self, talent_ids: Sequence[str]) -> Sequence[Talent]:
        talents = await self.get(talent_ids)
        missing = sorted(set(talent_ids) - {talent.id for talent in talents})
        if missing:
            raise ToolError(
                f"Nobody has the id {', '.join(missing)}. Ids are in earlier results and in"
                " <shown>; without one, look the person up with show_talent and their name."
            )
        return talents

    def _noted(self, talents: Sequence[Talent]) -> Sequence[Talent]:
        """Make these the talents to show, each with the reasons that a search had given."""
        self.show(self._seen.get(t.id, Match(talent=t, score=1.0, reasons=())) for t in talents)
        return talents


def _faults(error: ValidationError) -> str:
    """What is wrong with which argument, in a line that the model can act on."""
    return " ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: "
        f"{fault['msg'].removeprefix('Value error, ')}."
        for fault in error.errors(include_url=False, include_context=False)[:5]
    )


def _place_of(talent: Talent, seen: Iterable[Talent], text: str) -> int:
    """Where `text` first names the talent, or -1."""
    names = [talent.name, *talent.other_names]
    first = talent.name.split(maxsplit=1)[0] if talent.name else ""
    if first and [t.name.split(maxsplit=1)[0] for t in seen if t.name].count(first) == 1:
        names.append(first)
    places = [
        found.start()
        for name in names
        if name and (found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
    ]
    return min(places, default=-1)
