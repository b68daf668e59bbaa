"""In the loopback Slack people command, click and install, as in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import App, Channel, Person, SlackServer, Workspace
from tests.slack.listening import Listening, on_socket
from tests.slack.refusals import refused
from tests.waiting import wait_until


@pytest.fixture
async def listening(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    async with on_socket(slack, team) as listening:
        yield listening


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, value: str) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value}


# --- commands and clicks ---------------------------------------------------------------------


async def test_a_command_is_answered_to_the_asker_alone_and_then_shared(
    slack: SlackServer, listening: Listening, team: Workspace, casting: Channel, asha: Person
) -> None:
    bodies: list[dict[str, Any]] = []

    @listening.app.command("/talent")
    async def talent(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        buttons = [button("Share", "share", "s1:0")]
        await ack(text="Two", blocks=[{"type": "actions", "elements": buttons}])

    @listening.app.action("share")
    async def share(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()
        await respond(text="Two dancers", response_type="in_channel")
        await respond(delete_original=True)

    response = await asha.commands("/talent", "dancers in Mumbai", casting)
    assert response.message
    assert response.message.shown == "[Share]"
    assert casting.messages() == []
    assert casting.ephemeral(team.person("Ravi")) == []
    assert (bodies[0]["text"], bodies[0]["channel_id"]) == ("dancers in Mumbai", casting.id)
    (seen,) = asha.ephemeral(casting)
    await asha.clicks("share", on=seen)
    await wait_until(lambda: casting.messages() and not asha.ephemeral(casting))
    assert [message.shown for message in casting.messages()] == ["Two dancers"]
    assert bodies[1]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[1]


async def test_a_command_that_nobody_takes_tells_the_person(
    slack: SlackServer, casting: Channel, asha: Person
) -> None:
    response = await asha.commands("/talent", "x", casting)
    assert response.error == "dispatch_failed"
    assert "dispatch_failed" in asha.ephemeral(casting)[0].text


async def test_a_click_in_a_message_says_what_was_clicked(
    listening: Listening, casting: Channel, asha: Person
) -> None:
    bodies: list[dict[str, Any]] = []

    @listening.app.action("rate")
    async def rate(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    feedback = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "1:helpful"},
        "negative_button": {"text": plain("Bad"), "value": "1:unhelpful"},
    }
    blocks = [{"type": "context_actions", "elements": [feedback]}]
    await listening.client.chat_postMessage(channel=casting.id, text="x", blocks=blocks)
    (message,) = casting.messages()
    await asha.clicks("rate", "1:unhelpful", on=message)
    (action,) = bodies[0]["actions"]
    assert (action["type"], action["value"]) == ("feedback_buttons", "1:unhelpful")
    assert bodies[0]["message"]["ts"] == message.ts
    with pytest.raises(AssertionError, match="nothing to click"):
        await asha.clicks("other", on=message)
    await asha.clicks("rate", "forged", on=message, forged=True)
    assert bodies[1]["actions"][0]["value"] == "forged"


async def test_response_urls_wear_out(slack: SlackServer, casting: Channel, asha: Person) -> None:
    hook = AsyncWebhookClient(slack.response_urls.new(casting, asha))
    answers = [await hook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert [message.text for message in asha.ephemeral(casting)] == list("01234")
    late = AsyncWebhookClient(slack.response_urls.new(casting, asha))
    slack.response_urls.expire()
    assert "expired_url" in (await late.send(text="x")).body


# --- installing ------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # the SDK's
async def test_oauth_and_rotating_tokens() -> None:
    app = App(token_rotation=True)
    async with SlackServer(app) as slack:
        team = slack.workspace("New Co", installed=False)
        asha = team.person("Asha")
        page = (
            f"https://slack.example/oauth/v2/authorize?client_id={app.client_id}"
            "&scope=chat:write,commands&state=s7&redirect_uri=https://bot.example/back"
        )
        assert "error=access_denied" in slack.installs.deny(page)
        back = parse_qs(urlsplit(slack.installs.approve(page, asha)).query)
        assert back["state"] == ["s7"]
        client = AsyncWebClient(base_url=slack.api_url)
        secrets = {"client_id": app.client_id, "client_secret": app.client_secret}

        def exchange(**what: Any) -> Any:
            return client.oauth_v2_access(**(secrets | what))

        code = {"code": back["code"][0], "redirect_uri": "https://bot.example/back"}
        assert await refused(exchange(code="made-up")) == "invalid_code"
        assert await refused(exchange(client_secret="x", **code)) == "bad_client_secret"
        wrong = code | {"redirect_uri": "https://evil.example"}
        assert await refused(exchange(**wrong)) == "bad_redirect_uri"
        first = await exchange(**code)
        assert (first["team"]["id"], first["expires_in"]) == (team.id, 43_200)
        assert await refused(exchange(**code)) == "code_already_used"
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await exchange(**refresh)
        assert second["access_token"] != first["access_token"]
        assert await refused(exchange(**refresh)) == "invalid_refresh_token"
        bot = AsyncWebClient(second["access_token"], base_url=slack.api_url)
        assert (await bot.auth_test())["team_id"] == team.id
        await bot.apps_uninstall(**secrets)
        assert await refused(bot.auth_test()) == "account_inactive"
