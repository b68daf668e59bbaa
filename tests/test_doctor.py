"""What the doctor says of each part, its clients talking to loopback servers."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr
from rich.console import Console

from adapters.console.doctor import show_findings
from adapters.discord.token import check_token as check_discord_token
from adapters.slack.token import check_token as check_slack_token
from bot.checks import checks
from bot.doctor import Check, Finding, State, check_claude, check_data_folder, check_python, examine
from bot.settings import Settings
from db.pool import Database
from db.vault import Vault, new_key

MODEL = "claude-sonnet-5-5"


class _Platforms(BaseHTTPRequestHandler):
    """Slack's, Discord's and Claude's token checks, each knowing one good token."""

    def _answer(self, status: int, body: object) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_POST(self) -> None:
        assert self.path == "/api/auth.test"
        if self.headers["Authorization"] == "Bearer xoxb-good":
            self._answer(200, {"ok": True, "user": "castmatch", "team": "Monsoon Casting"})
        else:  # Slack says no with a 200
            self._answer(200, {"ok": False, "error": "invalid_auth"})

    def do_GET(self) -> None:
        key = self.headers["Authorization"]
        if self.path == "/api/v10/applications/@me":
            good = key == "Bot good"
            us = {"id": "1234", "name": "CastMatch", "flags": 1 << 19}
            self._answer(*((200, us) if good else (401, {"message": "401"})))
        elif "good" not in f"{key}{self.headers['X-Api-Key']}":
            self._answer(401, {"type": "error", "error": {"type": "authentication_error"}})
        elif self.path == f"/v1/models/{MODEL}":
            self._answer(200, {"type": "model", "id": MODEL, "display_name": "Sonnet"})
        else:
            self._answer(404, {"type": "error", "error": {"type": "not_found_error"}})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def platforms() -> Iterator[str]:
    """The address of a server that speaks for all three."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Platforms)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def settings(base_url: str, **values: object) -> Settings:
    return Settings.model_construct(anthropic_base_url=AnyHttpUrl(base_url), **values)  # type: ignore[arg-type] # unvalidated on purpose


async def finding(check: Check) -> Finding:
    (found,) = await examine([check])
    return found


async def test_python_is_named() -> None:
    assert (await finding(Check("Python", check_python))).said.startswith("Python 3.")


async def test_the_keys_must_open_what_is_kept(
    database: Database, database_url: str, redis_url: str
) -> None:
    async def of_tokens(keys: str | None) -> Finding:
        urls = {"database_url": database_url, "redis_url": redis_url, "sample_roster": False}
        secret = SecretStr(keys) if keys else None
        settings = Settings.model_construct(**urls, token_keys=secret)  # type: ignore[arg-type] # unvalidated, as sockets have no host
        async with AsyncExitStack() as stack:
            names = ("Postgres", "Tokens at rest")
            of_ours = [one for one in checks(settings, stack, print) if one.part in names]
            return (await examine(of_ours))[1]

    ours, another = new_key(), new_key()
    assert (await of_tokens(None)).state is State.NOT_SET
    assert (await of_tokens(ours)).said == "TOKEN_KEYS opens all that is kept (0)"
    await Vault(database, [ours]).put("slack_installation", "team/T1", {"bot_token": "xoxb-1"})
    assert (await of_tokens(f"{another},{ours}")).said == "TOKEN_KEYS opens all that is kept (1)"
    for keys in (another, None):
        found = await of_tokens(keys)
        assert found.state is State.FAILS
        assert "1 of the 1 secrets" in found.said
        assert "TOKEN_KEYS" in found.remedy


async def test_a_token_that_is_not_set_is_no_failure(platforms: str) -> None:
    for check in (check_slack_token, check_discord_token):
        found = await finding(Check("token", lambda check=check: check(None, platforms)))  # type: ignore[misc] # bound now
        assert found.state is State.NOT_SET
    found = await finding(Check("Claude", lambda: check_claude(Settings.model_construct())))
    assert found.state is State.NOT_SET
    assert "offline" in found.said


async def test_good_tokens_say_whose_they_are(platforms: str) -> None:
    slack = await finding(
        Check("Slack", lambda: check_slack_token("xoxb-good", f"{platforms}/api/"))
    )
    discord = await finding(
        Check("Discord", lambda: check_discord_token("good", f"{platforms}/api/v10"))
    )
    claude = await finding(
        Check(
            "Claude", lambda: check_claude(settings(platforms, anthropic_api_key=SecretStr("good")))
        )
    )
    assert slack.said == "the token is castmatch's in Monsoon Casting; events come by HTTP"
    assert discord.said.startswith(
        "the token is CastMatch's. Invite it: "
        "https://discord.com/oauth2/authorize?client_id=1234&scope=bot+applications.commands"
    )
    assert claude.said == f"the key is accepted, {MODEL} answers"


async def test_wrong_tokens_fail_with_a_remedy_and_are_not_shown(platforms: str) -> None:
    found = [
        await finding(Check("Slack", lambda: check_slack_token("xoxb-bad", f"{platforms}/api/"))),
        await finding(Check("Discord", lambda: check_discord_token("bad", f"{platforms}/api/v10"))),
        await finding(
            Check(
                "Claude",
                lambda: check_claude(settings(platforms, anthropic_api_key=SecretStr("bad"))),
            )
        ),
    ]
    for each, variable in zip(
        found, ("SLACK_BOT_TOKEN", "DISCORD_TOKEN", "ANTHROPIC_API_KEY"), strict=True
    ):
        assert each.state is State.FAILS
        assert variable in each.remedy
        assert "bad" not in each.said


async def test_a_model_that_does_not_exist(platforms: str) -> None:
    wrong = settings(platforms, anthropic_api_key=SecretStr("good"), anthropic_model="claude-none")
    found = await finding(Check("Claude", lambda: check_claude(wrong)))
    assert "ANTHROPIC_MODEL" in found.remedy


async def test_nobody_answers() -> None:
    away = "http://127.0.0.1:9/api/"  # the discard port: nothing listens
    slack = await finding(Check("Slack", lambda: check_slack_token("xoxb-good", away)))
    discord = await finding(Check("Discord", lambda: check_discord_token("good", away)))
    assert (slack.state, discord.state) == (State.FAILS, State.FAILS)
    assert "SLACK_API_URL" in slack.remedy
    assert "DISCORD_API_URL" in discord.remedy


async def test_the_data_folder(tmp_path: Path) -> None:
    found = await finding(Check("data", lambda: check_data_folder(tmp_path / "new" / "data")))
    assert found.state is State.WORKS
    (tmp_path / "file").write_text("")
    found = await finding(Check("data", lambda: check_data_folder(tmp_path / "file")))
    assert "DATA_DIR" in found.remedy


def test_what_is_printed() -> None:
    output = io.StringIO()
    console = Console(file=output, width=60)
    works = Finding("Redis", State.WORKS, "version 8 [unix socket]")
    fails = Finding("Claude", State.FAILS, "the key was refused", "Check ANTHROPIC_API_KEY.")
    assert show_findings(console, [works])
    assert not show_findings(console, [works, fails])
    assert "✓ Redis  version 8 [unix socket]" in output.getvalue()
    assert "→ Check ANTHROPIC_API_KEY." in output.getvalue()
