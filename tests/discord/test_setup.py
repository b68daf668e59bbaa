"""What a server's admins set in `/castmatch setup`, and what `/castmatch status` tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.discord.settings import GuildSettings
from bot.conversation import Access
from db.pool import Database
from db.workspaces import link_workspace
from tests.conftest import ExpectedLogs
from tests.discord.at_work import AtWork
from tests.fakes.discord import Channel, DiscordServer, Guild, Permission, Person
from tests.slack.at_work import Echo
from tests.waiting import wait_until

CHANNELS, ROLES = "Channels where it answers", "Roles whose members see more"
THREADS = "Where it answers a question"
THREAD = "Open a thread for each conversation"
EACH, ALL = "Replies a day for each member", "Replies a day for the whole server"


@pytest.fixture
async def admin(work: AtWork, discord_server: DiscordServer, guild: Guild) -> Person:
    await wait_until(lambda: discord_server.commands.everywhere)
    return guild.member("Meera", guild.role("Organisers", Permission.MANAGE_GUILD))


async def set_up(admin: Person, channel: Channel, **values: Any) -> str:
    """What is said to the filled-in form."""
    opened = await admin.commands(channel, "/castmatch setup")
    answer = await (await admin.submits(opened, **values)).finished()
    assert answer.is_private
    return answer.shown


async def kept(work: AtWork, guild: Guild) -> GuildSettings:
    return GuildSettings.of(await work.ports.workspace_settings.read("discord", guild.id))


async def link(database: Database, guild: Guild, access: Access, trusted: Access) -> None:
    async with database.queue() as connection:
        await link_workspace(connection, "discord", guild.id, access, trusted)


def asked(form: Mapping[str, Any]) -> dict[str, str]:
    return {top["label"]: top.get("description", "") for top in form["components"]}


async def test_it_shows_what_is_set_and_says_what_changed(
    work: AtWork, guild: Guild, admin: Person, casting: Channel
) -> None:
    role, other = guild.role("Casting team"), guild.channel("auditions")
    said = await set_up(
        admin,
        casting,
        **{CHANNELS: [casting, other], ROLES: [role], THREADS: THREAD, EACH: "10", ALL: "1,000"},
    )
    assert said.splitlines()[:5] == [
        f"Answers in: every channel where it is spoken to → **<#{casting.id}>, <#{other.id}>**",
        f"See more: nobody → **<@&{role.id}>**",
        "Threads: none of its own → **one for each conversation**",
        "Replies a day for each member: no limit → **10**",
        "Replies a day for the server: no limit → **1,000**",
    ]
    assert await kept(work, guild) == GuildSettings(
        channels=(casting.id, other.id),
        trusted_roles=(role.id,),
        threads=True,
        daily_per_member=10,
        daily_per_server=1000,
    )
    assert await set_up(admin, casting, **{ROLES: []}) == f"See more: <@&{role.id}> → **nobody**"
    assert await set_up(admin, casting) == "Nothing changed."
    assert await set_up(admin, casting, **{ALL: "", CHANNELS: [casting]}) == (
        f"Answers in: <#{casting.id}>, <#{other.id}> → **<#{casting.id}>**\n"
        "Replies a day for the server: 1,000 → **no limit**"
    )
    assert (await kept(work, guild)).daily_per_server is None


async def test_what_was_set_holds(  # noqa: PLR0917 - fixtures
    discord_server: DiscordServer, guild: Guild, admin: Person, casting: Channel, asha: Person,
    echo: Echo,
) -> None:  # fmt: skip
    elsewhere, bot = guild.channel("chat"), discord_server.bot
    await set_up(admin, casting, **{CHANNELS: [casting], EACH: "1"})
    await asha.says(elsewhere, f"{bot.mention} dancers")
    await asha.says(casting, f"{bot.mention} singers")
    await wait_until(casting.from_bot)
    await asha.says(casting, f"{bot.mention} jugglers")
    await wait_until(lambda: len(casting.from_bot()) == 2 and casting.from_bot()[-1].content)
    assert [turn.message.text for turn in echo.asked] == ["singers"]
    refused = casting.from_bot()[-1].content
    assert refused.startswith("-# You've had your reply for today. There is more in ")
    assert "for you, <t:" in refused
    assert refused.endswith(":R>.")
    assert elsewhere.from_bot() == []


@pytest.mark.parametrize("number", ["-1", "ten", "1.5", "9999999", "٣"])
async def test_what_is_no_number_changes_nothing(
    work: AtWork, guild: Guild, admin: Person, casting: Channel, number: str
) -> None:
    said = await set_up(admin, casting, **{EACH: number, CHANNELS: [casting]})
    assert said.startswith(f"“{number}” is no number of replies")
    assert said.endswith("Nothing was changed.")
    assert await kept(work, guild) == GuildSettings()


async def test_everyone_cannot_be_trusted(
    work: AtWork, guild: Guild, admin: Person, casting: Channel
) -> None:
    assert "everybody" in await set_up(admin, casting, **{ROLES: [guild.everyone]})
    assert await kept(work, guild) == GuildSettings()


async def test_roles_count_only_where_the_server_was_linked_as_trusted_and_it_says_so(
    guild: Guild, admin: Person, casting: Channel, database: Database
) -> None:
    opened = await admin.commands(casting, "/castmatch setup")
    assert opened.modal is not None
    assert asked(opened.modal)[ROLES].startswith("No effect yet")
    said = await set_up(admin, casting, **{ROLES: [guild.role("Casting team")]})
    assert "The roles have no effect yet" in said
    status = await (await admin.commands(casting, "/castmatch status")).finished()
    assert f"workspace link {guild.id} --platform discord" in status.shown
    await link(database, guild, Access.COMMUNITY, Access.TEAM)
    opened = await admin.commands(casting, "/castmatch setup")
    assert opened.modal is not None
    assert asked(opened.modal)[ROLES].startswith("Their members see all of the roster")
    assert "no effect" not in await set_up(admin, casting, **{EACH: "5"})


async def test_a_channel_where_it_may_not_write_is_named(
    discord_server: DiscordServer, admin: Person, casting: Channel
) -> None:
    casting.deny(discord_server.bot, Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS)
    said = await set_up(admin, casting, **{CHANNELS: [casting]})
    assert f"I can't write in <#{casting.id}>" in said


async def test_what_is_gone_meanwhile_is_not_shown_as_set(
    work: AtWork, guild: Guild, admin: Person, casting: Channel
) -> None:
    await work.ports.workspace_settings.write(
        "discord",
        guild.id,
        {"channels": ["1"], "trusted_roles": ["2"], "daily_per_member": "x", "threads": True},
        default_access=Access.COMMUNITY,
    )
    said = await set_up(admin, casting)
    assert said == (
        "Answers in: <#1> → **every channel where it is spoken to**\nSee more: <@&2> → **nobody**"
    )
    assert (await kept(work, guild)).threads


async def test_only_who_may_manage_the_server_may(
    work: AtWork, guild: Guild, admin: Person, casting: Channel, expected_logs: ExpectedLogs
) -> None:
    with pytest.raises(AssertionError, match="does not see castmatch"):
        await guild.member("Ben").commands(casting, "/castmatch setup")
    opened = await admin.commands(casting, "/castmatch setup")
    guild.members[admin.id].roles.clear()
    expected_logs.expect("discord_act_refused")
    answer = await (await admin.submits(opened, **{EACH: "5"})).finished()
    assert answer.shown == "This is for those who may manage the server."
    assert await kept(work, guild) == GuildSettings()


async def test_the_form_is_taken_after_a_restart(  # noqa: PLR0917 - fixtures
    work: AtWork, discord_server: DiscordServer, guild: Guild, admin: Person, casting: Channel,
    expected_logs: ExpectedLogs,
) -> None:  # fmt: skip
    opened = await admin.commands(casting, "/castmatch setup")
    discord_server.gateway.open[0].invalidate()
    await wait_until(lambda: not discord_server.gateway.live)
    await wait_until(lambda: discord_server.gateway.live, seconds=20)
    answer = await (await admin.submits(opened, **{EACH: "5"})).finished()
    assert answer.shown == "Replies a day for each member: no limit → **5**"


async def test_status_tells_how_it_stands(  # noqa: PLR0917 - fixtures
    work: AtWork, discord_server: DiscordServer, guild: Guild, admin: Person, casting: Channel,
    asha: Person,
) -> None:  # fmt: skip
    await set_up(admin, casting, **{EACH: "5", ALL: "7"})
    await asha.says(casting, f"{discord_server.bot.mention} dancers")
    await wait_until(lambda: casting.from_bot() and casting.from_bot()[-1].labels())
    status = await (await admin.commands(casting, "/castmatch status")).finished()
    assert status.is_private
    for part in (
        "The public part of the roster.",
        "Replies a day for each member: **5**",
        "**1** of 7 for everybody, **0** of 5 for you",
        "✗ redis: cannot be reached",
        "✓ discord",
        "shard 0 of 1",
    ):
        assert part in status.shown, status.shown
