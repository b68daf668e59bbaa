"""What a turn asks, and what answering it draws on: shared by those who answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.conversation import Recollection, Turn
from bot.offline import replies
from bot.offline.context import Context
from bot.offline.phrases import plain
from bot.talent import Match, Talent
from bot.tools import Toolbox
from bot.wording import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn, before it is answered."""

    turn: Turn
    context: Context
    tools: Toolbox
    recollection: Recollection

    @property
    def said(self) -> str:
        return self.turn.message.text

    @property
    def today(self) -> date:
        return self.turn.message.sent_at.date()

    def unclear(self) -> str:
        return replies.unclear(after_results=bool(self.context.lists))

    def not_shown(self, request: Request) -> str:
        """To a request whose talents cannot be told."""
        if request.names:
            return f"Nobody in the roster is called {plain(request.names[0])}."
        if not self.context.lists:
            return f"I haven't shown anyone yet. {self.unclear()}"
        return f"I showed {len(self.context.latest_list)}; tell me which by number or name."

    async def meant(self, request: Request) -> list[str]:
        """The ids of those a request speaks of; none where they cannot be told."""
        if request.places:
            return self.context.at(request.places)
        ids: list[str] = []
        for name in request.names:
            shown = await self.shown_called(name)
            found = shown or await self.tools.find_by_name(name, limit=1)
            ids.extend(talent.id for talent in found[:1])
        return ids

    async def shown_called(self, name: str) -> Sequence[Talent]:
        """Those of the talents shown who bear the name, wholly or in part."""
        wanted = name.casefold()
        ids = list(dict.fromkeys(i for shown in self.context.lists for i in shown))
        return [
            talent
            for talent in await self.peek(ids)
            if wanted in names_of(talent) or wanted in talent.name.casefold().split()
        ]

    async def peek(self, ids: Sequence[str]) -> Sequence[Talent]:
        """Talents looked up in passing: the reply does not show them."""
        if not ids:
            return ()
        before: tuple[Match, ...] = self.tools.matches
        talents = await self.tools.get(ids)
        self.tools.show(before)
        return talents


def names_of(talent: Talent) -> set[str]:
    return {name.casefold() for name in (talent.name, *talent.other_names)}
