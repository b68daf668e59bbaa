"""Which views Slack takes."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.slack.rules.blocks import Surface, check_blocks
from tests.fakes.slack.rules.ids import with_ids
from tests.fakes.slack.rules.spots import Spot, check_text
from tests.fakes.slack.wire import Json, RefusedError

MOST_BYTES = 250_000
_FIELDS = {
    "modal": frozenset({
        "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id",
        "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
    }),
    "home": frozenset({"type", "blocks", "private_metadata", "callback_id", "external_id"}),
}  # fmt: skip


def checked_view(view: Any, kind: str) -> Json:
    """The view, its blocks with ids. Raises the API's `invalid_arguments` or `view_too_large`."""
    if not isinstance(view, dict):
        raise RefusedError("invalid_arguments", "[ERROR] missing required field: view")
    if len(json.dumps(view)) > MOST_BYTES:
        raise RefusedError("view_too_large")
    spot = Spot("/view")
    if view.get("type") != kind:
        spot.at("type").refuse(f"must be equal to `{kind}`")
    elif isinstance(view.get("blocks"), list):
        surface: Surface = "modal" if kind == "modal" else "home"
        spot.only(view, _FIELDS[kind])
        _check_fields(view, spot)
        check_blocks(view["blocks"], spot.at("blocks"), surface)
    else:
        spot.refuse("missing required field: blocks")
    if spot.problems:
        raise RefusedError("invalid_arguments", *spot.problems)
    return {**view, "blocks": with_ids(view["blocks"])}


def _check_fields(view: Json, spot: Spot) -> None:
    spot.length(view, "private_metadata", 3000)
    spot.length(view, "callback_id", 255)
    spot.length(view, "external_id", 255)
    if view["type"] == "home":
        return
    if "title" not in view:
        spot.refuse("missing required field: title")
    for name in ("title", "close", "submit"):
        if name in view:
            check_text(view[name], spot.at(name), most=24, kinds=("plain_text",))
    inputs = [n for n, block in enumerate(view["blocks"]) if block.get("type") == "input"]
    if inputs and not view.get("submit"):
        spot.at("blocks", inputs[0], "input").refuse(
            "must define `submit` to use an `input` block in modals"
        )
