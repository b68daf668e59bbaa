"""Hostile inputs in bulk: none succeeds, each leaves a line in the log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx2
import pytest
from redis.asyncio import Redis

from adapters.slack.http import BODY_BYTES
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.db.sql import fetch
from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.fakes.slack.wire import Json
from tests.slack.at_work import AtWork, Echo, at_work, config, oauth
from tests.slack.hostile import (
    FORGED_ACTS,
    MODEL_TEXTS,
    broken,
    shapes,
    unsigned,
)
from tests.slack.scenes import Scene, button, open_scene
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


def of_ours(caplog: pytest.LogCaptureFixture, *events: str) -> list[str]:
    """Our lines; of these events, if they are named."""
    lines = [one.getMessage() for one in caplog.records if one.name.startswith(("adapters", "bot"))]
    named = [f"event='{event}'" for event in events]
    return [line for line in lines if not named or any(line.startswith(one) for one in named)]


def logged(caplog: pytest.LogCaptureFixture, *events: str) -> int:
    """How many lines tell of one of these."""
    return len(of_ours(caplog, *events))


async def changed_nothing(database_url: str) -> bool:
    """None of what a button or a command could change is there."""
    tables = ("ratings", "shortlists", "decisions")
    return not any([await fetch(database_url, f"SELECT FROM {table}") for table in tables])


async def test_a_models_words_call_nobody(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.voice.lines = [[text] for text in MODEL_TEXTS]
    rooms = [scene.team.channel(f"room-{n}", scene.asha) for n in range(len(MODEL_TEXTS))]
    for start in range(0, len(rooms), 30):
        some = rooms[start : start + 30]
        for room in some:
            await scene.asha.says(room, f"{scene.bot} say something")
        await wait_until(
            lambda some=some: (
                all("[Helpful]" in one.shown for room in some for one in room.from_bot())
                and all(room.from_bot() for room in some)
            ),
            seconds=60,
        )
    assert not scene.voice.lines
    assert not [one for room in rooms for one in room.from_bot() if one.pings]
    assert {call.outcome for call in scene.slack.calls} == {"ok"}
    await wait_until(lambda: logged(caplog, "slack_command_disarmed") == len(MODEL_TEXTS))


async def test_forged_buttons_do_nothing(
    scene: Scene,
    caplog: pytest.LogCaptureFixture,
    expected_logs: ExpectedLogs,
    database_url: str,
) -> None:
    expected_logs.expect("slack_act_refused")
    scene.voice.lines = [["One dancer."]]
    reply = await scene.replied(await scene.ask("dancers?"))
    before = reply.shown
    for name, value in FORGED_ACTS:
        response = await scene.ravi.clicks(name, value, on=reply, forged=True)
        assert not response.error, (name, value)
    refused = ("slack_act_refused", "slack_search_expired")
    await wait_until(lambda: logged(caplog, *refused) >= len(FORGED_ACTS))
    assert reply.shown == before
    assert scene.ravi.modal is None
    assert len(scene.casting.from_bot()) == 1
    assert await changed_nothing(database_url)
    assert logged(caplog, "act_failed") == 0


# --- by HTTP -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """The bot behind HTTP."""

    slack: SlackServer
    team: Workspace
    asha: Person
    casting: Channel
    echo: Echo
    work: AtWork

    async def post(self, headers: dict[str, str], body: bytes) -> int:
        """Send these bytes; the status."""
        return (await self.slack.http.post(headers, body))[0]

    @property
    def wrote(self) -> int:
        """How often anything was written into Slack."""
        return sum(call.method.startswith(("chat.", "views.")) for call in self.slack.calls)


@pytest.fixture
async def door(
    slack: SlackServer, asha: Person, casting: Channel, database: Database, redis: Redis
) -> AsyncIterator[Door]:
    slack.limits.off()
    slack.http.ack_seconds = 5
    settings: dict[str, Any] = {**oauth(slack), "app_token": ""}
    echo = Echo()
    async with at_work(config(slack, asha.home, **settings), database, redis, echo) as work:
        slack.events_url = f"{work.address}/slack/events"
        yield Door(slack, asha.home, asha, casting, echo, work)


def _fitted(payload: Json, door: Door, number: int) -> Json:
    """The recorded payload as of this workspace and its people, `number` telling it from others."""
    ours = {
        "T0ACMECAST": door.team.id,
        "U0ASHARAO1": door.asha.id,
        "U0CASTBOT1": door.team.bot.id,
        "C0CASTING1": door.casting.id,
        "D0ASHABOT1": door.asha.dm.id,
        "1111.2222.abcd": f"1111.{number}.abcd",
        "179500": str(int(time.time()))[:6],
    }
    text = json.dumps(payload)
    for old, new in ours.items():
        text = text.replace(old, new)
    return cast("Json", json.loads(text))


async def test_what_slack_did_not_sign_is_refused(
    door: Door, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_signature_refused")
    sent = 0
    for _, kind, payload in list(shapes())[::4]:
        headers, body = door.slack.http.signed(kind, _fitted(payload, door, sent))
        for forged in unsigned(headers):
            assert await door.post(forged, body) == 401
            sent += 1
    assert logged(caplog, "slack_signature_refused") == sent
    assert sent > 80
    assert not door.echo.asked
    assert door.wrote == 0


async def test_signed_nonsense_does_nothing(
    door: Door,
    caplog: pytest.LogCaptureFixture,
    expected_logs: ExpectedLogs,
    database_url: str,
) -> None:
    expected_logs.expect("slack_malformed")
    sent = 0
    for name, kind, payload in shapes():
        for one in broken(_fitted(payload, door, sent)):
            status = await door.post(*door.slack.http.signed(kind, one))
            assert status == 400 or (status == 200 and kind == "events_api"), (name, one)
            sent += 1
            assert logged(caplog, "slack_malformed") == sent, (name, one)
    assert sent > 800
    # Nobody was asked about it, and it left no other line.
    assert not door.echo.asked
    assert door.wrote == 0
    assert len(of_ours(caplog)) == sent
    assert await changed_nothing(database_url)
    ts = await door.asha.says(door.casting, f"{door.team.bot.mention} still there?")
    await wait_until(lambda: door.casting.from_bot(ts))


async def test_what_slack_does_send_is_not_taken_for_nonsense(
    door: Door, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow_any()
    for number, (name, kind, payload) in enumerate(shapes()):
        if name in ("event_app_uninstalled", "event_tokens_revoked"):
            continue
        one = _fitted(payload, door, number)
        assert await door.post(*door.slack.http.signed(kind, one)) in (200, 404), name
    assert logged(caplog, "slack_malformed") == 0


async def test_what_people_did_is_not_done_again(
    door: Door, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_replayed")
    for _ in range(5):
        await door.asha.commands("/talent", "help", door.casting)
    await wait_until(lambda: len(door.asha.ephemeral(door.casting)) == 5)
    helped = door.asha.ephemeral(door.casting)[0]
    for value in ("a", "b"):
        expected_logs.expect("slack_act_refused")
        await door.asha.clicks("stop_reply", value, on=helped, forged=True)
    await wait_until(lambda: len(door.asha.ephemeral(door.casting)) == 7)
    requests = list(door.slack.http.sent)
    for headers, body in requests * 3:
        assert await door.post(headers, body) == 200
    assert logged(caplog, "slack_replayed") == 3 * len(requests) == 21
    assert len(door.asha.ephemeral(door.casting)) == 7


async def test_states_that_we_did_not_give_out_install_nothing(
    door: Door, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_not_installed")
    states = ["", "x", "..", "%00", "' OR ''='", "a" * 500, *(f"guess-{n}" for n in range(14))]
    async with httpx2.AsyncClient() as client:
        for state in states:
            answer = await client.get(
                f"{door.work.address}/slack/oauth_redirect", params={"code": "c", "state": state}
            )
            assert answer.status_code >= 400
            assert "not installed" in answer.text
    assert logged(caplog, "slack_not_installed") == len(states)
    assert not door.slack.called("oauth.v2.access")


# --- too late, too long --------------------------------------------------------------------------


async def test_what_has_expired_is_said_and_does_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    found = await scene.find("women who speak Marathi")
    labels = ("Next ›", "Share in channel", "women ✕", "speaks Marathi ✕", "Edit filters")
    pressed = [button(found, label) for label in labels]
    async with scene.database.queue() as connection:
        await connection.execute("DELETE FROM saved_searches")
    for act in pressed * 4:
        await scene.asha.clicks(*act, on=found, forged=True)
    await wait_until(lambda: logged(caplog, "slack_search_expired") == 20)
    assert "expired" in found.shown
    assert scene.asha.modal is None
    assert scene.casting.from_bot() == []


async def test_what_is_too_long_is_cut_to_what_slack_takes(
    scene: Scene, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    long = [talent(200 + n, f"Name{n} " + "x" * 5_000, city="y" * 5_000) for n in range(10)]
    for one in long:
        await store(
            database,
            DEFAULT_ORG_ID,
            [one.model_copy(update={"bio": "<!here> & " * 2_000, "skills": ("Juggling",) * 300})],
        )
    scene.voice.lines = [["*" * 50_000], ["| a |\n|---|\n" + "| <!channel> |\n" * 2_000]]
    for number in range(2):
        ts = await scene.ask("a" * 3_000)
        await wait_until(lambda ts=ts: scene.casting.from_bot(ts), seconds=30)
        assert number or scene.casting.from_bot(ts)
    for text in ("z" * 100_000, "Juggling " * 900, "show " + "x" * 9_000):
        await scene.find(text)
    for shown in long:
        await scene.find(f"show {shown.id}")
    breakdown = await scene.asha.says(scene.casting, "A woman who can juggle. " * 1_500)
    await scene.asha.shortcut("find_talents", scene.casting.message(breakdown))
    await scene.told(scene.asha, 14)
    lines = of_ours(caplog, "slack_oversize")
    for kind, count in (("/talent", 3), ("find_talents", 1)):
        assert sum(f"kind='{kind}'" in line for line in lines) == count
    await wait_until(
        lambda: sum("kind='shown'" in one for one in of_ours(caplog, "slack_oversize")) >= len(long)
    )
    assert {call.outcome for call in scene.slack.calls} == {"ok"}
    assert not [
        one for one in scene.casting.everything() if one.author is scene.team.bot and one.pings
    ]


async def test_a_request_that_is_too_long_is_not_read(
    door: Door, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_oversize")
    _, kind, payload = next(shapes())
    async with httpx2.AsyncClient() as client:
        for count in range(1, 11):
            long = _fitted(payload, door, count) | {"text": "x" * (BODY_BYTES + count)}
            headers, body = door.slack.http.signed(kind, long)
            answer = await client.post(door.slack.events_url, headers=headers, content=body)
            assert answer.status_code == 413
            assert logged(caplog, "slack_oversize") == count
    assert len(of_ours(caplog)) == 10
