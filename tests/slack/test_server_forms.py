"""In the loopback Slack views open, change, are filled in and sent as in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Person, SlackServer, Workspace
from tests.slack.listening import Listening, on_socket
from tests.slack.refusals import refusal, refused
from tests.waiting import wait_until


@pytest.fixture
async def listening(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    async with on_socket(slack, team) as listening:
        yield listening


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


GENDER = {
    "type": "static_select",
    "action_id": "gender",
    "options": [{"text": plain(name), "value": name} for name in ("female", "male")],
}


def modal(**fields: Any) -> dict[str, Any]:
    city = {"type": "plain_text_input", "action_id": "city"}
    view: dict[str, Any] = {
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
    }
    return view | fields


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


async def test_what_was_entered_stays_when_a_view_is_updated(
    slack: SlackServer, listening: Listening, asha: Person
) -> None:
    views: list[dict[str, Any]] = []

    @listening.app.action("gender")
    async def gender(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        views.append(body["view"])
        await ack()
        changed = modal(title=plain("Changed"))
        changed["blocks"][1] |= {"dispatch_action": True}
        await client.views_update(view_id=body["view"]["id"], view=changed)

    content = modal()
    content["blocks"][1] |= {"dispatch_action": True}
    opened = await listening.client.views_open(trigger_id=slack.triggers.new(asha), view=content)
    assert opened["view"]["state"] == {"values": {}}
    form = asha.modal
    assert form
    with pytest.raises(AssertionError, match="only when the form is submitted"):
        await asha.clicks("city", "Pune", on=form)
    await asha.clicks("gender", "male", on=form)
    await wait_until(lambda: form.title == "Changed")
    assert views[0]["state"]["values"]["where"]["city"]["value"] is None
    assert form.state["who"]["gender"]["selected_option"]["value"] == "male"


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
