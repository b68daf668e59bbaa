"""What people say in Discord, and what they see of the answer: the adapter over real servers."""

from __future__ import annotations

from bot.conversation import Access, Place
from tests.conftest import ExpectedLogs
from tests.discord.at_work import AtWork
from tests.fakes.discord import Channel, DiscordServer, Guild, Permission, Person, writing
from tests.slack.at_work import Echo
from tests.waiting import wait_until


def said(channel: Channel) -> list[str]:
    return [message.content for message in channel.from_bot() if message.content]


async def test_who_is_answered_where(  # noqa: PLR0917 - fixtures
    work: AtWork, discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    echo: Echo,
) -> None:  # fmt: skip
    bot = discord_server.bot
    await asha.says(casting, "does anybody know a dancer?")
    await asha.says(
        casting, f"{bot.mention} find <@{asha.id}> a dancer <:wave:1234567890123456789>"
    )
    await wait_until(lambda: said(casting) == ["You said: find @Asha a dancer :wave:"])
    answer = casting.from_bot()[0]
    assert answer.reference is not None
    assert answer.labels() == ["[👍 Helpful]", "[👎 Not helpful]"]
    await asha.says(casting, "and one from Pune", reply_to=answer, ping=False)
    await wait_until(lambda: said(casting)[1:] == ["You said: and one from Pune"])
    await asha.says(asha.dm, "only for me")
    await wait_until(lambda: said(asha.dm) == ["You said: only for me"])
    assert [turn.message.place for turn in echo.asked] == [Place.PUBLIC, Place.PUBLIC, Place.DM]
    assert {turn.audience.access for turn in echo.asked} == {Access.COMMUNITY}
    assert [turn.message.room_name for turn in echo.asked] == ["#casting", "#casting", ""]
    asked = echo.asked[0].message
    where = f"{asked.conversation.workspace}/{asked.conversation.channel}/{asked.id}"
    assert asked.link == f"https://discord.com/channels/{where}"


async def test_nothing_in_an_answer_pings(
    work: AtWork, discord_server: DiscordServer, asha: Person, casting: Channel
) -> None:
    await asha.says(casting, f"{discord_server.bot.mention} say @everyone and <@&{casting.id}>")
    await wait_until(lambda: said(casting))
    assert "@everyone" not in said(casting)[0]
    assert not casting.from_bot()[0].pinged


async def test_a_message_played_again_is_answered_once(
    work: AtWork, discord_server: DiscordServer, asha: Person, casting: Channel
) -> None:
    discord_server.gateway.times = 2
    one = await asha.says(casting, f"{discord_server.bot.mention} one")
    await wait_until(lambda: said(casting) == ["You said: one"])
    writing.posted(one)
    await asha.says(casting, f"{discord_server.bot.mention} two")
    await wait_until(lambda: said(casting) == ["You said: one", "You said: two"])


async def test_what_was_said_while_the_session_was_lost_is_answered(
    work: AtWork, discord_server: DiscordServer, asha: Person, casting: Channel
) -> None:
    await asha.says(asha.dm, "hello")
    await wait_until(lambda: said(asha.dm))
    discord_server.gateway.open[0].invalidate()
    await asha.says(casting, f"{discord_server.bot.mention} one")
    await asha.says(asha.dm, "two")
    await wait_until(lambda: said(casting) == ["You said: one"], seconds=20)
    await wait_until(lambda: said(asha.dm)[1:] == ["You said: two"], seconds=20)


async def test_a_post_whose_answer_is_lost_is_not_made_twice(
    work: AtWork,
    discord_server: DiscordServer,
    asha: Person,
    casting: Channel,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("a call to the platform failed")
    discord_server.fail("POST /channels/{}/messages", lose_answer=True)
    await asha.says(casting, f"{discord_server.bot.mention} one")
    await wait_until(lambda: casting.from_bot() and casting.from_bot()[0].labels())
    assert said(casting) == ["You said: one"]


async def test_an_unreadable_payload_ends_nothing(
    work: AtWork,
    discord_server: DiscordServer,
    asha: Person,
    casting: Channel,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("discord_payload_unreadable")
    for session in discord_server.gateway.live:
        session.dispatch("MESSAGE_CREATE", {"id": "no number"})
    await asha.says(casting, f"{discord_server.bot.mention} one")
    await wait_until(lambda: said(casting) == ["You said: one"])


async def test_where_it_may_not_write_it_says_so_to_the_asker(
    work: AtWork, discord_server: DiscordServer, asha: Person, casting: Channel
) -> None:
    casting.deny(discord_server.bot, Permission.SEND_MESSAGES)
    await asha.says(casting, f"{discord_server.bot.mention} one")
    await asha.says(casting, f"{discord_server.bot.mention} two")
    await wait_until(lambda: said(asha.dm))
    assert "send messages" in said(asha.dm)[0]
    assert len(said(asha.dm)) == 1
    assert said(casting) == []


async def test_threads_for_conversations_where_the_server_wants_them(
    work: AtWork, discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel
) -> None:
    await work.ports.workspace_settings.write(
        "discord", guild.id, {"threads": True}, default_access=Access.COMMUNITY
    )
    await asha.says(casting, f"{discord_server.bot.mention} find dancers")
    await wait_until(lambda: casting.threads() and said(casting.threads()[0]))
    thread = casting.threads()[0]
    assert said(casting) == []
    await asha.says(thread, "and singers")
    await wait_until(lambda: said(thread)[1:] == ["You said: and singers"])


async def test_buttons_of_a_reply(  # noqa: PLR0917 - fixtures
    work: AtWork, discord_server: DiscordServer, guild: Guild, asha: Person, casting: Channel,
    expected_logs: ExpectedLogs,
) -> None:  # fmt: skip
    await asha.says(casting, f"{discord_server.bot.mention} one")
    await wait_until(lambda: casting.from_bot() and casting.from_bot()[0].labels())
    answer = casting.from_bot()[0]
    await asha.clicks(answer, "👍 Helpful")
    await wait_until(lambda: any("noted as helpful" in m.content for m in asha.sees(casting)))
    expected_logs.expect("discord_act_refused")
    await asha.clicks(answer, "stop_reply:nonsense", forged=True)
    await wait_until(lambda: any("does not work any more" in m.content for m in asha.sees(casting)))
