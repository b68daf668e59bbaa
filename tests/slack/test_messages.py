"""What people say in Slack becomes turns, each once, and what they take back does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from redis.asyncio import Redis

from adapters.slack.messages import ALLOW_GUESTS
from bot.conversation import Access, Place
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.fakes.faults import Fault
from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.slack.at_work import AtWork, Echo, at_work, config
from tests.waiting import wait_until


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(time_factor=0.001, ack_seconds=3) as server:
        server.limits.off()
        yield server


@dataclass(frozen=True)
class Scene:
    """A channel of a casting team, and the bot at work in it."""

    slack: SlackServer
    casting: Channel
    asha: Person
    work: AtWork
    echo: Echo

    @property
    def team(self) -> Workspace:
        return self.asha.home

    @property
    def bot(self) -> str:
        return self.team.bot.mention

    async def ask(self, text: str, thread: str | None = None) -> str:
        """Asha mentions the bot."""
        return await self.asha.says(self.casting, f"{self.bot} {text}", thread)

    async def asked(self, count: int) -> None:
        """That many questions have reached the model."""
        await wait_until(lambda: len(self.echo.asked) == count)

    async def settled(self) -> None:
        """Every event that went out was acknowledged."""
        await wait_until(lambda: self.slack.deliveries.all and not self.slack.deliveries.open)


Open: TypeAlias = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
def opened(
    slack: SlackServer, casting: Channel, asha: Person, database: Database, redis: Redis
) -> Open:
    """A scene, with other settings than usual."""

    @asynccontextmanager
    async def open_scene(*, answers: bool = True, **changes: object) -> AsyncIterator[Scene]:
        slack.limits.off()
        echo, settings = Echo(), config(slack, asha.home, **changes)
        async with at_work(settings, database, redis, echo, answers=answers) as work:
            await wait_until(lambda: slack.sockets.open)
            yield Scene(slack, casting, asha, work, echo)

    return open_scene


@pytest.fixture
async def scene(opened: Open) -> AsyncIterator[Scene]:
    async with opened() as scene:
        yield scene


def said(channel: Channel, thread: str | None = None) -> list[str]:
    """What our app has said there."""
    return [message.text for message in channel.from_bot(thread)]


async def test_a_mention_is_answered_once_in_its_thread(scene: Scene) -> None:
    scene.slack.events.times = 3
    ts = await scene.ask("dancers in Pune?")
    await scene.settled()
    await wait_until(lambda: said(scene.casting, ts) == ["You said: dancers in Pune?"])
    (turn,) = scene.echo.asked
    assert turn.message.author.name == "Asha"
    assert turn.message.place is Place.PUBLIC
    assert turn.audience.access is Access.TEAM
    assert len(scene.slack.called("users.info")) == 1


async def test_a_question_knows_its_rooms_name_and_its_link(scene: Scene) -> None:
    ts = await scene.ask("dancers in Pune?")
    await scene.asked(1)
    later = await scene.ask("and cheaper?", ts)
    await scene.asked(2)
    home = f"https://{scene.team.domain}.slack.example/archives/{scene.casting.id}"
    first, second = [turn.message for turn in scene.echo.asked]
    assert first.room_name == second.room_name == "#casting"
    assert first.link == f"{home}/p{ts.replace('.', '')}"
    in_thread = f"?thread_ts={ts}&cid={scene.casting.id}"
    assert second.link == f"{home}/p{later.replace('.', '')}{in_thread}"
    assert len(scene.slack.called("conversations.info")) == 1
    asked = len(scene.slack.called("auth.test"))
    room = scene.team.dm(scene.asha)
    await scene.asha.says(room, "hello")
    await scene.asked(3)
    assert scene.echo.asked[2].message.room_name == ""
    assert len(scene.slack.called("auth.test")) == asked


@pytest.mark.parametrize("method", ["conversations.info", "auth.test"])
async def test_what_slack_does_not_say_is_left_out(scene: Scene, method: str) -> None:
    scene.slack.faults.add(Fault(method, error="internal_error", times=5))
    await scene.ask("dancers in Pune?")
    await scene.asked(1)
    message = scene.echo.asked[0].message
    assert (message.room_name == "") is (method == "conversations.info")
    assert (message.link == "") is (method == "auth.test")


async def test_a_direct_message_just_gets_an_answer(scene: Scene) -> None:
    room = scene.team.dm(scene.asha)
    await scene.asha.says(room, "hello")
    await wait_until(lambda: said(room) == ["You said: hello"])
    assert scene.echo.asked[0].message.conversation.thread == ""


async def test_it_goes_on_in_the_thread_and_leaves_side_talk_alone(scene: Scene) -> None:
    asha, casting, ravi = scene.asha, scene.casting, scene.team.person("Ravi")
    casting.members.append(ravi)
    ts = await scene.ask("dancers?")
    await scene.asked(1)
    await asha.says(casting, "only in Pune", ts)
    await scene.asked(2)
    await ravi.says(casting, "Asha, lunch?", ts)
    await scene.settled()
    await asha.says(casting, "yes, at one", ts)
    await scene.settled()
    await scene.ask("and cheaper?", ts)
    await scene.asked(3)
    overheard = [(one.author.name, one.text) for one in scene.echo.recalled[-1].overheard]
    assert overheard == [("Ravi", "Asha, lunch?"), ("Asha", "yes, at one")]


async def test_without_follow_ups_only_mentions_are_answered(opened: Open) -> None:
    async with opened(follow_ups=False) as scene:
        ts = await scene.ask("dancers?")
        await scene.asked(1)
        await scene.asha.says(scene.casting, "only in Pune", ts)
        await scene.settled()
        await scene.ask("go on", ts)
        await scene.asked(2)
        assert [one.text for one in scene.echo.recalled[-1].overheard] == ["only in Pune"]


async def test_called_into_a_thread_it_knows_what_was_said_there(scene: Scene) -> None:
    ravi = scene.team.person("Ravi")
    ts = await scene.asha.says(scene.casting, "We need a dancer, 24 to 30")
    await ravi.says(scene.casting, "in Pune, I think", ts)
    await scene.ask("whom do we have?", ts)
    await scene.asked(1)
    await scene.ask("anyone else?", ts)
    await scene.asked(2)
    overheard = [(one.author.name, one.text) for one in scene.echo.recalled[0].overheard]
    assert overheard == [("Asha", "We need a dancer, 24 to 30"), ("Ravi", "in Pune, I think")]
    assert len(scene.slack.called("conversations.replies")) == 1


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 60}, {"timeout": True}])
async def test_slack_keeping_the_thread_back_holds_up_nothing(
    scene: Scene, fault: dict[str, Any]
) -> None:
    scene.slack.fail("conversations.replies", **fault)
    scene.slack.fail("users.info", timeout=True)
    ts = await scene.asha.says(scene.casting, "We need a dancer")
    await scene.ask("whom do we have?", ts)
    await scene.asked(1)
    await scene.settled()
    assert all(len(delivery.attempts) == 1 for delivery in scene.slack.deliveries.all)


async def test_what_is_edited_or_deleted_before_it_is_answered(opened: Open) -> None:
    async with opened(answers=False) as scene:
        ts = await scene.ask("dancers?")
        await scene.asha.edits(ts, f"{scene.bot} singers?")
        await scene.asha.deletes(await scene.ask("never mind"))
        await scene.settled()
    async with opened() as scene:
        await wait_until(lambda: said(scene.casting, ts) == ["You said: singers?"])
        last = await scene.ask("actors?")
        await wait_until(lambda: said(scene.casting, last))
    assert [turn.message.text for turn in scene.echo.asked] == ["singers?", "actors?"]


async def test_an_edit_that_mentions_us_is_a_question(scene: Scene) -> None:
    ts = await scene.asha.says(scene.casting, "dancers?")
    await scene.settled()
    await scene.asha.edits(ts, f"{scene.bot} dancers?")
    await wait_until(lambda: said(scene.casting, ts) == ["You said: dancers?"])


async def test_it_does_not_answer_itself_other_bots_or_joins(scene: Scene) -> None:
    other = scene.team.other_bot("Weather")
    scene.casting.members.append(other)
    scene.slack.events.posted(scene.casting.add(other, f"{scene.bot} rain"))
    scene.slack.events.joined(scene.casting, scene.team.person("Ravi"), scene.asha)
    ts = await scene.ask("dancers?")
    await wait_until(lambda: said(scene.casting, ts))
    await scene.settled()
    assert len(scene.echo.asked) == len(scene.casting.from_bot()) == 1


async def test_another_bot_is_answered_where_the_setting_says_so(opened: Open) -> None:
    async with opened(answer_bots=True) as scene:
        other = scene.team.other_bot("Breakdowns")
        scene.slack.events.posted(scene.casting.add(other, f"{scene.bot} dancers?"))
        await scene.asked(1)


async def test_strangers_are_answered_only_where_an_admin_allows_it(scene: Scene) -> None:
    team, other = scene.team, scene.slack.workspace("Other Pictures")
    zoe = Person(scene.slack.ids.new("U"), "Zoe", other.id, home=team)
    shared = team.channel("shared", scene.asha, zoe, shared_with=[other])
    await zoe.says(shared, f"{scene.bot} who is free?")
    await scene.settled()
    assert not scene.echo.asked
    await scene.work.ports.workspace_settings.write(
        "slack", team.id, {ALLOW_GUESTS: True}, default_access=Access.TEAM
    )
    ts = await zoe.says(shared, f"{scene.bot} and now?")
    await wait_until(lambda: said(shared, ts))
    await scene.asha.says(shared, f"{scene.bot} and I?")
    await scene.asked(2)
    assert [turn.audience.access for turn in scene.echo.asked] == [Access.COMMUNITY] * 2
    assert [turn.message.place for turn in scene.echo.asked] == [Place.SHARED] * 2


async def test_a_colleague_of_another_workspace_of_the_grid_is_no_stranger(
    opened: Open, slack: SlackServer, asha: Person, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_not_stored")
    asha.home.enterprise_id = "E0ACME"
    sister = slack.workspace("Acme Films", enterprise_id="E0ACME", installed=False)
    rival = slack.workspace("Rival Films", enterprise_id="E0RIVAL", installed=False)
    async with opened() as scene:
        mira, zoe = scene.team.stranger("Mira", sister), scene.team.stranger("Zoe", rival)
        shared = scene.team.channel("shared", asha, mira, zoe, shared_with=[rival])
        scene.slack.fail("users.info", status=500, times=1)
        await zoe.says(shared, f"{scene.bot} what are their rates?")
        await mira.says(shared, f"{scene.bot} dancers?")
        await scene.asked(1)
        await scene.settled()
        (turn,) = scene.echo.asked
        assert (turn.message.author.name, turn.message.place) == ("Mira", Place.SHARED)
        assert turn.audience.access is Access.COMMUNITY, "others read along"
        await mira.says(scene.team.channel("ours", asha, mira), f"{scene.bot} and rates?")
        await scene.asked(2)
        assert scene.echo.asked[1].audience.access is Access.TEAM


async def test_a_guest_is_answered_from_what_the_community_may_see(scene: Scene) -> None:
    guest = scene.team.person("Guest", is_restricted=True)
    await guest.says(guest.dm, "dancers?")
    await guest.says(scene.team.channel("one", scene.asha, guest), f"{scene.bot} dancers?")
    await scene.asked(2)
    assert {turn.audience.access for turn in scene.echo.asked} == {Access.COMMUNITY}


async def test_what_comes_before_the_message_that_it_is_about_is_not_lost(scene: Scene) -> None:
    events, clock = scene.slack.events, scene.slack.clock
    await scene.ask("hello")
    await scene.asked(1)
    edited = scene.casting.add(scene.asha, f"{scene.bot} dancers?")
    before = edited.wire()
    edited.show(clock.now(), f"{scene.bot} singers?", [])
    events.changed(edited, before)
    deleted = scene.casting.add(scene.asha, f"{scene.bot} riders?")
    events.deleted(deleted, deleted.wire())
    asked = scene.casting.add(scene.asha, f"{scene.bot} fencers?")
    goes_on = scene.casting.add(scene.asha, "in Pune", thread_ts=asked.ts)
    events.posted(goes_on)
    await scene.settled()
    assert len(scene.echo.asked) == 1
    edited.show(clock.now(), f"{scene.bot} dancers?", [])
    for late in (deleted, edited, asked):
        events.posted(late)
    await scene.asked(4)
    await scene.settled()
    said = {turn.message.text for turn in scene.echo.asked}
    assert said == {"hello", "singers?", "fencers?", "in Pune"}


async def test_a_message_that_mentions_thousands_does_not_use_up_what_slack_allows(
    scene: Scene,
) -> None:
    crowd = " ".join(f"<@U0CROWD{number}>" for number in range(2_000))
    await scene.ask(f"someone like {crowd}")
    await scene.asked(1)
    assert scene.echo.asked[0].message.author.name == "Asha"
    assert len(scene.slack.called("users.info")) == 20


async def test_names_and_not_ids_reach_the_model(scene: Scene) -> None:
    ravi = scene.team.person("Ravi")
    await scene.ask(f"someone like {ravi.mention} or <@U0NOBODY>")
    await scene.asked(1)
    assert scene.echo.asked[0].message.text == "someone like @Ravi or @someone"
