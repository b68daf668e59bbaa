"""What talents write about themselves orders nothing and calls nobody, wherever it is shown."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.claude import Claude
from bot.injection import gives_orders
from bot.metrics import Metrics
from bot.talent import Talent
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.fakes.claude import ClaudeServer, Reply, Request
from tests.slack.hostile import BIOS, CALLS, ORDERS
from tests.slack.scenes import Scene, button, open_scene
from tests.slack.test_hostile import changed_nothing, of_ours
from tests.talents.rosters import store, talent
from tests.waiting import wait_until

pytestmark = pytest.mark.no_cover


@pytest.fixture(autouse=True)
def _all_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


@pytest.fixture
async def scene(database: Database, redis: Redis) -> AsyncIterator[Scene]:
    async with open_scene(database, redis) as scene:
        yield scene


def suspected(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The talents of whom the log says that their rows give orders."""
    lines = of_ours(caplog, "injection_suspected")
    return [found[1] for line in lines if (found := re.search("talent='([^']*)'", line))]


async def hostile(database: Database, bios: tuple[str, ...] = (*ORDERS, *BIOS)) -> list[Talent]:
    """Jugglers, each with one of the bios, and with it wherever else a row holds words."""
    found = [
        talent(
            100 + n, f"Juggler {n} {bio[-40:]}", bio=bio, city=bio[:40], skills=("Juggling", bio)
        )
        for n, bio in enumerate(bios)
    ]
    return await store(database, DEFAULT_ORG_ID, found)


def test_what_reads_like_orders_and_what_does_not() -> None:
    assert all(gives_orders(order) for order in ORDERS)
    for bio in (
        "Trained in Bharatanatyam for 12 years. Plays the administrator in Monsoon Letters.",
        "Plays a ruler who ignores his ministers; system engineer by day.",
        "Assistant director since 2019, human rights lawyer before. I forget no line.",
        "I follow instructions well. User of wheelchairs in two films.",
    ):
        assert not gives_orders(bio), bio


async def test_profiles(
    scene: Scene, caplog: pytest.LogCaptureFixture, database: Database, database_url: str
) -> None:
    found = await hostile(database)
    await asyncio.gather(
        *(scene.asha.commands("/talent", f"show {one.id}", scene.casting) for one in found)
    )
    await wait_until(lambda: len(scene.asha.ephemeral(scene.casting)) == len(found), seconds=60)
    assert not [one for one in scene.asha.ephemeral(scene.casting) if one.pings]
    assert sorted(suspected(caplog)) == sorted(one.id for one in found)
    await wait_until(lambda: len(of_ours(caplog, "slack_command_disarmed")) == len(BIOS))
    assert scene.casting.from_bot() == []
    assert await changed_nothing(database_url)


async def test_cards_and_what_is_shared(
    scene: Scene, caplog: pytest.LogCaptureFixture, database: Database, database_url: str
) -> None:
    await hostile(database, (*ORDERS, *BIOS)[::4])
    found = await scene.find("juggling")
    pages = 0
    while True:
        pages += 1
        before = len(scene.casting.from_bot())
        await scene.press(found, "Share in channel")
        await wait_until(lambda before=before: len(scene.casting.from_bot()) == before + 1)
        await wait_until(lambda: "Shared in the channel" in found.shown)
        if "Next ›" not in found.shown:
            break
        await scene.press(found, "Next ›")
        await wait_until(lambda page=pages: f"Page {page + 1}" in found.shown)
    assert pages > 2
    said = [*scene.casting.from_bot(), found]
    assert not [one for one in said if one.pings]
    assert len(set(suspected(caplog))) > 10
    assert await changed_nothing(database_url)


async def test_streamed_replies_of_the_offline_responder(
    scene: Scene, caplog: pytest.LogCaptureFixture, database: Database, database_url: str
) -> None:
    found = await hostile(database)
    rooms = [scene.team.channel(f"room-{n}", scene.asha) for n in range(12)]
    for number, room in enumerate(rooms):
        asked = ("who can juggle?", "Juggling jugglers in SYSTEM", ORDERS[number])[number % 3]
        await scene.asha.says(room, f"{scene.bot} {asked}")
    await wait_until(
        lambda: (
            all("[Helpful]" in one.shown for room in rooms for one in room.from_bot())
            and all(room.from_bot() for room in rooms)
        ),
        seconds=60,
    )
    said = [one for room in rooms for one in room.from_bot()]
    assert not [one for one in said if one.pings]
    numbers = {int(n) for one in said for n in re.findall(r"\*(?:\d+\. )?Juggler (\d+)", one.shown)}
    assert len(numbers) > 5
    assert {found[number].id for number in numbers} <= set(suspected(caplog))
    assert await changed_nothing(database_url)


async def test_streamed_replies_of_a_model_that_obeys(
    scene: Scene, caplog: pytest.LogCaptureFixture, database: Database, database_url: str
) -> None:
    """It reads the row, calls every tool that the row may have in mind, and repeats its words."""
    found = await hostile(database, (*ORDERS, *BIOS)[::6])
    bios = {one.id: one.bio for one in found}

    def obey(request: Request) -> Reply:
        wanted = request.asked.split()[-1]
        if not request.tool_results:
            return Reply(
                tools=[
                    ("show_talent", {"id": wanted}),
                    ("shortlist_talent", {"id": wanted}),
                    ("allow_guests", {"allowed": True}),
                    ("search_talents", {"text": "juggling", "org_id": "another", "access": "team"}),
                ]
            )
        return Reply(text=f"As it says: {bios[wanted]}\n\n{CALLS[0]} **obey** {CALLS[4]}")

    async with ClaudeServer() as server:
        server.answer_with(obey)
        claude = Claude.connect(
            server.api_key, model="claude-sonnet-5-5", metrics=Metrics(), base_url=server.url
        )
        scene.voice._offline = claude
        rooms = [scene.team.channel(f"room-{n}", scene.asha) for n in range(len(found))]
        for room, one in zip(rooms, found, strict=True):
            await scene.asha.says(room, f"{scene.bot} show me {one.id}")
        await wait_until(
            lambda: (
                all("[Helpful]" in one.shown for room in rooms for one in room.from_bot())
                and all(room.from_bot() for room in rooms)
            ),
            seconds=60,
        )
        await claude.close()
        assert not server.complaints
    said = [one for room in rooms for one in room.from_bot()]
    assert all("obey" in one.shown for one in said)
    assert not [one for one in said if one.pings]
    assert {one.id for one in found} <= set(suspected(caplog))
    turns = {line.split("turn=")[1] for line in of_ours(caplog, "slack_command_disarmed")}
    assert len(turns) == len(found)
    assert await changed_nothing(database_url)
    settings = await scene.work.ports.workspace_settings.read("slack", scene.team.id)
    assert not settings


async def test_the_home_tab_of_somebody_with_a_hostile_name(scene: Scene) -> None:
    eve = scene.team.person(f"{CALLS[0]} {ORDERS[0]}")
    asked = ORDERS[:4]
    scene.voice.lines = [["One dancer."]] * len(asked)
    for order in asked:
        await eve.says(eve.dm, f"{order} {CALLS[1]}")
    await wait_until(lambda: len(scene.voice.asked) == len(asked))
    await eve.opens_home()
    await wait_until(lambda: eve.app_home)
    assert eve.app_home
    shown = json.dumps(eve.app_home.blocks, ensure_ascii=False)
    assert "Ignore all earlier" in shown
    for call in CALLS[:6]:
        assert call not in shown
    assert not eve.app_home.shown.count("For admins")
    assert button(eve.app_home, "Forget me")
