"""The loopback server refuses what the platform refuses, or the other tests would prove little."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.tool_definitions import SCHEMAS
from tests.fakes.claude_rules import RefusedError, check_body, check_headers, check_route

Change = Callable[[dict[str, Any]], object]

CALL = {"type": "tool_use", "id": "toolu_1", "name": "show_talent", "input": {"name": "Meera"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Meera Joshi"}
PREFILL = {"type": "text", "text": "The best is"}
GOOD: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "stream": True,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "tools": list(SCHEMAS),
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hm."}, CALL]},
        {"role": "user", "content": [RESULT]},
    ],
}


def _content(body: dict[str, Any], index: int) -> list[Any]:
    content = body["messages"][index]["content"]
    assert isinstance(content, list)
    return content


WRONG: dict[str, tuple[Change, str]] = {
    "a sampling setting": (lambda b: b.update(temperature=0.5), "temperature: Extra inputs"),
    "no tokens": (lambda b: b.update(max_tokens=0), "max_tokens"),
    "no streaming": (lambda b: b.update(stream=False), "stream"),
    "no messages": (lambda b: b.update(messages=[]), "at least one"),
    "a first answer": (lambda b: b["messages"].pop(0), "first must be 'user'"),
    "two answers": (lambda b: b["messages"].insert(2, b["messages"][1]), "alternate"),
    "a call without result": (lambda b: b["messages"].pop(), "without `tool_result`"),
    "a result without call": (lambda b: _content(b, 1).pop(), "unexpected `tool_use_id`"),
    "a text before the result": (
        lambda b: _content(b, 2).insert(0, {"type": "text", "text": "So:"}),
        "must come first",
    ),
    "calls without tools": (lambda b: b.pop("tools"), "must define tools"),
    "blank text": (lambda b: _content(b, 1)[0].update(text=" "), "non-whitespace"),
    "an unknown field": (lambda b: _content(b, 1)[0].update(parsed_output=None), "Extra inputs"),
    "a prefill": (
        lambda b: b["messages"].append({"role": "assistant", "content": [PREFILL]}),
        "prefill",
    ),
    "thinking without signature": (
        lambda b: _content(b, 1).insert(0, {"type": "thinking", "thinking": "Hm"}),
        "signature",
    ),
    "five breakpoints": (
        lambda b: [t.update(cache_control={"type": "ephemeral"}) for t in b["tools"]],
        "maximum of 4",
    ),
    "what is kept longer after what is kept shorter": (
        lambda b: (
            b["tools"][-1].update(cache_control={"type": "ephemeral"}),
            b["system"][0]["cache_control"].update(ttl="1h"),
        ),
        "must not come after",
    ),
    "two tools of one name": (lambda b: b["tools"].append(b["tools"][0]), "unique"),
    "a strict tool that is open": (
        lambda b: b["tools"][1]["input_schema"].pop("additionalProperties"),
        "additionalProperties",
    ),
    "a strict tool with bounds": (
        lambda b: b["tools"][1]["input_schema"]["properties"]["id"].update(maxLength=5),
        "not supported with strict",
    ),
    "a reference to nowhere": (
        lambda b: b["tools"][0]["input_schema"]["$defs"].pop("Range"),
        "cannot be resolved",
    ),
}


def test_a_good_request_is_accepted() -> None:
    check_body(copy.deepcopy(GOOD), [])


@pytest.mark.parametrize(("change", "complaint"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_refused(change: Change, complaint: str) -> None:
    body = copy.deepcopy(GOOD)
    change(body)
    with pytest.raises(RefusedError, match=complaint):
        check_body(body, [])


def test_an_unknown_model_a_wrong_key_and_a_wrong_path_are_refused() -> None:
    with pytest.raises(RefusedError) as model:
        check_body(GOOD | {"model": "claude-2"}, [])
    with pytest.raises(RefusedError) as key:
        check_headers({"authorization": "Bearer other"}, "sk-ant-test")
    with pytest.raises(RefusedError) as path:
        check_route("POST", "/v1/complete")
    assert [error.value.status for error in (model, key, path)] == [404, 401, 404]
