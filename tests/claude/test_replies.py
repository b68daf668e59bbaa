"""Claude's replies: text that streams, tools in between, and what is noted for the next turn."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from bot.claude import Claude, Limits
from bot.metrics import Metrics
from bot.talent import Filters, TalentQuery
from bot.tools import Toolbox
from db.talent_search import Talents
from tests.claude.conftest import ASHA, MEERA, ask, connect, turn
from tests.conftest import ExpectedLogs
from tests.fakes.claude import ClaudeServer
from tests.talents.rosters import team

SEARCH = ("search_talents", {"filters": {"languages": ["Marathi"]}, "limit": 5})


async def test_text_streams_as_it_comes(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text="Which city should she be in?")
    said = await ask(claude, turn("Find me someone"), toolbox)
    assert said.text == "Which city should she be in?"
    assert len(said.events) > 3
    assert said.error is None


async def test_a_search_and_then_the_answer(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text="Let me look.", tools=[SEARCH])
    server.reply(text="1. **Meera Joshi** – Mumbai\n2. **Asha Patil** – Pune")
    said = await ask(claude, turn("Marathi speakers?"), toolbox)

    assert said.text == "Let me look.\n\n1. **Meera Joshi** – Mumbai\n2. **Asha Patil** – Pune"
    assert said.doings == ["searching the roster…"]
    [result] = server.requests[1].tool_results
    assert "speaks Marathi" in result
    assert MEERA in result


async def test_what_was_shown_and_asked_is_noted_for_the_next_turn(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(tools=[SEARCH])
    server.reply(text="Asha is in Pune; I'd still start with **Meera Joshi**.")
    await ask(claude, turn(), toolbox)

    assert [match.talent.id for match in toolbox.matches] == [ASHA, MEERA]  # as the text has them
    assert toolbox.query == TalentQuery(filters=Filters(languages=("Marathi",)))
    assert "speaks Marathi" in toolbox.matches[0].reasons


async def test_talents_that_the_text_does_not_name_are_not_shown(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(tools=[SEARCH])
    server.reply(text="Two talents speak Marathi.")
    await ask(claude, turn("How many speak Marathi?"), toolbox)
    assert toolbox.matches == ()


async def test_tools_asked_for_together_run_side_by_side_and_answer_in_order(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    calls = [("show_talent", {"name": name}) for name in ("Meera", "Dev Malik", "Nobody Known")]
    server.reply(tools=calls)
    server.reply(text="Done.")
    await ask(claude, turn(), toolbox)

    blocks = server.requests[1].body["messages"][-1]["content"]
    assert [block["tool_use_id"][-1] for block in blocks] == ["0", "1", "2"]
    assert [bool(block.get("is_error")) for block in blocks] == [False, False, True]
    assert "Meera Joshi" in blocks[0]["content"]
    assert "Delhi" in blocks[1]["content"]
    assert "Nobody in the roster" in blocks[2]["content"]


async def test_a_wrong_call_goes_back_to_claude_with_what_to_do(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, metrics: Metrics
) -> None:
    wrong = {"filters": {"playing_age": {"min": 30, "max": 20}, "religion": "any"}, "limit": 50}
    server.reply(tools=[("search_talents", wrong), ("search_actors", {})])
    server.reply(text="I could not search that way.")
    said = await ask(claude, turn(), toolbox)

    assert said.error is None
    bad, unknown = server.requests[1].tool_results
    assert "filters.playing_age: min 30.0 is above max 20.0" in bad
    assert "filters.religion" in bad
    assert "limit" in bad
    assert "There is no tool 'search_actors'. There are: search_talents" in unknown
    assert metrics.tool_calls.labels("unknown", "error")._value.get() == 1


async def test_a_tool_that_fails_is_logged_and_claude_only_learns_that_it_failed(
    server: ClaudeServer,
    claude: Claude,
    talents: Talents,
    org_id: UUID,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("tool failed")
    toolbox = Toolbox(talents, team(org_id), call_seconds=0)  # no search ends in time
    server.reply(tools=[SEARCH])
    server.reply(text="The roster can't be read just now.")
    said = await ask(claude, turn(), toolbox)

    assert said.text == "The roster can't be read just now."
    [result] = server.requests[1].tool_results
    assert "failed on our side" in result
    assert "Traceback" not in result
    assert "Error" not in result


async def test_the_last_round_may_call_no_tool(
    server: ClaudeServer, metrics: Metrics, toolbox: Toolbox
) -> None:
    claude = connect(server, metrics, Limits(rounds=3))
    server.reply(tools=[SEARCH])
    server.reply(tools=[SEARCH])
    server.reply(text="That is what I found.")
    said = await ask(claude, turn(), toolbox)
    await claude.close()

    choices = [request.body["tool_choice"]["type"] for request in server.requests]
    assert choices == ["auto", "auto", "none"]
    assert said.text == "That is what I found."


async def test_tools_without_end_come_to_an_end(
    server: ClaudeServer, metrics: Metrics, toolbox: Toolbox
) -> None:
    claude = connect(server, metrics, Limits(rounds=2))
    for _ in range(2):
        server.reply(tools=[SEARCH])
    said = await ask(claude, turn(), toolbox)
    await claude.close()
    assert len(server.requests) == 2
    assert said.error is not None
    assert said.error.reason == "too_many_rounds"


async def test_thinking_is_shown_as_activity_and_handed_back_with_its_signature(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(thinking="A dancer, so Bharatanatyam…", tools=[SEARCH])
    server.reply(text="**Meera Joshi** fits.")
    said = await ask(claude, turn(), toolbox)

    assert said.doings == ["thinking…", "searching the roster…"]
    assert said.text == "**Meera Joshi** fits."
    kinds = [block["type"] for block in server.requests[1].body["messages"][-2]["content"]]
    assert kinds == ["thinking", "tool_use"]


async def test_a_paused_answer_is_handed_back_and_goes_on(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text="Looking at the shortlist", stop_reason="pause_turn")
    server.reply(text=", she fits.")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "Looking at the shortlist, she fits."


async def test_an_answer_that_reached_its_limit_is_gone_on_with(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text="One, two, thr", stop_reason="max_tokens")
    server.reply(text="ee, four.")
    said = await ask(claude, turn(), toolbox)
    assert said.text == "One, two, three, four."
    assert said.error is None


async def test_tokens_are_counted(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, metrics: Metrics
) -> None:
    server.reply(tools=[SEARCH])
    server.reply(text="**Meera Joshi** fits.")
    await ask(claude, turn(), toolbox)

    counted = {
        kind: metrics.model_tokens.labels(kind)._value.get()
        for kind in ("input", "output", "cache_read", "cache_write")
    }
    first, second = (request.cached for request in server.requests)
    assert counted["cache_read"] == second.read // 4
    assert counted["cache_write"] == first.written // 4 + second.written // 4
    assert counted["output"] > 5
    assert metrics.tool_calls.labels("search_talents", "ok")._value.get() == 1


@pytest.mark.parametrize("text", ["Über çok güzel – नमस्ते 👩‍👩‍👧 done", "a\n\n```\n<b>\n```\n"])
async def test_any_text_arrives_unchanged(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox, text: str
) -> None:
    server.reply(text=text)
    assert (await ask(claude, turn(), toolbox)).text == text


async def test_each_request_is_as_the_platform_wants_it(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    server.reply(text="Hello.")
    await ask(claude, turn(), toolbox)
    [request] = server.requests
    assert request.body["tools"] == json.loads(json.dumps(toolbox.schemas))
    assert "temperature" not in request.body
    assert request.headers["authorization"] == f"Bearer {server.api_key}"
