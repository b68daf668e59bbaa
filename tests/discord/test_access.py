"""What members of trusted roles see, and that nobody reads along who may not see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.conversation import Access, Place
from db.pool import Database
from db.workspaces import link_workspace
from tests.discord.at_work import AtWork
from tests.fakes.discord import Channel, DiscordServer, Guild, Permission, Person, threads
from tests.fakes.discord.channel import PRIVATE_THREAD, PUBLIC_THREAD
from tests.slack.at_work import Echo
from tests.waiting import wait_until


@pytest.fixture
async def trusted(work: AtWork, guild: Guild, database: Database, asha: Person) -> Person:
    """Asha has the one role that a server's admins trust, and its operator lets them trust."""
    role = guild.role("Casting team")
    guild.give(asha, role)
    async with database.queue() as connection:
        await link_workspace(connection, "discord", guild.id, Access.COMMUNITY, Access.TEAM)
    await work.ports.workspace_settings.write(
        "discord", guild.id, {"trusted_roles": [role.id]}, default_access=Access.COMMUNITY
    )
    return asha


def role_of(guild: Guild, person: Person) -> str:
    return guild.members[person.id].roles[-1]


async def asks(person: Person, channel: Channel, echo: Echo) -> Access:
    """What the answer to a question of theirs may draw on."""
    before = len(echo.asked)
    await person.says(channel, f"{person.server.bot.mention} find dancers")
    await wait_until(lambda: len(echo.asked) > before)
    return echo.asked[-1].audience.access


async def test_where_only_trusted_people_read_they_see_what_the_team_sees(
    trusted: Person, guild: Guild, casting: Channel, echo: Echo
) -> None:
    assert await asks(trusted, casting, echo) is Access.COMMUNITY, "everybody reads it"
    assert await asks(trusted, trusted.dm, echo) is Access.TEAM
    own = guild.channel("team", private_to=[guild.roles[role_of(guild, trusted)]])
    assert await asks(trusted, own, echo) is Access.TEAM
    ben = guild.member("Ben")
    assert await asks(ben, ben.dm, echo) is Access.COMMUNITY


async def test_who_loses_the_role_sees_no_more_from_the_next_question_on(
    trusted: Person, guild: Guild, echo: Echo
) -> None:
    assert await asks(trusted, trusted.dm, echo) is Access.TEAM
    guild.members[trusted.id].roles.clear()
    assert await asks(trusted, trusted.dm, echo) is Access.COMMUNITY
    del guild.members[trusted.id]
    assert await asks(trusted, trusted.dm, echo) is Access.COMMUNITY


Open = Callable[[Guild, Channel, Person], object]


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param(
            lambda guild, room, _: room.allow(guild.role("Actors"), Permission.VIEW_CHANNEL),
            id="to another role",
        ),
        pytest.param(
            lambda _, room, ben: room.allow(ben, Permission.VIEW_CHANNEL), id="to one person"
        ),
        pytest.param(
            lambda guild, room, _: room.allow(guild.everyone, Permission.VIEW_CHANNEL),
            id="to everyone",
        ),
    ],
)
async def test_a_channel_that_is_opened_to_anybody_else_is_the_communitys(
    trusted: Person, guild: Guild, echo: Echo, opened: Open
) -> None:
    room = guild.channel("team", private_to=[guild.roles[role_of(guild, trusted)]])
    admins = guild.role("Admins", Permission.ADMINISTRATOR)
    room.allow(admins, Permission.VIEW_CHANNEL)
    assert await asks(trusted, room, echo) is Access.TEAM, "admins could take any role"
    opened(guild, room, guild.member("Ben"))
    assert await asks(trusted, room, echo) is Access.COMMUNITY


async def test_everyone_is_never_trusted(
    trusted: Person, work: AtWork, guild: Guild, echo: Echo
) -> None:
    await work.ports.workspace_settings.write(
        "discord", guild.id, {"trusted_roles": [guild.id]}, default_access=Access.COMMUNITY
    )
    room = guild.channel("quiet", private_to=[guild.role("Actors")])
    assert await asks(trusted, trusted.dm, echo) is Access.COMMUNITY
    guild.give(trusted, guild.roles[[*guild.roles][-1]])
    assert await asks(trusted, room, echo) is Access.COMMUNITY


async def test_admins_trust_counts_only_where_the_server_was_linked_so(
    trusted: Person, guild: Guild, database: Database, echo: Echo
) -> None:
    async with database.queue() as connection:
        await link_workspace(connection, "discord", guild.id, Access.COMMUNITY, Access.COMMUNITY)
    room = guild.channel("team", private_to=[guild.roles[role_of(guild, trusted)]])
    assert await asks(trusted, room, echo) is Access.COMMUNITY
    assert await asks(trusted, trusted.dm, echo) is Access.COMMUNITY


async def test_where_discord_does_not_tell_the_roles_nobody_is_trusted(
    trusted: Person, discord_server: DiscordServer, echo: Echo
) -> None:
    discord_server.fail("GET /guilds/{}/members/{}", status=403)
    assert await asks(trusted, trusted.dm, echo) is Access.COMMUNITY
    assert await asks(trusted, trusted.dm, echo) is Access.TEAM


@pytest.mark.parametrize(
    ("kind", "place"), [(PRIVATE_THREAD, Place.THREAD), (PUBLIC_THREAD, Place.PUBLIC)]
)
async def test_a_private_thread_is_a_place_of_its_own(  # noqa: PLR0917 - fixtures
    work: AtWork, discord_server: DiscordServer, asha: Person, casting: Channel, echo: Echo,
    kind: int, place: Place,
) -> None:  # fmt: skip
    """What is said in it is not remembered for all who read its channel, nor for its other
    private threads, whose people are others."""
    thread = threads.start(asha, casting, "The lead", kind=kind)
    threads.join(discord_server.bot, thread)
    await asks(asha, thread, echo)
    assert echo.asked[-1].audience.place is place
