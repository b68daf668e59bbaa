"""Forms: what they may be, and what a person's filling in sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.discord.components import LABEL, ROW, SELECTS, STRING_SELECT, TEXT, TEXT_INPUT
from tests.fakes.discord.wire import Form, Json

_OTHERS = (19, 21, 22, 23)


def check_modal(modal: Json) -> None:
    """Raises `RefusedError`."""
    form = Form()
    form.length("data.title", modal.get("title"), 45, 1)
    form.length("data.custom_id", modal.get("custom_id"), 100, 1)
    components = modal.get("components") or []
    if not 1 <= len(components) <= 5:
        said = "Must be between 1 and 5 in length."
        form.wrong("data.components", "BASE_TYPE_BAD_LENGTH", said)
    seen: set[str] = set()
    for index, top in enumerate(components):
        at = f"data.components.{index}"
        if top.get("type") not in (ROW, TEXT, LABEL):
            said = 'Value of field "type" must be one of (1, 10, 18).'
            form.wrong(f"{at}.type", "UNION_TYPE_CHOICES", said)
            continue
        if top["type"] == LABEL:
            form.length(f"{at}.label", top.get("label"), 45, 1)
            form.length(f"{at}.description", top.get("description"), 100)
        for each in _inputs([top]):
            _check_input(form, at, each)
            if each.get("custom_id") in seen:
                said = "Component custom id cannot be duplicated"
                form.wrong(at, "COMPONENT_CUSTOM_ID_DUPLICATED", said)
            seen.add(each.get("custom_id", ""))
    form.check()


def _check_input(form: Form, at: str, each: Json) -> None:
    form.length(f"{at}.custom_id", each.get("custom_id"), 100, 1)
    if each["type"] == TEXT_INPUT:
        form.length(f"{at}.label", each.get("label"), 45, 1)
        form.length(f"{at}.placeholder", each.get("placeholder"), 100)
        form.length(f"{at}.value", each.get("value"), 4000)
    elif each["type"] == STRING_SELECT and not 1 <= len(each.get("options") or []) <= 25:
        said = "Must be between 1 and 25 in length."
        form.wrong(f"{at}.options", "BASE_TYPE_BAD_LENGTH", said)
    elif each["type"] not in (STRING_SELECT, *SELECTS, *_OTHERS):
        said = 'Value of field "type" is not one that forms have.'
        form.wrong(f"{at}.type", "UNION_TYPE_CHOICES", said)


def filled(modal: Json, values: Mapping[str, Any]) -> list[Json]:
    """The components as a submitted form has them. `values` are by label or `custom_id`; other
    inputs keep what they show. What Discord itself would hold back fails the test."""
    left = dict(values)
    sent: list[Json] = []
    for number, top in enumerate(modal["components"], 1):
        if top["type"] == TEXT:
            sent.append({"type": TEXT, "id": number})
            continue
        inside = [_entered(top, each, left, number) for each in _inputs([top])]
        key = {"component": inside[0]} if top["type"] == LABEL else {"components": inside}
        sent.append({"type": top["type"], "id": number, **key})
    assert not left, f"the form has no {sorted(left)}"
    return sent


def _entered(top: Json, each: Json, left: dict[str, Any], number: int) -> Json:
    names = [top.get("label"), each.get("label"), each["custom_id"]]
    name = next((n for n in names if n in left), None)
    sent: Json = {"type": each["type"], "custom_id": each["custom_id"], "id": number + 100}
    if each["type"] == TEXT_INPUT:
        value = str(left.pop(name) if name else each.get("value") or "")
        assert value or not each.get("required", True), f"{names[-1]} must be filled in"
        longest = each.get("max_length", 4000)
        assert each.get("min_length", 0) <= len(value) <= longest or not value, f"{value!r}: length"
        return sent | {"value": value}
    if each["type"] in SELECTS:
        shown = [o["value"] for o in each.get("options") or () if o.get("default")]
        shown += [d["id"] for d in each.get("default_values") or ()]
        chosen = left.pop(name) if name else shown
        chosen = chosen if isinstance(chosen, list) else [chosen]
        values = [choice(each, value) for value in chosen]
        assert values or not each.get("required", True), f"{names[-1]} must be chosen"
        return sent | {"values": values}
    return sent | {"value": left.pop(name) if name else None}


def choice(select: Json, value: Any) -> str:
    """The value of what a person picks in a menu, by its label or value; or an account's id."""
    if select["type"] != STRING_SELECT:
        return str(getattr(value, "id", value))
    for option in select["options"]:
        if value in (option["label"], option["value"]):
            return str(option["value"])
    raise AssertionError(f"there is no {value!r} to choose, only "
                         f"{[option['label'] for option in select['options']]}")  # fmt: skip


def _inputs(tops: list[Json]) -> Iterator[Json]:
    for top in tops:
        if top["type"] == LABEL:
            yield top["component"]
        elif top["type"] == ROW:
            yield from top["components"]
