"""What Claude's Messages API accepts: a request is refused here for what it is refused there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

VERSION = "2026-10-21"
MODELS = frozenset({"claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"})

_FIELDS = {
    "cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages",
    "metadata", "model", "output_config", "service_tier", "speed", "stop_sequences", "stream",
    "system", "thinking", "tool_choice", "tools",
}  # fmt: skip
_TOOL_FIELDS = {
    "name", "description", "input_schema", "cache_control", "strict", "type", "input_examples",
    "eager_input_streaming", "defer_loading", "allowed_callers",
}  # fmt: skip
_BLOCK_FIELDS = {
    "text": {"type", "text", "cache_control", "citations"},
    "tool_use": {"type", "id", "name", "input", "cache_control", "caller"},
    "tool_result": {"type", "tool_use_id", "content", "is_error", "cache_control"},
    "thinking": {"type", "thinking", "signature"},
}
_ROLES = {"text": {"user", "assistant"}, "tool_use": {"assistant"}, "tool_result": {"user"},
          "thinking": {"assistant"}}  # fmt: skip
_SCHEMA_WORDS = {
    "$defs", "$ref", "additionalProperties", "anyOf", "const", "default", "description", "enum",
    "format", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum",
    "pattern", "properties", "required", "type",
}  # fmt: skip
_NOT_STRICT = {"maxItems", "maxLength", "maximum", "minLength", "minimum", "pattern"}
_MOST_BREAKPOINTS = 4
_MOST_STRICT_OPTIONALS = 24


class RefusedError(Exception):
    """The request is not acceptable; `str()` says where and why, as the API does."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status = status
        self.kind = kind


def check_route(method: str, path: str) -> None:
    if (method, path) != ("POST", "/v1/messages"):
        raise RefusedError(f"{method} {path} not found", status=404, kind="not_found_error")


def check_headers(headers: Mapping[str, str], api_key: str) -> None:
    if headers.get("authorization") != f"Bearer {api_key}":
        raise RefusedError("invalid bearer token", status=401, kind="authentication_error")
    if headers.get("anthropic-version") != VERSION:
        raise RefusedError(f"anthropic-version: {VERSION!r} is required")
    if headers.get("content-type", "").split(";")[0] != "application/json":
        raise RefusedError("content-type: must be application/json")


def check_body(body: Any, paused: Sequence[Any]) -> None:
    """`paused` are contents that the fake has ended with `pause_turn`: they may be handed back."""
    _demand(isinstance(body, dict), "the request must be a JSON object")
    _no_others(body, _FIELDS, "")
    model = body.get("model")
    _demand(isinstance(model, str), "model: Field required")
    if model not in MODELS:
        raise RefusedError(f"model: {model}", status=404, kind="not_found_error")
    most = body.get("max_tokens")
    _demand(isinstance(most, int) and 0 < most <= 128_000, "max_tokens: must be 1 to 128000")
    _demand(body.get("stream") is True, "stream: this server only streams")
    tools = body.get("tools") or []
    for index, tool in enumerate(tools):
        _check_tool(tool, f"tools.{index}")
    names = [tool["name"] for tool in tools]
    _demand(len(set(names)) == len(names), "tools: Tool names must be unique.")
    if choice := body.get("tool_choice"):
        _demand(bool(tools), "tool_choice: may only be specified while providing tools")
        _demand(choice.get("type") in {"auto", "any", "tool", "none"}, "tool_choice.type: unknown")
    _check_system(body.get("system"))
    _check_messages(body.get("messages"), names, paused)
    _check_breakpoints(body)


# --- tools -----------------------------------------------------------------------------------


def _check_tool(tool: Any, at: str) -> None:
    _no_others(tool, _TOOL_FIELDS, at)
    name = tool.get("name", "")
    _demand(bool(re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", name)), f"{at}.name: does not match")
    schema = tool.get("input_schema")
    _demand(isinstance(schema, dict), f"{at}.input_schema: Field required")
    _demand(schema.get("type") == "object", f"{at}.input_schema.type: must be 'object'")
    nodes = list(_nodes(schema, f"{at}.input_schema"))
    for place, node in nodes:
        _no_others(node, _SCHEMA_WORDS, place)
        if ref := node.get("$ref"):
            known = ref.removeprefix("#/$defs/") in schema.get("$defs", {})
            _demand(known, f"{place}.$ref: {ref} cannot be resolved")
        for required in node.get("required", ()):
            _demand(required in node.get("properties", {}), f"{place}.required: {required}")
    if tool.get("strict"):
        _check_strict(nodes)


def _check_strict(nodes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    optional = 0
    for place, node in nodes:
        unsupported = _NOT_STRICT & set(node)
        _demand(not unsupported, f"{place}: {sorted(unsupported)} not supported with strict")
        if node.get("type") == "object":
            closed = node.get("additionalProperties") is False
            _demand(closed, f"{place}: additionalProperties must be false with strict")
            optional += len(node.get("properties", {})) - len(node.get("required", ()))
    _demand(optional <= _MOST_STRICT_OPTIONALS, "tools: schemas are too complex for strict")


def _nodes(schema: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    _demand(isinstance(schema, dict), f"{at}: must be a schema")
    yield at, schema
    for word in ("$defs", "properties"):
        for name, below in schema.get(word, {}).items():
            yield from _nodes(below, f"{at}.{word}.{name}")
    for index, below in enumerate(schema.get("anyOf", ())):
        yield from _nodes(below, f"{at}.anyOf.{index}")
    if "items" in schema:
        yield from _nodes(schema["items"], f"{at}.items")


# --- messages --------------------------------------------------------------------------------


def _check_system(system: Any) -> None:
    if system is None or isinstance(system, str):
        return
    for index, block in enumerate(system):
        _demand(block.get("type") == "text", f"system.{index}.type: must be 'text'")
        _check_block(block, "user", f"system.{index}")


def _check_messages(messages: Any, tools: Sequence[str], paused: Sequence[Any]) -> None:
    _demand(isinstance(messages, list) and bool(messages), "messages: at least one is required")
    _demand(messages[0].get("role") == "user", "messages.0.role: first must be 'user'")
    pending: list[str] = []
    for index, message in enumerate(messages):
        at = f"messages.{index}"
        _no_others(message, {"role", "content"}, at)
        role, content = message.get("role"), message.get("content")
        _demand(role in {"user", "assistant"}, f"{at}.role: must be 'user' or 'assistant'")
        # stricter than the API, which joins neighbours of one role: ours never send such
        before = messages[index - 1].get("role") if index else None
        _demand(role != before, f"{at}.role: roles must alternate")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        _demand(isinstance(blocks, list) and bool(blocks), f"{at}.content: must not be empty")
        for number, block in enumerate(blocks):
            _check_block(block, role, f"{at}.content.{number}")
        pending = _paired(blocks, pending, at)
        used = [b["name"] for b in blocks if b["type"] == "tool_use"]
        _demand(not used or bool(tools), "Requests which include `tool_use` must define tools")
    _demand(not pending, "`tool_use` ids were found without `tool_result` blocks after them")
    if messages[-1]["role"] == "assistant":
        handed_back = _bare(messages[-1]["content"]) in [_bare(content) for content in paused]
        _demand(handed_back, "This model does not support assistant message prefill.")


def _paired(blocks: Sequence[Any], pending: Sequence[str], at: str) -> list[str]:
    """The ids that the next message must answer, after checking that this one answers `pending`."""
    kinds = [block["type"] for block in blocks]
    results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
    for id_ in results:
        _demand(id_ in pending, f"{at}: unexpected `tool_use_id` in `tool_result`: {id_}")
    _demand(len(set(results)) == len(results), f"{at}: each `tool_use` has a single result")
    missing = sorted(set(pending) - set(results))
    _demand(not missing, f"{at}: `tool_use` ids without `tool_result` blocks: {missing}")
    first_other = next((i for i, kind in enumerate(kinds) if kind != "tool_result"), len(kinds))
    _demand("tool_result" not in kinds[first_other:], f"{at}: `tool_result` must come first")
    return [block["id"] for block in blocks if block["type"] == "tool_use"]


def _check_block(block: Any, role: str, at: str) -> None:
    kind = block.get("type")
    _demand(kind in _BLOCK_FIELDS, f"{at}.type: unknown {kind!r}")
    _no_others(block, _BLOCK_FIELDS[kind], at)
    _demand(role in _ROLES[kind], f"{at}: {kind} is not for the role {role}")
    match kind:
        case "text":
            _demand(isinstance(block.get("text"), str), f"{at}.text: Field required")
            _demand(bool(block["text"].strip()), f"{at}: text must contain non-whitespace text")
        case "tool_use":
            _demand(bool(re.fullmatch(r"[\w-]+", block.get("id", ""))), f"{at}.id: does not match")
            _demand(isinstance(block.get("input"), dict), f"{at}.input: must be an object")
        case "tool_result":
            _demand(isinstance(block.get("content"), str), f"{at}.content: must be text here")
        case "thinking":
            _demand(bool(block.get("signature")), f"{at}.signature: Field required")


def _check_breakpoints(body: dict[str, Any]) -> None:
    in_order = [body.get(part) for part in ("tools", "system", "messages", "cache_control")]
    found = list(_breakpoints([*in_order[:3], {"cache_control": in_order[3]}]))
    _demand(
        len(found) <= _MOST_BREAKPOINTS,
        f"A maximum of 4 blocks with cache_control may be provided. Found {len(found)}.",
    )
    shortest = "1h"
    for breakpoint_ in found:
        _no_others(breakpoint_, {"type", "ttl"}, "cache_control")
        _demand(breakpoint_.get("type") == "ephemeral", "cache_control.type: must be 'ephemeral'")
        kept_for = breakpoint_.get("ttl", "5m")
        _demand(kept_for in {"5m", "1h"}, "cache_control.ttl: must be '5m' or '1h'")
        _demand(
            shortest == "1h" or kept_for == "5m",
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block",
        )
        shortest = kept_for


def _breakpoints(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _breakpoints(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "cache_control" and value is not None:
                yield value
            elif key != "input":
                yield from _breakpoints(value)


# --- shared ----------------------------------------------------------------------------------


def _bare(content: Any) -> Any:
    return [{k: v for k, v in block.items() if k != "cache_control"} for block in content]


def _no_others(value: Any, allowed: set[str], at: str) -> None:
    _demand(isinstance(value, dict), f"{at}: must be an object")
    for key in value:
        place = f"{at}.{key}" if at else key
        _demand(key in allowed, f"{place}: Extra inputs are not permitted")


def _demand(condition: bool, message: str) -> None:
    if not condition:
        raise RefusedError(message)
