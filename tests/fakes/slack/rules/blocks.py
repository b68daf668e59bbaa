"""Which blocks Slack takes, with its own words where it refuses.

https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from typing import Any, Literal

from tests.fakes.slack.rules import elements
from tests.fakes.slack.rules.elements import check_element, check_image
from tests.fakes.slack.rules.ids import with_ids
from tests.fakes.slack.rules.rich import check_rich_text, check_table
from tests.fakes.slack.rules.size import check_size
from tests.fakes.slack.rules.spots import Check, Spot, check_text
from tests.fakes.slack.wire import Json, RefusedError

Surface = Literal["message", "modal", "home"]

_EVERYWHERE = frozenset({
    "actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section",
    "video",
})  # fmt: skip
ALLOWED: dict[Surface, frozenset[str]] = {
    "message": _EVERYWHERE
    | {"carousel", "container", "context_actions", "markdown", "plan", "table", "task_card"},
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE | {"carousel", "container"},
}
MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def checked_blocks(blocks: Any, surface: Surface) -> list[Json]:
    """The blocks, each with a `block_id`. Raises the API's `invalid_blocks` and its kin."""
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise RefusedError("invalid_blocks_format")
    spot = Spot("/blocks")
    check_blocks(blocks, spot, surface)
    if spot.problems:
        plain = [problem.removeprefix("[ERROR] ") for problem in spot.problems]
        raise RefusedError("invalid_blocks", *spot.problems, errors=plain)
    if surface == "message":
        check_size(blocks)
    return with_ids(blocks)


def check_blocks(blocks: list[Json], spot: Spot, surface: Surface) -> None:
    if len(blocks) > MOST_BLOCKS[surface]:
        spot.refuse(f"no more than {MOST_BLOCKS[surface]} items allowed")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        at = spot.at(number)
        _check_block(block, at, ALLOWED[surface])
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            at.at("block_id").refuse(f"`{block_id}` already exists")
        seen.add(str(block_id))
    if sum(block.get("type") == "table" for block in blocks) > 1:
        spot.refuse("only_one_table_allowed")


def _check_block(block: Json, spot: Spot, allowed: frozenset[str]) -> None:
    kind = str(block.get("type"))
    if kind not in allowed:
        spot.at("type").refuse(f"unsupported type: {kind}")
        return
    spot.length(block, "block_id", 255)
    spot.only(block, _FIELDS[kind] | {"type", "block_id"})
    _CHECKS[kind](block, spot)


# --- one check for each type -----------------------------------------------------------------


def _section(block: Json, spot: Spot) -> None:
    if not block.get("text") and not block.get("fields"):
        spot.refuse("must define either `text` or `fields`")
    if "text" in block:
        check_text(block["text"], spot.at("text"), most=3000)
    for number, field in enumerate(spot.items(block, "fields", 10)):
        check_text(field, spot.at("fields", number), most=2000)
    if "accessory" in block:
        check_element(block["accessory"], spot.at("accessory"), elements.ACCESSORY)


def _header(block: Json, spot: Spot) -> None:
    if spot.need(block, "text"):
        check_text(block["text"], spot.at("text"), most=150, kinds=("plain_text",))


def _markdown(block: Json, spot: Spot) -> None:
    if spot.need(block, "text"):
        spot.length(block, "text", 12_000, least=1)


def _context(block: Json, spot: Spot) -> None:
    spot.need(block, "elements")
    for number, element in enumerate(spot.items(block, "elements", 10)):
        at = spot.at("elements", number)
        if isinstance(element, dict) and element.get("type") == "image":
            check_image(element, at)
        else:
            check_text(element, at, most=3000)


def _actions(block: Json, spot: Spot) -> None:
    spot.need(block, "elements")
    _unique(spot.items(block, "elements", 25), spot, "elements", elements.IN_ACTIONS)


def _context_actions(block: Json, spot: Spot) -> None:
    spot.need(block, "elements")
    _unique(spot.items(block, "elements", 5), spot, "elements", elements.FEEDBACK)


def _unique(items: list[Any], spot: Spot, name: str, allowed: frozenset[str]) -> None:
    """Elements of allowed types, no `action_id` twice."""
    seen: set[str] = set()
    for number, element in enumerate(items):
        at = spot.at(name, number)
        check_element(element, at, allowed)
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id and action_id in seen:
            at.at("action_id").refuse(f"`{action_id}` already exists")
        seen.add(str(action_id))


def _image(block: Json, spot: Spot) -> None:
    check_image({k: v for k, v in block.items() if k not in ("block_id", "title")}, spot)
    if "title" in block:
        check_text(block["title"], spot.at("title"), most=2000, kinds=("plain_text",))


def _input(block: Json, spot: Spot) -> None:
    if not spot.need(block, "label", "element"):
        return
    check_text(block["label"], spot.at("label"), most=2000, kinds=("plain_text",))
    check_element(block["element"], spot.at("element"), elements.IN_INPUT)
    if "hint" in block:
        check_text(block["hint"], spot.at("hint"), most=2000, kinds=("plain_text",))


def _card(block: Json, spot: Spot) -> None:
    if not any(block.get(name) for name in ("hero_image", "title", "actions", "body")):
        spot.refuse("must define one of `hero_image`, `title`, `actions`, `body`")
    for name in ("hero_image", "icon"):
        if name in block:
            check_image(block[name], spot.at(name))
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
        if name in block:
            check_text(block[name], spot.at(name), most=most)
    if "slack_icon" in block:
        spot.at("slack_icon").need(block["slack_icon"], "name")
    _unique(spot.items(block, "actions", 3), spot, "actions", elements.BUTTONS)


def _carousel(block: Json, spot: Spot) -> None:
    spot.need(block, "elements")
    for number, card in enumerate(spot.items(block, "elements", 10)):
        _check_block(card, spot.at("elements", number), frozenset({"card"}))


def _container(block: Json, spot: Spot) -> None:
    spot.need(block, "child_blocks")
    if not block.get("title") and not block.get("rich_text_title"):
        spot.refuse("must define either `title` or `rich_text_title`")
    allowed = ALLOWED["message"] - {"container"}
    for number, child in enumerate(spot.items(block, "child_blocks", 10)):
        _check_block(child, spot.at("child_blocks", number), allowed)


def _alert(block: Json, spot: Spot) -> None:
    if spot.need(block, "text"):
        check_text(block["text"], spot.at("text"), most=200)
    spot.choice(block, "level", {"default", "info", "warning", "error", "success"})


def _plan(block: Json, spot: Spot) -> None:
    spot.need(block, "title")
    for number, task in enumerate(spot.items(block, "tasks", 50)):
        _task_card(task, spot.at("tasks", number))


def _task_card(block: Json, spot: Spot) -> None:
    spot.need(block, "task_id", "title", "status")
    spot.length(block, "title", 256)
    spot.choice(block, "status", {"pending", "in_progress", "complete", "error"})


def _nothing(block: Json, spot: Spot) -> None:
    """A block with nothing to check."""


_FIELDS: dict[str, frozenset[str]] = {
    "actions": frozenset({"elements"}),
    "alert": frozenset({"text", "level"}),
    "card": frozenset({
        "hero_image", "icon", "slack_icon", "title", "subtitle", "body", "subtext", "actions",
    }),
    "carousel": frozenset({"elements"}),
    "container": frozenset({
        "title", "rich_text_title", "subtitle", "child_blocks", "width", "icon", "is_collapsible",
        "default_collapsed", "has_header_divider",
    }),
    "context": frozenset({"elements"}),
    "context_actions": frozenset({"elements"}),
    "divider": frozenset(),
    "header": frozenset({"text", "level"}),
    "image": frozenset({"image_url", "alt_text", "title", "slack_file"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "markdown": frozenset({"text"}),
    "plan": frozenset({"title", "tasks"}),
    "rich_text": frozenset({"elements"}),
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "table": frozenset({"rows", "column_settings"}),
    "task_card": frozenset({"task_id", "title", "details", "output", "sources", "status"}),
    "video": frozenset({
        "alt_text", "author_name", "description", "provider_icon_url", "provider_name", "title",
        "title_url", "thumbnail_url", "video_url",
    }),
}  # fmt: skip
_CHECKS: dict[str, Check] = {
    "actions": _actions,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "context": _context,
    "context_actions": _context_actions,
    "divider": _nothing,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": check_rich_text,
    "section": _section,
    "table": check_table,
    "task_card": _task_card,
    "video": _nothing,
}
