"""`castmatch serve` on Slack, as a process of its own."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.fakes.slack import SlackServer
from tests.folders import server_folder
from tests.processes.castmatch import run, serving
from tests.waiting import wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder("castmatch-slack-") as path:
        yield path


async def test_a_mention_is_answered_in_its_thread(folder: Path) -> None:
    async with SlackServer() as slack:
        team = slack.workspace()
        asha = team.person("Asha")
        casting = team.channel("casting", asha)
        settings = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": team.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
        }
        async with serving(folder, **settings) as server:
            await wait_until(lambda: slack.sockets.open)
            async with httpx2.AsyncClient() as client:
                ready = await client.get(f"{server.address}/readyz")
            assert ready.json()["parts"]["slack"] == "ok"
            ts = await asha.says(casting, f"{team.bot.mention} women 24-30 who speak Marathi")
            await wait_until(lambda: casting.from_bot(ts))
            linked = await run(folder, "workspace", "link", team.id, "--access", "community")
            assert f"{team.id} sees from now on as community" in linked.err
            listed = await run(folder, "workspace", "list")
            assert re.search(rf"slack +{team.id} +community: its public part", listed.out)
            assert await server.end(signal.SIGTERM) == 0
        assert "Traceback" not in server.log
        assert "xoxb-" not in server.log


async def test_the_page_serves_where_slack_is_away(folder: Path) -> None:
    settings = {
        "SLACK_API_URL": "http://127.0.0.1:9/api/",  # the discard port: nothing listens
        "SLACK_BOT_TOKEN": "xoxb-made-up",
        "SLACK_APP_TOKEN": "xapp-made-up",
    }
    async with serving(folder, **settings) as server:
        await wait_until(lambda: "slack_not_connected" in server.log)
        async with httpx2.AsyncClient() as client:
            ready = await client.get(f"{server.address}/readyz")
            assert (await client.get(server.address)).status_code == 200
        assert ready.status_code == 503
        assert "Slack cannot be reached" in ready.json()["parts"]["slack"]
        assert await server.end(signal.SIGTERM) == 0
    lines = [line for line in server.log.splitlines() if "slack_not" in line]
    assert len(lines) == 2, lines
    assert "Traceback" not in server.log
    assert "made-up" not in server.log
