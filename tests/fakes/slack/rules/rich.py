"""Rich text and tables as Slack takes them."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.rules.spots import Spot
from tests.fakes.slack.wire import Json

_PARTS = {
    "broadcast": ("range",),
    "channel": ("channel_id",),
    "color": ("value",),
    "date": ("timestamp", "format"),
    "emoji": ("name",),
    "link": ("url",),
    "team": ("team_id",),
    "text": ("text",),
    "user": ("user_id",),
    "usergroup": ("usergroup_id",),
}
_STYLES = frozenset({"bold", "italic", "strike", "code", "underline", "highlight", "unlink",
                     "client_highlight"})  # fmt: skip
MOST_TABLE_CHARACTERS = 10_000


def check_rich_text(block: Json, spot: Spot) -> None:
    if not spot.need(block, "elements"):
        return
    for number, element in enumerate(spot.items(block, "elements", 500, least=0)):
        _check_element(element, spot.at("elements", number))


def check_table(block: Json, spot: Spot) -> None:
    spot.need(block, "rows")
    characters = 0
    for number, row in enumerate(spot.items(block, "rows", 100)):
        at = spot.at("rows", number)
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            at.refuse("no more than 20 items allowed")
            continue
        for place, cell in enumerate(row):
            characters += _check_cell(cell, at.at(place))
    if characters > MOST_TABLE_CHARACTERS:
        spot.refuse(f"must be less than {MOST_TABLE_CHARACTERS + 1} characters in total")
    for number, column in enumerate(spot.items(block, "column_settings", 20, least=0)):
        if column is not None:
            at = spot.at("column_settings", number)
            at.only(column, {"align", "is_wrapped"})
            at.choice(column, "align", {"left", "center", "right"})


def _check_cell(cell: Any, spot: Spot) -> int:
    """How many characters the cell has."""
    match cell:
        case {"type": "raw_text"}:
            spot.only(cell, {"type", "text"})
            if spot.need(cell, "text"):
                spot.length(cell, "text", 3000, least=1)
            return len(str(cell.get("text", "")))
        case {"type": "raw_number"}:
            spot.need(cell, "value")
            return len(str(cell.get("text", cell.get("value", ""))))
        case {"type": "rich_text"}:
            check_rich_text(cell, spot)
            return _characters(cell)
    spot.refuse("failed to match all allowed schemas")
    return 0


def _check_element(element: Any, spot: Spot) -> None:
    match element:
        case {"type": "rich_text_list", "style": "bullet" | "ordered"}:
            spot.only(element, {"type", "style", "elements", "indent", "offset", "border"})
            for number, item in enumerate(spot.items(element, "elements", 500, least=0)):
                _check_element(item, spot.at("elements", number))
        case {"type": "rich_text_section" | "rich_text_quote" | "rich_text_preformatted"}:
            spot.only(element, {"type", "elements", "border", "language"})
            for number, part in enumerate(spot.items(element, "elements", 1000, least=0)):
                _check_part(part, spot.at("elements", number))
        case _:
            spot.refuse("failed to match all allowed schemas")


def _check_part(part: Any, spot: Spot) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in _PARTS:
        spot.refuse("failed to match all allowed schemas")
        return
    spot.need(part, *_PARTS[kind])
    if kind == "text":
        spot.length(part, "text", 40_000, least=1)
    spot.at("style").only(part.get("style") or {}, _STYLES)


def _characters(value: Any) -> int:
    """Characters of all texts in a piece of rich text."""
    if isinstance(value, list):
        return sum(map(_characters, value))
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + _characters(list(value.values()))
    return 0
