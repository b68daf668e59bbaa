"""`castmatch doctor` on Slack: what is wrong with the tokens, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from adapters.slack.scopes import SCOPES
from adapters.slack.token import check_token
from bot.doctor import PartFailedError
from tests.fakes.slack import App, SlackServer, Workspace

MANIFEST = yaml.safe_load(Path("adapters/slack/manifest.yaml").read_text())


async def test_an_app_made_from_the_manifest_works() -> None:
    app = App.from_manifest(MANIFEST)
    async with SlackServer(app) as slack:
        team = slack.workspace()
        said = await check_token(team.bot_token, slack.api_url, app_token=app.app_token)
    assert said == "the token is castmatch's in Acme Casting; events come by Socket Mode"


async def test_without_an_app_level_token_events_come_by_http(
    slack: SlackServer, team: Workspace
) -> None:
    assert (await check_token(team.bot_token, slack.api_url)).endswith("events come by HTTP")
    said = await check_token(None, slack.api_url, client_id="1.2")
    assert said == "workspaces install the app themselves; events come by HTTP"


def _no_history(slack: SlackServer, team: Workspace) -> None:
    token = slack.tokens.find(team.bot_token)
    assert token is not None
    token.scopes = frozenset(SCOPES) - {"channels:history", "users:read"}


def _wrong_app_token(slack: SlackServer, team: Workspace) -> None:
    slack.fail("apps.connections.open", error="invalid_auth")


def _revoked(slack: SlackServer, team: Workspace) -> None:
    slack.installs.revoke(team)


@pytest.mark.parametrize(
    ("spoil", "said", "remedy"),
    [
        (_no_history, "the app may not: channels:history, users:read", "manifest.yaml"),
        (_wrong_app_token, "the app-level token: invalid_auth", "SLACK_APP_TOKEN"),
        (_revoked, "the token: token_revoked", "SLACK_BOT_TOKEN"),
    ],
)
async def test_what_is_wrong_is_said_with_a_remedy(
    slack: SlackServer,
    team: Workspace,
    spoil: Callable[[SlackServer, Workspace], None],
    said: str,
    remedy: str,
) -> None:
    spoil(slack, team)
    with pytest.raises(PartFailedError) as failed:
        await check_token(team.bot_token, slack.api_url, app_token=slack.app.app_token)
    assert said in str(failed.value)
    assert remedy in failed.value.remedy
