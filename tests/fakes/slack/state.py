"""What is in inputs: a view's or message's state, as Slack sends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.wire import Json

_SINGLE = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_OPTION = frozenset({"static_select", "radio_buttons", "external_select"})
_OPTIONS = frozenset({"multi_static_select", "checkboxes", "multi_external_select"})


def inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element that has a state, with its block."""
    for block in blocks:
        found = [block.get("element"), block.get("accessory"), *(block.get("elements") or ())]
        for element in found:
            if isinstance(element, dict) and element.get("type") in _SINGLE.keys() | (
                _OPTION | _OPTIONS
            ):
                yield block, element


def untouched(element: Json) -> Json:
    """The state of an input in which nobody has put anything yet."""
    kind = element["type"]
    if kind in _OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    name, initial = _SINGLE[kind]
    nothing: Any = [] if kind.startswith("multi_") else None
    return {"type": kind, name: element.get(initial, nothing)}


def entered(element: Json, value: Any) -> Json:
    """The state once somebody has chosen or typed `value`: for menus and boxes the value of an
    option, or a list of them. None empties it."""
    kind = element["type"]
    if kind in _OPTION:
        chosen = _option(element, value) if value is not None else None
        return {"type": kind, "selected_option": chosen}
    if kind in _OPTIONS:
        return {"type": kind, "selected_options": [_option(element, each) for each in value or ()]}
    if kind == "plain_text_input" and value is not None:
        most = element.get("max_length", 3000)
        assert len(value) <= most, f"Slack lets nobody type more than {most} characters here"
    if kind == "number_input" and value is not None:
        _check_number(element, str(value))
        value = str(value)
    return {"type": kind, _SINGLE[kind][0]: value}


def is_empty(state: Json) -> bool:
    return not any(value for name, value in state.items() if name != "type")


def options_of(element: Json) -> list[Json]:
    options: list[Json] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    return options


def _option(element: Json, value: str) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    known = [option["value"] for option in options_of(element)]
    raise AssertionError(f"there is no option {value!r} to choose, only {known}")


def _check_number(element: Json, value: str) -> None:
    number = float(value)
    assert number >= float(element.get("min_value", number)), "Slack refuses it: too small"
    assert number <= float(element.get("max_value", number)), "Slack refuses it: too large"
    assert element["is_decimal_allowed"] or number.is_integer(), "Slack refuses decimals here"
