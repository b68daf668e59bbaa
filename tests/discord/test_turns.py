"""What happens to a question while it is answered and after: changed, deleted, stopped, asked
again, rated. Through Claude's own client, on a Claude that runs on loopback."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.claude import Claude
from bot.conversation import Access
from bot.metrics import Metrics
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.workspaces import link_workspace
from tests.conftest import ExpectedLogs
from tests.db.sql import fetch
from tests.discord.at_work import AtWork, at_work
from tests.fakes.claude import ClaudeServer
from tests.fakes.discord import Channel, DiscordServer, Guild, Permission, Person
from tests.fakes.discord import Message as Shown
from tests.talents.rosters import store, talent, talent_id
from tests.waiting import wait_until

BEGUN = "Looking at everybody who dances"
CONTACT, AGENT = "meera@example.com", "Tamarind Talent"


@pytest.fixture
async def claude() -> AsyncIterator[ClaudeServer]:
    async with ClaudeServer() as server:
        yield server
        assert not server.complaints


@pytest.fixture
async def work(
    discord_server: DiscordServer, guild: Guild, database: Database, redis: Redis,
    claude: ClaudeServer,
) -> AsyncIterator[AtWork]:  # fmt: skip
    discord_server.limits.off()
    meera = talent(
        1,
        "Meera Gokhale",
        city="Pune",
        skills=("Kathak",),
        contact=CONTACT,
        representation=AGENT,
    )
    await store(database, DEFAULT_ORG_ID, [meera], public=["profile"])
    responder = Claude.connect(
        claude.api_key, model="claude-sonnet-5-5", metrics=Metrics(), base_url=claude.url
    )
    async with at_work(discord_server, database, redis, responder) as work:
        yield work
    await responder.close()


async def begun(asha: Person, channel: Channel, claude: ClaudeServer) -> tuple[Shown, Shown]:
    """A question whose answer has begun and does not go on by itself; and the answer."""
    claude.reply(BEGUN, cut="stall")
    asked = await asha.says(channel, f"{asha.server.bot.mention} dancers?")
    await wait_until(lambda: channel.from_bot() and "■ Stop" in channel.from_bot()[-1].shown)
    await wait_until(lambda: BEGUN in channel.from_bot()[-1].content)
    return asked, channel.from_bot()[-1]


async def shows(message: Shown, text: str) -> None:
    await wait_until(lambda: text in message.content and "Stop" not in "".join(message.labels()))


@pytest.mark.usefixtures("work")
async def test_an_edited_question_is_answered_anew_in_the_same_message(
    asha: Person, casting: Channel, claude: ClaudeServer
) -> None:
    asked, answer = await begun(asha, casting, claude)
    claude.reply("Two singers.")
    await asha.edits(asked, f"{asha.server.bot.mention} singers?")
    await shows(answer, "Two singers.")
    assert casting.from_bot() == [answer]
    assert claude.hung_up == 1
    assert [request.asked for request in claude.requests] == ["dancers?", "singers?"]


@pytest.mark.usefixtures("work")
async def test_a_deleted_question_takes_its_answer_along(
    asha: Person, casting: Channel, claude: ClaudeServer, database_url: str
) -> None:
    asked, answer = await begun(asha, casting, claude)
    await asha.deletes(asked)
    await wait_until(lambda: answer.deleted)
    await wait_until(lambda: claude.hung_up == 1)

    async def withdrawn() -> bool:
        (row,) = await fetch(database_url, "SELECT status, text, reply, shown FROM turns")
        return tuple(row) == ("withdrawn", "", "", "")

    await wait_until(withdrawn)
    assert casting.from_bot() == []


@pytest.mark.usefixtures("work")
async def test_stop_ends_the_call_of_the_model_at_once_and_offers_another_try(
    asha: Person, guild: Guild, casting: Channel, claude: ClaudeServer
) -> None:
    _, answer = await begun(asha, casting, claude)
    pressed = time.monotonic()
    await guild.member("Ravi").clicks(answer, "■ Stop")
    await wait_until(lambda: claude.hung_up == 1)
    took = time.monotonic() - pressed
    assert took < 0.3, "from the click to Claude's side of the connection"
    await shows(answer, "Stopped.")
    assert answer.labels() == ["[↻ Try again]"]
    claude.reply("Two dancers.")
    await asha.clicks(answer, "↻ Try again")
    await wait_until(lambda: len(casting.from_bot()) == 2)
    await shows(casting.from_bot()[1], "Two dancers.")
    await wait_until(lambda: answer.labels() == [])
    print(f"stopped {took * 1000:.0f} ms after the click")  # noqa: T201 - see -s


@pytest.mark.usefixtures("work")
async def test_a_failed_answer_is_tried_again_once_however_often_it_is_pressed(
    asha: Person, casting: Channel, claude: ClaudeServer, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the responder gave up")
    claude.reply("Here are", cut="error")
    await asha.says(casting, f"{asha.server.bot.mention} dancers?")
    await wait_until(lambda: casting.from_bot() and "Try again" in casting.from_bot()[0].shown)
    failed = casting.from_bot()[0]
    claude.reply("Two dancers.")
    retry = failed.components[0]["components"][0]["custom_id"]
    await asha.clicks(failed, "↻ Try again")
    await wait_until(lambda: failed.labels() == [])
    await asha.clicks(failed, retry, forged=True)
    await wait_until(lambda: any("being tried again" in m.content for m in asha.sees(casting)))
    await shows(casting.from_bot()[1], "Two dancers.")
    assert len(casting.from_bot()) == 2


@pytest.mark.usefixtures("work")
async def test_what_people_think_of_an_answer_is_kept(
    asha: Person, guild: Guild, casting: Channel, claude: ClaudeServer, database_url: str
) -> None:
    claude.reply("Two dancers.")
    await asha.says(casting, f"{asha.server.bot.mention} dancers?")
    await wait_until(lambda: casting.from_bot() and casting.from_bot()[0].labels())
    (answer,) = casting.from_bot()
    ravi = guild.member("Ravi")
    for person, what in ((asha, "👎 Not helpful"), (asha, "👍 Helpful"), (ravi, "👎 Not helpful")):
        before = len(person.sees(casting))
        await person.clicks(answer, what)
        await wait_until(lambda p=person, n=before: len(p.sees(casting)) > n)
    rows = await fetch(
        database_url,
        "SELECT u.name, r.helpful FROM ratings r JOIN users u ON u.id = r.user_id ORDER BY 1",
    )
    assert [tuple(row) for row in rows] == [("Asha", True), ("Ravi", False)]
    assert answer.labels() == ["[👍 Helpful]", "[👎 Not helpful]"]


@pytest.mark.usefixtures("work")
async def test_a_permission_that_goes_while_we_write_is_said_once_in_private(
    asha: Person, guild: Guild, casting: Channel, claude: ClaudeServer, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the platform refuses the reply")
    for _ in range(2):
        claude.reply("Two dancers.", delay=0.3)
    bot = asha.server.bot
    for number in (1, 2):
        await asha.says(casting, f"{bot.mention} dancers?")
        await wait_until(lambda n=number: len(claude.requests) == n)
        casting.deny(bot, Permission.SEND_MESSAGES)
        await wait_until(asha.dm.from_bot)
        casting.allow(bot, Permission.SEND_MESSAGES)
    assert len(asha.dm.from_bot()) == 1
    assert "send messages" in asha.dm.from_bot()[0].content
    assert casting.from_bot() == []


@pytest.fixture
async def trusted(work: AtWork, guild: Guild, database: Database, asha: Person) -> Person:
    """Asha is of the casting team on a server of the community."""
    role = guild.role("Casting team")
    guild.give(asha, role)
    async with database.queue() as connection:
        await link_workspace(connection, "discord", guild.id, Access.COMMUNITY, Access.TEAM)
    await work.ports.workspace_settings.write(
        "discord", guild.id, {"trusted_roles": [role.id]}, default_access=Access.COMMUNITY
    )
    return asha


SHOWS_MEERA = ("show_talent", {"id": talent_id(1)})


async def test_a_second_try_keeps_nothing_of_a_role_that_is_gone(
    trusted: Person, guild: Guild, claude: ClaudeServer
) -> None:
    _, answer = await begun(trusted, trusted.dm, claude)
    await trusted.clicks(answer, "■ Stop")
    await shows(answer, "Stopped.")
    claude.reply(tools=[SHOWS_MEERA])
    claude.reply("Here she is.")
    await trusted.clicks(answer, "↻ Try again")
    await wait_until(lambda: len(claude.requests) == 3)
    assert CONTACT in claude.requests[-1].tool_results[0]

    _, answer = await begun(trusted, trusted.dm, claude)
    await trusted.clicks(answer, "■ Stop")
    await shows(answer, "Stopped.")
    guild.members[trusted.id].roles.clear()
    claude.reply(tools=[SHOWS_MEERA])
    claude.reply("Here she is.")
    await trusted.clicks(answer, "↻ Try again")
    await wait_until(lambda: len(claude.requests) == 6)
    assert CONTACT not in claude.requests[-1].raw.decode()


async def test_the_menu_under_an_answer_shows_each_what_they_may_see(
    trusted: Person, guild: Guild, casting: Channel, claude: ClaudeServer
) -> None:
    claude.reply(tools=[("search_talents", {"filters": {"skills": ["Kathak"]}})])
    claude.reply("Meera Gokhale fits.")
    await trusted.says(casting, f"{trusted.server.bot.mention} dancers?")
    await wait_until(casting.from_bot)
    await shows(casting.from_bot()[0], "Meera Gokhale fits.")
    assert CONTACT not in claude.requests[-1].raw.decode(), "everybody reads it"
    answer, ben = casting.from_bot()[0], guild.member("Ben")
    mine = await (await trusted.chooses(answer, "Look at a talent…", "Meera Gokhale")).finished()
    assert mine.is_private
    assert AGENT in mine.shown
    his = await (await ben.chooses(answer, "Look at a talent…", "Meera Gokhale")).finished()
    assert "Meera Gokhale" in his.shown
    assert AGENT not in his.shown
