"""`/castmatch setup` and `/castmatch status`, for those who manage a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import discord
import structlog
from discord import app_commands

from adapters.afterwards import Afterwards
from adapters.discord import setup_form, status
from adapters.discord.access import Act
from adapters.discord.answers import tell
from adapters.discord.events import PLATFORM
from adapters.discord.settings import GuildSettings
from adapters.discord.trust import TRUSTED
from adapters.edges import Ports
from bot.conversation import Access, Audience, Place

log = structlog.get_logger(__name__)

FOR_ADMINS = "This is for those who may manage the server."
NOT_HERE = "I am not a member of this server: add me to it first."
SAME = "Nothing changed."
CANNOT_WRITE = "I can't write in {channels}: allow me View Channel and Send Messages there."
NO_TRUST_YET = (
    "The roles have no effect yet: whoever runs CastMatch must link this server as trusted"
    " (`/castmatch status` has the command)."
)
Health = Callable[[], Mapping[str, Callable[[], Awaitable[str]]]]


class ServerCommands(
    app_commands.Group,
    name="castmatch",
    description="CastMatch on this server",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
):
    """`/castmatch`. An admin of a server may let others see commands: each looks itself."""

    def __init__(
        self, ports: Ports, afterwards: Afterwards, *, health: Health, running: Callable[[], str]
    ) -> None:
        """`health`: what is wrong with each part. `running`: which shards run here."""
        super().__init__(
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._ports, self._afterwards = ports, afterwards
        self._health, self._running = health, running

    @app_commands.command(description="Where it answers, who sees more, how many replies a day")
    async def setup(self, act: Act) -> None:
        self._begin(act, "castmatch_setup", self._open(act))

    @app_commands.command(description="What is set, what people here see, and whether all works")
    async def status(self, act: Act) -> None:
        self._begin(act, "castmatch_status", self._tell_status(act))

    async def submitted(self, act: Act, _: str) -> None:
        """The form of `setup` was sent."""
        guild = await self._guild(act)
        if guild is None:
            return
        before = await self._settings(guild)
        try:
            after = setup_form.filled(act.data or {}, str(guild.id))
        except setup_form.SetupError as error:
            await tell(act, f"{error} Nothing was changed.")
            return
        lines = list(setup_form.changes(before, after))
        if lines:
            await self._ports.workspace_settings.write(
                PLATFORM,
                str(guild.id),
                after.model_dump(mode="json"),
                default_access=Access.COMMUNITY,
            )
            log.info("discord_server_set_up", guild=str(guild.id), changed=len(lines))
        silent = [room for room in after.channels if not _may_write(guild, room)]
        if silent:
            lines.append(CANNOT_WRITE.format(channels=", ".join(f"<#{one}>" for one in silent)))
        if after.trusted_roles and not await self._trust_counts(guild):
            lines.append(NO_TRUST_YET)
        await tell(act, "\n".join(lines or [SAME]))

    async def _open(self, act: Act) -> None:
        if (guild := await self._guild(act)) is None:
            return
        kept, trust_counts = await self._settings(guild), await self._trust_counts(guild)
        await act.response.send_modal(setup_form.form(guild, kept, trust_counts=trust_counts))

    async def _tell_status(self, act: Act) -> None:
        if (guild := await self._guild(act)) is None:
            return
        await act.response.defer(ephemeral=True, thinking=True)
        health = await status.ask(self._health())
        shown = status.embed(
            guild,
            await self._settings(guild),
            access=(await self._audience(guild, Place.PUBLIC)).access,
            trust_counts=await self._trust_counts(guild),
            shares=await self._ports.spending.today(PLATFORM, str(guild.id), str(act.user.id)),
            health=health,
            running=self._running(),
        )
        await act.followup.send(
            embed=shown, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )

    async def _guild(self, act: Act) -> discord.Guild | None:
        """The server, if they may manage it; else they are told."""
        guild: discord.Guild | None = act.client.get_guild(act.guild_id or 0)
        if guild is None:
            await tell(act, NOT_HERE)
        elif not act.permissions.manage_guild:
            log.warning("discord_act_refused", reason="no admin", guild=str(guild.id))
            await tell(act, FOR_ADMINS)
            return None
        return guild

    async def _settings(self, guild: discord.Guild) -> GuildSettings:
        return GuildSettings.of(await self._ports.workspace_settings.read(PLATFORM, str(guild.id)))

    async def _trust_counts(self, guild: discord.Guild) -> bool:
        """Whether whoever operates CastMatch lets the admins say whom they trust."""
        audience = await self._audience(guild, Place.DM, **TRUSTED._asdict())
        return audience.access is Access.TEAM

    async def _audience(self, guild: discord.Guild, place: Place, **trust: Any) -> Audience:
        return await self._ports.workspace_settings.audience(
            PLATFORM, str(guild.id), place, default_access=Access.COMMUNITY, **trust
        )

    def _begin(self, act: Act, what: str, work: Coroutine[Any, Any, None]) -> None:
        async def words(said: str) -> None:
            await tell(act, said)

        self._afterwards.start(what, work, words)


def _may_write(guild: discord.Guild, channel_id: str) -> bool:
    channel = guild.get_channel(int(channel_id))
    mine = channel.permissions_for(guild.me) if channel else discord.Permissions.none()
    return mine.view_channel and (mine.send_messages or mine.send_messages_in_threads)
