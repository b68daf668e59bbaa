"""The loopback Slack takes the blocks that Slack takes, and no others."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, SlackServer
from tests.fakes.slack.rules.size import rendered
from tests.slack.refusals import refusal, refused


def button(**fields: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Shortlist"}
    return {"type": "button", "text": text, "action_id": "shortlist", **fields}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def card(**fields: Any) -> dict[str, Any]:
    return {"type": "card", "title": {"type": "mrkdwn", "text": "Meera"}, **fields}


TOO_MANY = "no more than {} items allowed"
TOO_LONG = "must be less than {} characters"


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}


@pytest.mark.parametrize(
    ("blocks", "problem", "pointer"),
    [
        ([section("x")] * 51, TOO_MANY.format(50), ""),
        ([section("x" * 3_001)], TOO_LONG.format(3001), "/0/text/text"),
        ([section("")], "must be more than 0 characters", "/0/text/text"),
        ([{"type": "section"}], "must define either `text` or `fields`", "/0"),
        ([{"type": "shiny"}], "unsupported type: shiny", "/0/type"),
        ([{"type": "markdown", "text": "x" * 12_001}], TOO_LONG.format(12001), "/0/text"),
        ([{"type": "header", "text": mrkdwn("x")}], "must be one of: plain_text", "/0/text/type"),
        ([actions(button(value="x" * 2_001))], TOO_LONG.format(2001), "/0/elements/0/value"),
        ([actions(button(action_id="x" * 256))], TOO_LONG.format(256), "/0/elements/0/action_id"),
        ([actions(button(), button())], "`shortlist` already exists", "/0/elements/1/action_id"),
        ([actions(button(x=1))], "invalid additional property: x", "/0/elements/0"),
        ([actions()], "must provide at least 1 items", "/0/elements"),
        ([{"type": "context_actions", "elements": [button()]}], "unsupported type: button", None),
        ([section("a") | {"block_id": "b"}] * 2, "`b` already exists", "/1/block_id"),
        ([card(body=mrkdwn("x" * 201))], TOO_LONG.format(201), "/0/body/text"),
        ([card(actions=[button(action_id=str(n)) for n in range(4)])], TOO_MANY.format(3), None),
        ([{"type": "carousel", "elements": [card()] * 11}], TOO_MANY.format(10), "/0/elements"),
        ([TABLE, TABLE], "only_one_table_allowed", ""),
        ([{"type": "image", "image_url": "x", "alt_text": "x"}], "invalid url", "/0/image_url"),
        ([{"type": "alert", "text": plain("x")}], "unsupported type: alert", "/0/type"),
    ],
)
async def test_blocks_that_are_refused(
    client: AsyncWebClient, casting: Channel, blocks: list[Any], problem: str, pointer: str | None
) -> None:
    post = client.chat_postMessage(channel=casting.id, text="x", blocks=blocks)
    answer = await refusal(post)
    assert answer["error"] == "invalid_blocks"
    found = answer["response_metadata"]["messages"]
    where = "" if pointer is None else f" [json-pointer:/blocks{pointer}]"
    assert any(f"[ERROR] {problem}{where}" in message for message in found)
    assert casting.messages() == []


async def test_every_block_that_the_adapter_may_use_is_taken(
    client: AsyncWebClient, casting: Channel
) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "1:helpful"},
        "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "1:unhelpful"},
    }
    image = {"type": "image", "image_url": "https://x.example/1.png", "alt_text": "Meera"}
    bold = {"type": "text", "text": "x", "style": {"bold": True}}
    line = {"type": "rich_text_section", "elements": [bold]}
    items = {"type": "rich_text_list", "style": "ordered", "elements": [line]}
    rich: dict[str, Any] = {"type": "rich_text", "elements": [line, items]}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Two dancers"}},
        {"type": "markdown", "text": "# One\n\ntext"},
        {**section("*Meera*"), "accessory": image},
        {"type": "context", "elements": [image, {"type": "mrkdwn", "text": "Mumbai"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [button(value="t")]},
        {"type": "carousel", "elements": [card(hero_image=image, actions=[button()])]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, rich]]},
        rich,
        image,
        {"type": "context_actions", "elements": [feedback]},
    ]
    await client.chat_postMessage(channel=casting.id, text="x", blocks=blocks)
    (message,) = casting.messages()
    assert "[Shortlist]" in message.shown
    assert "[Good] [Bad]" in message.shown
    assert all(block["block_id"] for block in message.blocks)


async def test_a_message_has_a_size_as_a_whole(
    slack: SlackServer, client: AsyncWebClient, casting: Channel
) -> None:
    slack.limits.off()

    def post(*texts: str) -> Awaitable[Any]:
        blocks = [{"type": "markdown", "text": text} for text in texts]
        return client.chat_postMessage(channel=casting.id, text="x", blocks=blocks)

    await post("x" * 6_000, "x" * 6_000)
    assert await refused(post("x" * 6_000, "x" * 6_001)) == "msg_blocks_too_long"
    await post(*["x" * 192] * 50)
    assert await refused(post(*["x" * 252] * 45)) == "msg_blocks_too_long"
    assert await refused(post("# heading\n\ntext\n\n" * 26)) == "msg_blocks_too_long"
    assert rendered("a\n\nb\n# c\n```\n# code\n```\n| t |\n|---|\n---\nd") == (6, 1)
