"""The tree of commands: where they can be used, how often, and what is said where one fails."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import app_commands

from adapters.discord.access import Act
from adapters.discord.answers import tell
from bot.casting import UNEXPECTED

log = structlog.get_logger(__name__)

COMMANDS, WITHIN = 10, 20.0
"""How many commands a person may give within so many seconds."""
_MOST_PEOPLE = 1_000
TOO_MANY = "That is a lot at once. Wait a few seconds, then try again."
CHANGED = "This command has changed. Press Ctrl+R in Discord, or try again in a minute."


class Commands(app_commands.CommandTree[Any]):
    """Every command, in servers and in direct messages, and anywhere for those who installed us
    for themselves; a command that should not be says so itself."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self._given: dict[int, app_commands.Cooldown] = {}

    async def interaction_check(self, act: Act, /) -> bool:
        if act.type is discord.InteractionType.autocomplete:
            return True
        now = act.created_at.timestamp()
        if len(self._given) > _MOST_PEOPLE:
            self._given = {k: v for k, v in self._given.items() if v.get_tokens(now) < COMMANDS}
        given = self._given.setdefault(act.user.id, app_commands.Cooldown(COMMANDS, WITHIN))
        if given.update_rate_limit(now) is None:
            return True
        await tell(act, TOO_MANY)
        return False

    async def on_error(self, act: Act, error: app_commands.AppCommandError, /) -> None:
        if act.type is discord.InteractionType.autocomplete:
            return  # of a command that has changed: nothing is suggested
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.info("discord_command_changed")
            await tell(act, CHANGED)
            return
        log.error("discord_command_failed", exc_info=error)
        await tell(act, UNEXPECTED)
