"""How CastMatch stands on a server, for its admins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, time, timedelta

import discord

from adapters.discord import setup_form
from adapters.discord.settings import GuildSettings
from adapters.discord.token import PERMISSIONS
from bot.conversation import Access
from bot.spending import Share

_WITHIN = 3.0
_COLOUR = discord.Colour(0x6D5BD0)
_SEES = {
    Access.TEAM: "All of the roster: this is a casting team's server.",
    Access.COMMUNITY: "The public part of the roster.",
}
_TRUSTED = "\nMembers of {roles} see all of it where nobody else reads the answer."
_TRUST_OFF = (
    "\n{roles} see no more than others yet. Whoever runs CastMatch can let the admins of this"
    " server say who sees all of it:\n```\ncastmatch workspace link {guild} --platform discord"
    " --access community --trusted team\n```"
)


async def ask(probes: Mapping[str, Callable[[], Awaitable[str]]]) -> Mapping[str, str]:
    """What is wrong with each part; empty while it works."""

    async def one(probe: Callable[[], Awaitable[str]]) -> str:
        try:
            async with asyncio.timeout(_WITHIN):
                return await probe()
        except TimeoutError:
            return f"no answer within {_WITHIN:.0f} s"

    said = await asyncio.gather(*map(one, probes.values()))
    return dict(zip(probes, said, strict=True))


def embed(
    guild: discord.Guild,
    settings: GuildSettings,
    *,
    access: Access,
    trust_counts: bool,
    shares: tuple[Share, Share],
    health: Mapping[str, str],
    running: str,
) -> discord.Embed:
    """`shares` are the reader's own and the whole server's."""
    shown = discord.Embed(title="CastMatch on this server", colour=_COLOUR)
    shown.add_field(
        name="People here see", value=_access(guild, settings, access, trust_counts), inline=False
    )
    lines = [f"{name}: **{value}**" for name, value in setup_form.told(settings)]
    shown.add_field(name="Set by /castmatch setup", value=_fitting(lines), inline=False)
    shown.add_field(name="Today", value=_today(*shares), inline=False)
    shown.add_field(name="Health", value=_health(guild, health, running), inline=False)
    return shown


def _access(
    guild: discord.Guild, settings: GuildSettings, access: Access, trust_counts: bool
) -> str:
    sees = _SEES[access]
    if access is Access.TEAM or not settings.trusted_roles:
        return sees
    roles = ", ".join(f"<@&{one}>" for one in settings.trusted_roles[:10])
    if trust_counts:
        return sees + _TRUSTED.format(roles=roles)
    return sees + _TRUST_OFF.format(roles=roles, guild=guild.id)


def _today(mine: Share, everybodys: Share) -> str:
    if mine.limit is None and everybodys.limit is None:
        return "Replies are not counted, as there is no limit."
    tomorrow = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)
    return (
        f"{_spent(everybodys)} for everybody, {_spent(mine)} for you. All begins anew"
        f" <t:{int(tomorrow.timestamp())}:R>."
    )


def _spent(share: Share) -> str:
    spent = f"{share.spent:,.0f}"
    return f"**{spent}** replies" if share.limit is None else f"**{spent}** of {share.limit:,}"


def _health(guild: discord.Guild, health: Mapping[str, str], running: str) -> str:
    lines = [
        f"✗ {part}: {wrong}" if wrong else f"✓ {part}" for part, wrong in sorted(health.items())
    ]
    if running:
        lines.append(f"-# This process runs {running}.")
    needed = discord.Permissions(PERMISSIONS)
    lacking = [
        name.replace("_", " ").title()
        for name, wanted in needed
        if wanted and not getattr(guild.me.guild_permissions, name)
    ]
    if lacking:
        lines.append(f"✗ I lack permissions on this server: {', '.join(lacking)}")
    return _fitting(lines)


def _fitting(lines: list[str]) -> str:
    """As many of the lines as a field holds."""
    text = ""
    for line in lines:
        if len(text) + len(line) > 1_000:
            break
        text += f"{line}\n"
    return text
