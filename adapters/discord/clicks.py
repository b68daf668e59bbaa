"""What the buttons and menus under a reply do.

They are read by their custom ids alone, so that they work after a restart. Whatever an id carries
may be forged: a turn must be of the channel that the button stands in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

import discord
import structlog

from adapters.acts import RateReply, RetryReply, StopReply, UnknownActError, decode
from adapters.afterwards import Afterwards
from adapters.discord import answers, profiles
from adapters.discord.access import Asker, author_of, find_asker
from adapters.discord.answers import Answer, tell
from adapters.discord.events import DMS, PLATFORM
from adapters.discord.reply_view import LIST, SHOW
from adapters.discord.trust import Trust
from adapters.edges import Ports
from adapters.searches import NotTheirsError
from bot.conversation import ConversationKey
from bot.stores import TalentGoneError

log = structlog.get_logger(__name__)

OLD_BUTTON = "This button does not work any more. Ask me again."
TRIED_AGAIN = "That is being tried again already, or was answered meanwhile."
HELPFUL, UNHELPFUL = (
    "Thanks, noted as helpful.",
    "Thanks, noted. Tell me what you miss, and I look again.",
)
GONE = "This talent is not in the roster any more, or not shown here."
ENDING_PAUSES = (0.1, 0.4, 1.0)
"""Seconds between tries: the button is there a moment before the turn has ended."""

Click: TypeAlias = "discord.Interaction[discord.Client]"
Handler: TypeAlias = Callable[[Click, str], Awaitable[None]]
"""Does what a component asks for, given what stands behind the colon of its custom id."""


class SomebodyElsesError(Exception):
    """About a reply that is not of this channel; `str()` is for the log."""


class Clicks:
    """Reads clicks and hands each to whoever does it. `handlers` may be added to: by the name
    before the colon of the custom ids."""

    def __init__(self, ports: Ports, afterwards: Afterwards, trust: Trust) -> None:
        self._ports = ports
        self._trust = trust
        self._afterwards = afterwards
        self.handlers: dict[str, Handler] = {
            StopReply.name: self._stop,
            RetryReply.name: self._retry,
            RateReply.name: self._rate,
            SHOW: self._show,
            LIST: self._list,
        }

    def begin(self, click: Click) -> None:
        """Do what was pressed, in the background."""
        custom_id = _data(click).get("custom_id")
        name, _, value = str(custom_id or "").partition(":")

        answers.begin(self._afterwards, click, name[:40] or "unnamed", self._do(click, name, value))

    async def _do(self, click: Click, name: str, value: str) -> None:
        try:
            await self.handlers.get(name, _unknown)(click, value)
        except (UnknownActError, SomebodyElsesError, NotTheirsError) as error:
            log.warning("discord_act_refused", reason=str(error), guild=str(click.guild_id))
            await tell(click, OLD_BUTTON)

    async def _stop(self, click: Click, value: str) -> None:
        turn_id = await self._begun(click, StopReply.name, value)
        await self._ports.turns.stop(turn_id)

    async def _retry(self, click: Click, value: str) -> None:
        turn_id = await self._begun(click, RetryReply.name, value)
        claim = (await self._asker(click)).claim
        for pause in (*ENDING_PAUSES, None):
            if await self._ports.turns.retry(turn_id, **claim._asdict()) is not None:
                break
            if pause is None:
                await tell(click, TRIED_AGAIN)
                return
            await asyncio.sleep(pause)
        await click.edit_original_response(view=None)

    async def _rate(self, click: Click, value: str) -> None:
        act = decode(RateReply.name, value)
        assert isinstance(act, RateReply)  # noqa: S101 - by its name
        await self._begun(click, RateReply.name, value)
        if await self._ports.feedback.rate(act.turn_id, author_of(click), helpful=act.helpful):
            await tell(click, HELPFUL if act.helpful else UNHELPFUL)

    async def _show(self, click: Click, value: str) -> None:
        async def look() -> Answer:
            await self._checked(click, _uuid(value))
            asker = await self._asker(click)
            found = await self._ports.talents.get(asker.alone, [chosen(click)])
            if not found:
                return GONE
            return lambda photos: profiles.profile(found[0], is_team=asker.is_team, photos=photos)

        await answers.privately(click, look())

    async def _list(self, click: Click, value: str) -> None:
        await click.response.defer(ephemeral=True, thinking=True)
        turn_id = _uuid(value)
        key = await self._checked(click, turn_id)
        asker = await self._asker(click)
        if not asker.is_team:
            raise SomebodyElsesError("a shortlist of the community")
        try:
            is_new = await self._ports.shortlists.add(
                asker.alone, key, chosen(click), asker.author, turn_id=turn_id
            )
        except TalentGoneError:
            await tell(click, GONE)
            return
        await tell(click, "On the shortlist." if is_new else "On the shortlist already.")

    async def _asker(self, click: Click) -> Asker:
        return await find_asker(click, self._trust)

    async def _begun(self, click: Click, name: str, value: str) -> UUID:
        """Acknowledge, and check whose reply it is about: its turn's id."""
        act = decode(name, value)
        await click.response.defer()
        assert isinstance(act, StopReply | RetryReply | RateReply)  # noqa: S101 - by its name
        await self._checked(click, act.turn_id)
        return act.turn_id

    async def _checked(self, click: Click, turn_id: UUID) -> ConversationKey:
        """Where the turn was asked, which is here."""
        found = await self._ports.turns.locate(turn_id)
        if found is None:
            raise SomebodyElsesError("no such reply")
        key = found[1]
        here = str(click.guild_id or DMS), str(click.channel_id)
        if key.platform != PLATFORM or here not in (
            (key.workspace, key.channel),
            (key.workspace, key.thread),
        ):
            raise SomebodyElsesError("a reply of another channel")
        return key


async def _unknown(click: Click, value: str) -> None:
    raise UnknownActError("no act is called that")


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise UnknownActError("a menu carries what none does") from None


def chosen(click: Click) -> str:
    """What was picked in a menu; anybody may have made it up."""
    values = _data(click).get("values") or [""]
    return str(values[0])[:100]


def _data(click: Click) -> Mapping[str, Any]:
    return click.data or {}
