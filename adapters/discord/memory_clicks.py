"""What is pressed and chosen under what `/memory` answers, and whose memory it is about."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.acts import SayMemory, decode_as
from adapters.discord import answers, memory_view
from adapters.discord.access import Act, find_asker
from adapters.discord.answers import Answer
from adapters.discord.clicks import Click, Handler, chosen
from adapters.discord.trust import Trust
from bot.conversation import Access
from bot.memory_acts import Asker, MemoryActs


class MemoryClicks:
    """Each is about whoever presses, whatever it carries."""

    def __init__(self, memory: MemoryActs, trust: Trust) -> None:
        self._memory = memory
        self._trust = trust

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {SayMemory.name: self._pressed, memory_view.PICK: self._picked}

    async def _pressed(self, click: Click, value: str) -> None:
        says = decode_as(SayMemory, value).says

        async def answer() -> Answer:
            asker = await asker_of(click, self._trust)
            return memory_view.shown(await self._memory.do_and_show(asker, says))

        await answers.in_place(click, answer())

    async def _picked(self, click: Click, _: str) -> None:
        """Ask before a fact goes, with what it says."""
        says = decode_as(SayMemory, f"forget {chosen(click)}").says

        async def answer() -> Answer:
            asker = await asker_of(click, self._trust)
            statement = await self._memory.statement(asker, chosen(click))
            return memory_view.ask_about(statement, says) if statement else memory_view.GONE

        await answers.in_place(click, answer())


async def asker_of(act: Act, trust: Trust) -> Asker:
    """In a server it is about what was said there, elsewhere about direct messages."""
    asker = await find_asker(act, trust)
    return Asker(
        asker.author,
        asker.channel,
        asker.there.place,
        Access.COMMUNITY,
        is_admin=bool(act.guild_id) and act.permissions.manage_guild,
        is_everywhere=True,
        posts_stay=True,
    )
