"""Which elements Slack takes in blocks: buttons, menus, inputs, images."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.rules.spots import Check, Spot, check_text
from tests.fakes.slack.wire import Json

BUTTONS = frozenset({"button"})
FEEDBACK = frozenset({"feedback_buttons", "icon_button"})
_MENUS = frozenset({"users", "conversations", "channels", "external", "static"})
CHOICES = (
    frozenset(f"{kind}_select" for kind in _MENUS)
    | frozenset(f"multi_{kind}_select" for kind in _MENUS)
    | frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker"})
)
TYPED = frozenset({
    "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input",
    "file_input",
})  # fmt: skip
IN_ACTIONS = BUTTONS | CHOICES | {"overflow", "rich_text_input"}
IN_INPUT = CHOICES | TYPED
ACCESSORY = BUTTONS | CHOICES | {"overflow", "image"}


def check_element(value: Any, spot: Spot, allowed: frozenset[str]) -> None:
    """One element, of an allowed type."""
    if not isinstance(value, dict):
        spot.refuse("must provide an object")
        return
    kind = str(value.get("type"))
    if kind not in allowed:
        spot.at("type").refuse(f"unsupported type: {kind}")
        return
    if kind != "image":
        spot.length(value, "action_id", 255, least=1)
    _CHECKS[kind](value, spot)


def check_confirm(value: Json, spot: Spot) -> None:
    spot.only(value, {"title", "text", "confirm", "deny", "style"})
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if name in value:
            check_text(value[name], spot.at(name), most=most)
    spot.need(value, "title", "text", "confirm", "deny")


def check_image(value: Json, spot: Spot) -> None:
    """An image element: by address or by file."""
    spot.only(value, {"type", "image_url", "alt_text", "slack_file"})
    spot.need(value, "alt_text")
    if not value.get("image_url") and not value.get("slack_file"):
        spot.refuse("must define either `image_url` or `slack_file`")
    spot.length(value, "image_url", 3000, least=1)
    spot.length(value, "alt_text", 2000, least=1)
    if not str(value.get("image_url", "http")).startswith("http"):
        spot.at("image_url").refuse("invalid url")


def check_option(value: Any, spot: Spot, *, most: int = 75) -> None:
    if not isinstance(value, dict):
        spot.refuse("must provide an object")
        return
    spot.only(value, {"text", "value", "description", "url"})
    if spot.need(value, "text", "value"):
        check_text(value["text"], spot.at("text"), most=most)
        spot.length(value, "value", 150, least=1)
    if "description" in value:
        check_text(value["description"], spot.at("description"), most=75)


def _button(value: Json, spot: Spot) -> None:
    spot.only(value, {
        "type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label",
        "agent_prompt",
    })  # fmt: skip
    if spot.need(value, "text"):
        check_text(value["text"], spot.at("text"), most=75, kinds=("plain_text",))
    spot.length(value, "value", 2000)
    spot.length(value, "url", 3000)
    spot.length(value, "accessibility_label", 75)
    spot.choice(value, "style", {"primary", "danger"})
    if "confirm" in value:
        check_confirm(value["confirm"], spot.at("confirm"))


def _feedback_buttons(value: Json, spot: Spot) -> None:
    spot.only(value, {"type", "action_id", "positive_button", "negative_button"})
    if not spot.need(value, "positive_button", "negative_button"):
        return
    for name in ("positive_button", "negative_button"):
        button, at = value[name], spot.at(name)
        at.only(button, {"text", "value", "accessibility_label"})
        if at.need(button, "text", "value"):
            check_text(button["text"], at.at("text"), most=75, kinds=("plain_text",))
        at.length(button, "value", 2000)
        at.length(button, "accessibility_label", 75)


def _icon_button(value: Json, spot: Spot) -> None:
    spot.only(value, {
        "type", "action_id", "icon", "text", "value", "confirm", "accessibility_label",
        "visible_to_user_ids",
    })  # fmt: skip
    if spot.need(value, "icon", "text"):
        check_text(value["text"], spot.at("text"), most=75, kinds=("plain_text",))
    spot.choice(value, "icon", {"trash"})
    spot.length(value, "value", 2000)


def _overflow(value: Json, spot: Spot) -> None:
    spot.only(value, {"type", "action_id", "options", "confirm"})
    spot.need(value, "options")
    for number, option in enumerate(spot.items(value, "options", 5)):
        check_option(option, spot.at("options", number))


def _menu(value: Json, spot: Spot) -> None:
    _placeholder(value, spot)
    if not value["type"].endswith("static_select"):
        return
    if not value.get("options") and not value.get("option_groups"):
        spot.refuse("must define either `options` or `option_groups`")
    for number, option in enumerate(spot.items(value, "options", 100)):
        check_option(option, spot.at("options", number))
    for number, group in enumerate(spot.items(value, "option_groups", 100)):
        at = spot.at("option_groups", number)
        check_text(group.get("label"), at.at("label"), most=75, kinds=("plain_text",))
        for place, option in enumerate(at.items(group, "options", 100)):
            check_option(option, at.at("options", place))
    _initial(value, spot)


def _initial(value: Json, spot: Spot) -> None:
    """What is chosen at first must be among the options, exactly."""
    options = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        options += group.get("options", [])
    chosen = [("initial_option", value["initial_option"])] if "initial_option" in value else []
    chosen += [("initial_options", option) for option in value.get("initial_options", [])]
    if "initial_options" in value and not value["initial_options"]:
        spot.at("initial_options").refuse("must provide at least 1 items")
    for name, option in chosen:
        if option not in options:
            spot.at(name).refuse("must be one of the provided options")


def _boxes(value: Json, spot: Spot) -> None:
    spot.need(value, "options")
    for number, option in enumerate(spot.items(value, "options", 10)):
        check_option(option, spot.at("options", number))
    _initial(value, spot)


def _typed(value: Json, spot: Spot) -> None:
    _placeholder(value, spot)
    if value["type"] == "number_input":
        spot.need(value, "is_decimal_allowed")
    if value["type"] == "plain_text_input":
        most = value.get("max_length", 3000)
        if not isinstance(most, int) or not 1 <= most <= 3000:
            spot.at("max_length").refuse("must be between 1 and 3000")
        spot.length(value, "initial_value", 3000)


def _placeholder(value: Json, spot: Spot) -> None:
    if "placeholder" in value:
        at = spot.at("placeholder")
        check_text(value["placeholder"], at, most=150, kinds=("plain_text",))


def _plain(value: Json, spot: Spot) -> None:
    _placeholder(value, spot)


_CHECKS: dict[str, Check] = {
    "button": _button,
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
    "overflow": _overflow,
    "image": check_image,
    "checkboxes": _boxes,
    "radio_buttons": _boxes,
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), _plain),
    **dict.fromkeys((kind for kind in CHOICES if kind.endswith("_select")), _menu),
    **dict.fromkeys(TYPED, _typed),
}
