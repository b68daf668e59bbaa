"""Finding what a person clicks, and what that click says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.state import entered, inputs, options_of, untouched
from tests.fakes.slack.wire import Json


def find_element(blocks: list[Json], action_id: str, value: str | None) -> tuple[Json, Json]:
    """The block and element of that `action_id`, and of that value where several have it.

    A person can click only what is shown: anything else fails the test.
    """
    shown = list(elements(blocks))
    found = [(block, each) for block, each in shown if each["action_id"] == action_id]
    if value is not None and len(found) > 1:
        found = [(block, each) for block, each in found if value in _values(each)]
    if not found:
        known = sorted({each["action_id"] for _, each in shown})
        raise AssertionError(f"nothing to click named {action_id!r} is shown, only {known}")
    return found[0]


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that can be clicked, chosen from or typed into, with its block."""
    for block in blocks:
        for name in ("elements", "child_blocks", "actions"):
            for item in block.get(name) or ():
                if item.get("type") == "card" or name == "child_blocks":
                    yield from elements([item])
                elif "action_id" in item:
                    yield block, item
        for name in ("accessory", "element"):
            if "action_id" in (block.get(name) or {}):
                yield block, block[name]


def action_of(block: Json, element: Json, value: Any) -> Json:
    """The action that a click on the element sends, without its time."""
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
    }
    match kind:
        case "button" | "icon_button" | "workflow_button":
            kept = ("text", "value", "style", "icon")
            action |= {name: element[name] for name in kept if name in element}
        case "feedback_buttons":
            sides = (element["positive_button"], element["negative_button"])
            button = next((side for side in sides if side["value"] == value), None)
            assert button, f"no feedback button has the value {value!r}"
            action |= {"text": button["text"], "value": button["value"]}
        case "overflow":
            option = next((o for o in options_of(element) if o["value"] == value), None)
            assert option, f"no option has the value {value!r}"
            action["selected_option"] = option
        case _:
            action |= entered(element, value)
    return action


def state_of(block: Json, element: Json, value: Any, blocks: list[Json]) -> Json:
    """The state of all inputs beside an element once it was changed."""
    values: Json = {}
    for each_block, each in inputs(blocks):
        changed = each_block is block and each is element
        state = entered(each, value) if changed else untouched(each)
        values.setdefault(each_block["block_id"], {})[each["action_id"]] = state
    return values


def _values(element: Json) -> list[str]:
    sides = [element.get("positive_button"), element.get("negative_button")]
    values = [side["value"] for side in sides if side]
    values += [option["value"] for option in options_of(element)]
    return [*values, str(element.get("value", ""))]
