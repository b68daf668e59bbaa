"""The form in which a server's admins set CastMatch up, and what it says of what they changed.

Discord takes five fields in a form: https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from adapters.discord import markdown
from adapters.discord.settings import GuildSettings

CALLBACK = "setup"
_MOST_CHOSEN, _MOST_REPLIES = 25, 1_000_000
_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
]
_THREADS = {"no": "Answer in the channel", "yes": "Open a thread for each conversation"}
_TRUSTED = {
    True: "Their members see all of the roster where nobody else reads the answer.",
    False: "No effect yet: whoever runs CastMatch must link this server as trusted first.",
}
EVERYONE_TRUSTED = "@everyone is everybody on the server; choose roles of those who may see more."
NOT_A_NUMBER = (
    "“{said}” is no number of replies: write a whole number up to 1,000,000, or leave it empty for"
    " no limit."
)


class SetupError(Exception):
    """The form can't be taken; `str()` says why, in one sentence."""


def form(guild: discord.Guild, kept: GuildSettings, *, trust_counts: bool) -> discord.ui.Modal:
    """The form, filled with what is set now. What is gone meanwhile is left out."""
    modal = discord.ui.Modal(title="Set up CastMatch", custom_id=f"{CALLBACK}:")
    channels = [
        discord.SelectDefaultValue(id=int(one), type=discord.SelectDefaultValueType.channel)
        for one in kept.channels
        if guild.get_channel(int(one))
    ]
    roles = [
        discord.SelectDefaultValue(id=int(one), type=discord.SelectDefaultValueType.role)
        for one in kept.trusted_roles
        if guild.get_role(int(one))
    ]
    fields: Sequence[tuple[str, str, discord.ui.Item[Any]]] = (
        (
            "Channels where it answers",
            "None: wherever it is spoken to. Commands work everywhere.",
            discord.ui.ChannelSelect(
                custom_id="channels",
                channel_types=_CHANNEL_TYPES,
                default_values=channels,
                **_ANY_NUMBER,
            ),
        ),
        (
            "Roles whose members see more",
            _TRUSTED[trust_counts],
            discord.ui.RoleSelect(custom_id="trusted_roles", default_values=roles, **_ANY_NUMBER),
        ),
        (
            "Where it answers a question",
            "Questions in channels; in threads it answers there.",
            discord.ui.Select(
                custom_id="threads",
                options=[
                    discord.SelectOption(
                        label=label, value=value, default=kept.threads is (value == "yes")
                    )
                    for value, label in _THREADS.items()
                ],
            ),
        ),
        (
            "Replies a day for each member",
            "Empty: no limit. The day is that of UTC.",
            _number("daily_per_member", kept.daily_per_member),
        ),
        (
            "Replies a day for the whole server",
            "Empty: no limit.",
            _number("daily_per_server", kept.daily_per_server),
        ),
    )
    for label, description, component in fields:
        modal.add_item(discord.ui.Label(text=label, description=description, component=component))
    modal.stop()  # nothing waits for it: it is read by its custom id, also after a restart
    return modal


def filled(data: Mapping[str, Any], guild_id: str) -> GuildSettings:
    """What was filled in. `SetupError` where it can't be."""
    fields = {
        inside["custom_id"]: inside
        for top in data.get("components") or ()
        if (inside := top.get("component"))
    }
    roles = _chosen(fields, "trusted_roles")
    if guild_id in roles:
        raise SetupError(EVERYONE_TRUSTED)
    return GuildSettings(
        channels=_chosen(fields, "channels"),
        trusted_roles=roles,
        threads=_chosen(fields, "threads") == ("yes",),
        daily_per_member=_replies(fields, "daily_per_member"),
        daily_per_server=_replies(fields, "daily_per_server"),
    )


def changes(before: GuildSettings, after: GuildSettings) -> Iterator[str]:
    """A line for each thing that is another now."""
    for was, now in zip(told(before), told(after), strict=True):
        if was != now:
            yield f"{now[0]}: {was[1]} → **{now[1]}**"


def told(settings: GuildSettings) -> Iterator[tuple[str, str]]:
    """Each setting's name and value, for people."""
    everywhere = ", ".join(f"<#{one}>" for one in settings.channels)
    yield "Answers in", everywhere or "every channel where it is spoken to"
    yield "See more", ", ".join(f"<@&{one}>" for one in settings.trusted_roles) or "nobody"
    yield "Threads", "one for each conversation" if settings.threads else "none of its own"
    yield "Replies a day for each member", _limit(settings.daily_per_member)
    yield "Replies a day for the server", _limit(settings.daily_per_server)


_ANY_NUMBER: dict[str, Any] = {"required": False, "min_values": 0, "max_values": _MOST_CHOSEN}


def _number(name: str, value: int | None) -> discord.ui.TextInput[discord.ui.Modal]:
    return discord.ui.TextInput(
        custom_id=name, required=False, max_length=9, default=None if value is None else str(value)
    )


def _chosen(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(value) for value in (fields.get(name) or {}).get("values") or ())


def _replies(fields: Mapping[str, Any], name: str) -> int | None:
    said = str((fields.get(name) or {}).get("value") or "").strip()
    if not said:
        return None
    digits = said.replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > _MOST_REPLIES:
        raise SetupError(NOT_A_NUMBER.format(said=markdown.plain(said, 20)))
    return int(digits)


def _limit(replies: int | None) -> str:
    return "no limit" if replies is None else f"{replies:,}"
