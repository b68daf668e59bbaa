"""Triggers of interactions: each opens one view, within three seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack.wire import RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.views import View

TRIGGER_SECONDS = 3.0


@dataclass(eq=False)
class Trigger:
    """What a person did, for which the app may show them a view; `view` is where they did it."""

    id: str
    person: Person
    at: float
    view: View | None = None
    used: bool = False


class Triggers:
    """Every trigger that was given out."""

    def __init__(self, new_id: Callable[[str], str], clock: Callable[[], float]) -> None:
        self._new_id = new_id
        self._clock = clock
        self._known: dict[str, Trigger] = {}

    def new(self, person: Person, view: View | None = None) -> str:
        trigger = Trigger(f"1111.2222.{self._new_id('')}", person, self._clock(), view)
        self._known[trigger.id] = trigger
        return trigger.id

    def take(self, trigger_id: str) -> Trigger:
        """Use a trigger up. Raises the API's refusal where it is unknown, used or too old."""
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_SECONDS:
            raise RefusedError("expired_trigger_id")
        trigger.used = True
        return trigger

    def expire(self) -> None:
        """Make every trigger of now too old."""
        for trigger in self._known.values():
            trigger.at -= TRIGGER_SECONDS + 1
