"""Facts found by Claude: through the real client, and checked before they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.claude import Claude
from bot.conversation import Author, Message, Place
from bot.distilling import kept
from bot.facts import Draft
from tests.claude.conftest import turn
from tests.fakes.claude import ClaudeServer

FACT = {
    "about": "project",
    "subject": "Monsoon Letters",
    "attribute": "Budget",
    "value": "40k a day",
    "statement": "The budget for Monsoon Letters is 40k a day.",
    "quote": "for Monsoon Letters we have 40k a day",
    "act": "says",
    "negated": False,
    "single": True,
    "valid_from": "2026-05-04",
    "valid_until": "",
}
SAID = "So: for Monsoon Letters we have 40k a day, from tomorrow"


def message(text: str = SAID) -> Message:
    at = datetime(2026, 5, 3, tzinfo=UTC)
    return replace(
        turn(text).message, author=Author("U9", "Priya"), sent_at=at, place=Place.PRIVATE
    )


async def distilled(claude: Claude, asked: Message) -> Sequence[Draft]:
    return kept(await claude.distiller().distil(asked), asked)


async def test_what_claude_finds_is_kept(server: ClaudeServer, claude: Claude) -> None:
    server.reply(tools=[("keep_facts", {"facts": [FACT]})])
    (draft,) = await distilled(claude, message())
    assert (draft.attribute, draft.value) == ("budget", "40k a day")
    assert draft.valid_from == date(2026, 5, 4)
    asked = server.requests[0].body
    assert asked["tool_choice"] == {"type": "tool", "name": "keep_facts"}
    assert "Sunday, 03 May 2026 by Priya in a channel" in asked["messages"][0]["content"][0]["text"]
    assert server.complaints == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "we have 90k"},
        {"statement": "The budget for Monsoon Letters is 90k a day."},
        {"statement": "Priya is a Hindu and has 40k a day for Monsoon Letters."},
        {"subject": "Night Bus"},
        {"value": ""},
    ],
)
async def test_what_the_message_does_not_say_is_not_kept(
    server: ClaudeServer, claude: Claude, wrong: dict[str, object]
) -> None:
    server.reply(tools=[("keep_facts", {"facts": [FACT | wrong]})])
    assert await distilled(claude, message()) == []


async def test_nothing_found_is_nothing(server: ClaudeServer, claude: Claude) -> None:
    server.reply(tools=[("keep_facts", {"facts": []})])
    assert await distilled(claude, message()) == []


@pytest.mark.parametrize("text", ["Who is free?", "> This channel casts in Pune.", "Hi!"])
async def test_claude_is_not_asked_of_what_states_nothing(
    server: ClaudeServer, claude: Claude, text: str
) -> None:
    assert await distilled(claude, message(text)) == []
    assert server.requests == []


async def test_where_claude_cannot_say_the_rules_do(server: ClaudeServer, claude: Claude) -> None:
    asked = message("This channel casts in Pune.")
    server.fail(529)
    server.reply(text="I would rather talk.")
    server.reply(tools=[("keep_facts", {"facts": [{"about": "moon"}]})])
    server.reply(tools=[("keep_facts", {"facts": [FACT]})], cut="disconnect")
    values = [[one.value for one in await distilled(claude, asked)] for _ in range(4)]
    assert values == [["Pune"], [], ["Pune"], ["Pune"]]
