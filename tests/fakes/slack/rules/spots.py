"""Where in a payload something is wrong, as Slack points at it; and text objects."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tests.fakes.slack.wire import Json


class Spot:
    """A place in a payload. Problems found at it and below it gather in `problems`."""

    def __init__(self, pointer: str, problems: list[str] | None = None) -> None:
        self.pointer = pointer
        self.problems: list[str] = [] if problems is None else problems

    def at(self, *steps: str | int) -> Spot:
        return Spot("/".join([self.pointer, *map(str, steps)]), self.problems)

    def refuse(self, what: str) -> None:
        self.problems.append(f"[ERROR] {what} [json-pointer:{self.pointer}]")

    # --- common checks ---------------------------------------------------------------------

    def only(self, value: Json, allowed: Collection[str]) -> None:
        """Slack knows no other fields."""
        for name in value:
            if name not in allowed:
                self.refuse(f"invalid additional property: {name}")

    def need(self, value: Json, *names: str) -> bool:
        """Whether all of these are there."""
        missing = [name for name in names if value.get(name) is None]
        for name in missing:
            self.refuse(f"missing required field: {name}")
        return not missing

    def length(self, value: Json, name: str, most: int, *, least: int = 0) -> None:
        """A string of that many characters, where it is there."""
        text = value.get(name)
        if text is None:
            return
        if not isinstance(text, str):
            self.at(name).refuse("must be a string")
        elif len(text) > most:
            self.at(name).refuse(f"must be less than {most + 1} characters")
        elif len(text) < least:
            self.at(name).refuse(f"must be more than {least - 1} characters")

    def items(self, value: Json, name: str, most: int, *, least: int = 1) -> list[Any]:
        """A list with that many items, where it is there; else an empty one."""
        items = value.get(name)
        if items is None:
            return []
        if not isinstance(items, list):
            self.at(name).refuse("must be an array")
            return []
        if len(items) > most:
            self.at(name).refuse(f"no more than {most} items allowed")
        if len(items) < least:
            self.at(name).refuse(f"must provide at least {least} items")
        return items

    def choice(self, value: Json, name: str, allowed: Collection[str]) -> None:
        if name in value and value[name] not in allowed:
            self.at(name).refuse(f"must be one of: {', '.join(sorted(allowed))}")


Check = Callable[[Json, Spot], None]

_TEXT_FIELDS = {
    "plain_text": frozenset({"type", "text", "emoji"}),
    "mrkdwn": frozenset({"type", "text", "verbatim"}),
}


def check_text(
    value: Any, spot: Spot, *, most: int, kinds: Collection[str] = ("plain_text", "mrkdwn")
) -> None:
    """A text object of at most so many characters, and at least one."""
    if not isinstance(value, dict):
        spot.refuse("must provide an object")
        return
    if value.get("type") not in kinds:
        spot.at("type").refuse(f"must be one of: {', '.join(kinds)}")
        return
    spot.only(value, _TEXT_FIELDS[value["type"]])
    if spot.need(value, "text"):
        spot.length(value, "text", most, least=1)
