"""The recorded shapes of `tests/payloads/slack/`, filled with what happens now."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from tests.fakes.slack.wire import Json

FOLDER = Path(__file__).parents[2] / "payloads" / "slack"

ABSENT = object()
"""The value of a field that this payload does not have."""


def recorded(name: str) -> Json:
    """A fresh copy of one recorded payload, by its file's name without the ending."""
    payload: Json = json.loads(_read(name))
    return payload


def filled(shape: Json, values: Json) -> Json:
    """The shape with these values in it; objects are filled in turn, all else is replaced."""
    for key, value in values.items():
        if value is ABSENT:
            shape.pop(key, None)
        elif isinstance(value, dict) and isinstance(shape.get(key), dict):
            filled(shape[key], value)
        else:
            shape[key] = value
    return shape


@cache
def _read(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")
