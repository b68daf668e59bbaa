"""What is suggested while somebody types an option, from what they may see of the roster."""

from __future__ import annotations

import re
import time
from typing import TypeAlias

import discord
import structlog
from discord import app_commands

from adapters.discord.access import Act, find_alone
from adapters.discord.trust import Trust
from bot.conversation import Audience
from bot.ports import CompletedField, TalentRepository, UnavailableError

log = structlog.get_logger(__name__)

KNOWN_FOR = 30.0
"""Seconds for which whoever types is suggested what they might see when they began: at most so long
after they may see less."""
_MOST_KNOWN = 2_000
MOST, LONGEST = 25, 100
"""https://docs.discord.com/developers/interactions/application-commands#autocomplete"""
_BEFORE_LAST = re.compile(r"^(.*(?:[,;]|\sor\s))\s*", re.DOTALL | re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;]|\sor\s", re.IGNORECASE)

Choices: TypeAlias = list[app_commands.Choice[str]]


class Completing:
    """Completes values of the roster. Never raises for a roster that is away: nothing is then
    suggested, and what was typed can be sent all the same."""

    def __init__(self, talents: TalentRepository, trust: Trust) -> None:
        self._talents = talents
        self._trust = trust
        self._known: dict[tuple[object, ...], tuple[float, Audience]] = {}

    async def name(self, act: Act, typed: str) -> Choices:
        return _choices(await self._values(act, "name", typed))

    async def values(self, act: Act, field: CompletedField, typed: str) -> Choices:
        """Of several in one option the last is completed: "Hindi, Mar" to "Hindi, Marathi"."""
        found = _BEFORE_LAST.match(typed)
        before, last = (f"{found[1].rstrip()} ", typed[found.end() :]) if found else ("", typed)
        chosen = {value.strip().casefold() for value in _SEPARATORS.split(before)}
        values = await self._values(act, field, last)
        return _choices([f"{before}{value}" for value in values if value.casefold() not in chosen])

    async def _values(self, act: Act, field: CompletedField, begun: str) -> list[str]:
        try:
            audience = await self._audience(act)
            return list(await self._talents.complete(audience, field, begun, limit=MOST))
        except UnavailableError:
            log.info("discord_nothing_suggested", field=field)
            return []

    async def _audience(self, act: Act) -> Audience:
        """Theirs alone; the same for a while, as people ask with each letter that they type."""
        roles = tuple(act.user.roles) if isinstance(act.user, discord.Member) else ()
        who, now = (act.guild_id, act.user.id, *roles), time.monotonic()
        until, audience = self._known.get(who, (0.0, None))
        if audience is None or until < now:
            audience = await find_alone(act, self._trust)
            if len(self._known) > _MOST_KNOWN:
                self._known = {k: v for k, v in self._known.items() if v[0] > now}
            self._known[who] = now + KNOWN_FOR, audience
        return audience


def _choices(values: list[str]) -> Choices:
    return [
        app_commands.Choice(name=value, value=value)
        for value in values
        if 0 < len(value) <= LONGEST
    ]
