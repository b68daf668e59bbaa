"""Slack reaches us whatever happens to the socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_bolt import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.clients import Clients
from adapters.slack.connection import SocketMode
from adapters.slack.failures import NotReadyError
from adapters.slack.socket import Patience
from adapters.slack.workspaces import OwnToken, Workspaces
from bot.running import beside
from tests.conftest import ExpectedLogs
from tests.fakes.slack import Channel, Person, SlackServer
from tests.slack.listening import served
from tests.waiting import wait_until

PATIENCE = Patience(hello=2)
QUICK = Patience(hello=2, ping=0.05, pong=0.3, server=0.5)


@dataclass
class Ears:
    """Bolt's place: keeps what came, and answers as told."""

    heard: list[str] = field(default_factory=list)
    status: int = 200
    hold: asyncio.Event | None = None

    async def __call__(self, request: SocketModeRequest) -> BoltResponse:
        self.heard.append(str(request.payload["event"]["text"]))
        if self.hold:
            await self.hold.wait()
        return BoltResponse(status=self.status, body="")


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(time_factor=0.01, ack_seconds=1) as server:
        server.limits.off()
        yield server


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def asha(slack: SlackServer) -> Person:
    return slack.workspace().person("Asha")


@pytest.fixture
def casting(asha: Person) -> Channel:
    return asha.home.channel("casting", asha)


@asynccontextmanager
async def connected(
    slack: SlackServer, ears: Ears, *, token: str = "", patience: Patience = PATIENCE
) -> AsyncIterator[SocketMode]:
    async with Clients.open(slack.api_url) as clients:
        mode = SocketMode(clients.client(), token or slack.app.app_token, ears, patience=patience)
        async with beside(mode.run()):
            yield mode


def is_open(slack: SlackServer, number: int) -> Callable[[], bool]:
    return lambda: len(slack.sockets.all) == number and len(slack.sockets.open) == 1


async def test_an_event_is_acknowledged_after_it_was_taken(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel
) -> None:
    ears.hold = asyncio.Event()
    async with connected(slack, ears) as mode:
        await wait_until(lambda: not mode.wrong())
        await asha.says(casting, "hello")
        await wait_until(lambda: ears.heard)
        (delivery,) = slack.deliveries.all
        assert not delivery.is_over
        ears.hold.set()
        await wait_until(lambda: delivery.acknowledged_at is not None)


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel
) -> None:
    async with connected(slack, ears) as mode:
        await wait_until(lambda: not mode.wrong())
        ears.status = 500
        await asha.says(casting, "hello")
        await wait_until(lambda: len(ears.heard) == 2)
        ears.status = 200
        await wait_until(lambda: slack.deliveries.all[0].acknowledged_at is not None)
        assert len(ears.heard) >= 2


@pytest.mark.parametrize("answers_pings", [False, True])
async def test_a_deaf_socket_is_replaced(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel, answers_pings: bool
) -> None:
    async with connected(slack, ears, patience=QUICK):
        await wait_until(is_open(slack, 1))
        slack.sockets.open[0].go_deaf(answers_pings=answers_pings)
        await asha.says(casting, "hello")
        await wait_until(lambda: len(slack.sockets.all) >= 2)
        await wait_until(lambda: ears.heard == ["hello"])
        await wait_until(lambda: len(slack.sockets.open) == 1)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_that_slack_takes_back_is_replaced_without_a_gap(
    slack: SlackServer, ears: Ears, reason: Any
) -> None:
    async with connected(slack, ears) as mode:
        await wait_until(is_open(slack, 1))
        opens_before = [socket.is_open for socket in slack.sockets.all]
        assert opens_before == [True]
        await slack.sockets.open[0].disconnect(reason)
        await wait_until(is_open(slack, 2))
        assert mode.wrong() == ""


async def test_the_new_socket_is_open_before_the_old_one_goes(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel
) -> None:
    ears.hold = asyncio.Event()
    async with connected(slack, ears):
        await wait_until(is_open(slack, 1))
        old = slack.sockets.open[0]
        await asha.says(casting, "in hand")
        await wait_until(lambda: ears.heard)
        await old.disconnect("warning")
        await wait_until(lambda: len(slack.sockets.open) == 2)
        ears.hold.set()
        await wait_until(lambda: slack.deliveries.all[0].acknowledged_at is not None)
        assert len(slack.deliveries.all[0].attempts) == 1
        await wait_until(lambda: not old.is_open)


async def test_a_cut_socket_is_opened_again_at_once(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel
) -> None:
    async with connected(slack, ears):
        for number in range(1, 4):
            await wait_until(is_open(slack, number))
            slack.sockets.open[0].cut()
        await wait_until(is_open(slack, 4))
        await asha.says(casting, "hello")
        await wait_until(lambda: ears.heard == ["hello"])


async def test_slack_away_is_said_once_and_tried_until_it_is_back(
    slack: SlackServer, ears: Ears, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_not_connected")
    slack.fail("apps.connections.open", status=503, times=2)
    async with connected(slack, ears) as mode:
        assert mode.wrong() == "not connected yet"
        await wait_until(lambda: mode.wrong() == "Slack answers status 503")
        await wait_until(lambda: not mode.wrong())
    assert len(expected_logs.records) == 1


async def test_a_refused_token_is_said_in_one_line(
    slack: SlackServer, ears: Ears, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("Slack refuses SLACK_APP_TOKEN (invalid_auth)")
    async with connected(slack, ears, token="xapp-made-up") as mode:
        await wait_until(lambda: "invalid_auth" in mode.wrong())
    assert "made-up" not in str(expected_logs.messages())


async def test_switched_off_socket_mode_is_said_in_one_line(
    slack: SlackServer, ears: Ears, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_socket_mode_is_off")
    async with connected(slack, ears) as mode:
        await wait_until(is_open(slack, 1))
        await slack.sockets.open[0].disconnect("link_disabled")
        await wait_until(lambda: not slack.sockets.open)
        await wait_until(lambda: expected_logs.records)
    assert mode.wrong() == ""  # only just now
    assert len(slack.called("apps.connections.open")) == 1


async def test_an_unreadable_frame_is_logged_and_the_next_one_read(
    slack: SlackServer, ears: Ears, asha: Person, casting: Channel, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("slack_frame_unreadable")
    async with connected(slack, ears):
        await wait_until(is_open(slack, 1))
        for frame in ("{", "[]", '"x"', "{}", '{"type": 3, "payload": 5, "envelope_id": []}'):
            await slack.sockets.open[0]._connection.send_str(frame)
        await asha.says(casting, "hello")
        await wait_until(lambda: ears.heard == ["hello"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain", "Welcome to our wireless network"),
        ("text/html", "<p>Welcome</p>"),
        ("application/json", '["Welcome"]'),
        ("application/json", "Welcome"),
        ("application/json", '{"ok": true}'),
        ("application/json", '{"ok": true, "url": 5}'),
    ],
)
async def test_somebody_else_who_answers_for_slack_is_no_end(
    ears: Ears, expected_logs: ExpectedLogs, kind: str, text: str
) -> None:
    expected_logs.expect("slack_not_connected")

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=text, content_type=kind)

    async with served(answer) as url, Clients.open(f"{url}/api/") as clients:
        mode = SocketMode(clients.client(), "xapp-1", ears, patience=PATIENCE)
        workspaces = Workspaces(clients, OwnToken(clients.client("xoxb-1")), None)
        async with beside(mode.run()):
            await wait_until(lambda: mode.wrong() not in ("", "not connected yet"))
        with pytest.raises(NotReadyError):
            await workspaces.ready()
