"""In the loopback Slack people command, click, fill forms in and install, as in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import App, Channel, Person, SlackServer, Workspace
from tests.slack.listening import Listening, on_socket
from tests.slack.refusals import refusal, refused
from tests.waiting import wait_until


@pytest.fixture
async def listening(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    async with on_socket(slack, team) as listening:
        yield listening


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, value: str) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value}


GENDER = {
    "type": "static_select",
    "action_id": "gender",
    "options": [{"text": plain(name), "value": name} for name in ("female", "male")],
}


def modal(**fields: Any) -> dict[str, Any]:
    city = {"type": "plain_text_input", "action_id": "city"}
    return {
        "type": "modal",
        "callback_id": "filters",
        "title": plain("Filters"),
        "submit": plain("Search"),
        "private_metadata": "s1",
        "blocks": [
            {"type": "input", "block_id": "where", "label": plain("City"), "element": city},
            {
                "type": "input",
                "block_id": "who",
                "label": plain("Gender"),
                "element": GENDER,
                "optional": True,
            },
        ],
    } | fields


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


# --- forms -----------------------------------------------------------------------------------


async def test_a_form_from_a_shortcut_to_its_end(
    slack: SlackServer, listening: Listening, casting: Channel, asha: Person
) -> None:
    views: list[dict[str, Any]] = []

    @listening.app.shortcut("find_talents")
    async def find(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    closed: list[dict[str, Any]] = []

    @listening.app.view_closed("filters")
    async def left(ack: Any, view: dict[str, Any]) -> None:
        closed.append(view)
        await ack()

    @listening.app.view("filters")
    async def filters(ack: Any, view: dict[str, Any]) -> None:
        views.append(view)
        city = view["state"]["values"]["where"]["city"]["value"]
        if city == "Mumbai":
            await ack()
        else:
            await ack(response_action="errors", errors={"where": "No such city."})

    ts = await asha.says(casting, "a woman who fences")
    await asha.shortcut("find_talents", casting.message(ts))
    await wait_until(lambda: asha.modal)
    form = asha.modal
    assert form
    assert (form.title, form.private_metadata) == ("Filters", "s1")
    with pytest.raises(AssertionError, match="Slack wants something"):
        await asha.submits(form, {"gender": "female"})
    with pytest.raises(AssertionError, match="no option"):
        await asha.submits(form, {"city": "Pune", "gender": "neither"})
    response = await asha.submits(form, {"city": "Pune", "gender": "female"})
    assert response.errors == form.errors == {"where": "No such city."}
    await asha.submits(form, {"city": "Mumbai"})
    assert asha.modal is None
    again = slack.views.open(asha, modal(notify_on_close=True))
    await asha.closes(again)
    assert [view["type"] for view in closed] == ["modal"]
    assert views[-1]["state"]["values"]["who"]["gender"]["selected_option"]["value"] == "female"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": plain("x" * 25)}, "less than 25 characters [json-pointer:/view/title/text]"),
        ({"private_metadata": "x" * 3_001}, "must be less than 3001 characters"),
        ({"submit": None}, "must define `submit` to use an `input` block in modals"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown"),
        ({"shiny": True}, "invalid additional property: shiny"),
        ({"type": "home"}, "must be equal to `modal`"),
    ],
)  # fmt: skip
async def test_views_that_are_refused(
    slack: SlackServer, client: AsyncWebClient, asha: Person, fields: dict[str, Any], problem: str
) -> None:
    view = {name: value for name, value in modal(**fields).items() if value is not None}
    opened = client.views_open(trigger_id=slack.triggers.new(asha), view=view)
    answer = await refusal(opened)
    assert answer["error"] == "invalid_arguments"
    assert any(problem in message for message in answer["response_metadata"]["messages"])


async def test_triggers_hashes_and_stacks(
    slack: SlackServer, client: AsyncWebClient, asha: Person
) -> None:
    trigger = slack.triggers.new(asha)
    opened = await client.views_open(trigger_id=trigger, view=modal())
    again = client.views_open(trigger_id=trigger, view=modal())
    assert await refused(again) == "exchanged_trigger_id"
    late = slack.triggers.new(asha)
    slack.triggers.expire()
    assert await refused(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    made_up = client.views_open(trigger_id="1.2.3", view=modal())
    assert await refused(made_up) == "invalid_trigger_id"
    view_id, first = opened["view"]["id"], opened["view"]["hash"]
    changed = modal(title=plain("Other"))
    await client.views_update(view_id=view_id, view=changed, hash=first)
    stale = client.views_update(view_id=view_id, view=modal(), hash=first)
    assert await refused(stale) == "hash_conflict"
    for _ in range(2):
        top = slack.triggers.new(asha, asha.modal)
        await client.views_push(trigger_id=top, view=modal())
    fourth = slack.triggers.new(asha, asha.modal)
    pushed = client.views_push(trigger_id=fourth, view=modal())
    assert await refused(pushed) == "push_limit_reached"


async def test_the_home_tab(client: AsyncWebClient, asha: Person) -> None:
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("You and CastMatch")}]}
    published = await client.views_publish(user_id=asha.id, view=home)
    assert asha.app_home
    assert asha.app_home.shown == "You and CastMatch"
    await client.views_publish(user_id=asha.id, view=home, hash=published["view"]["hash"])
    stale = client.views_publish(user_id=asha.id, view=home, hash=published["view"]["hash"])
    assert await refused(stale) == "hash_conflict"
    nobody = client.views_publish(user_id="U0NOBODY00", view=home)
    assert await refused(nobody) == "user_not_found"


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
