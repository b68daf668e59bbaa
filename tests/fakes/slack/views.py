"""Views that people have before them: a stack of at most three modals each, and a Home tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.plain import plain_blocks
from tests.fakes.slack.state import entered, inputs, is_empty, untouched
from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.server import SlackServer

MOST_ON_A_STACK = 3
_KEPT = (
    "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id",
    "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
)  # fmt: skip


@dataclass(eq=False, repr=False)
class View:
    """One view as the app last made it. `entered` is what the person has put in so far, by
    `block_id` and `action_id`, in the form of a view's state."""

    id: str
    person: Person
    content: Json
    hash: str
    root: View | None = None
    previous: View | None = None
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    """What the app said of each input, by `block_id`."""
    entered: dict[str, dict[str, Json]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.content['type']} {self.id} {self.callback_id}>"

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.content.get("private_metadata", ""))

    @property
    def shown(self) -> str:
        """What the person sees, as plain lines."""
        return "\n".join(filter(None, [self.title, plain_blocks(self.blocks)]))

    def enter(self, block: Json, element: Json, value: Any) -> None:
        """Put something into one input; buttons have no state."""
        if any(element is each for _, each in inputs(self.blocks)):
            own = self.entered.setdefault(block["block_id"], {})
            own[element["action_id"]] = entered(element, value)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put in all of these, by `action_id` or `block_id`, and what the other inputs show."""
        known: set[str] = set()
        for block, element in inputs(self.blocks):
            names = (element["action_id"], block["block_id"])
            known.update(names)
            given = next((name for name in names if name in values), None)
            if given is not None:
                self.enter(block, element, values[given])
            state = self.state[block["block_id"]][element["action_id"]]
            if block["type"] == "input" and not block.get("optional"):
                assert not is_empty(state), f"Slack wants something in {names}"
        unknown = set(values) - known
        assert not unknown, f"there are no inputs {sorted(unknown)}, only {sorted(known)}"

    @property
    def state(self) -> dict[str, dict[str, Json]]:
        """What is in every input now, by `block_id` and `action_id`."""
        values: dict[str, dict[str, Json]] = {}
        for block, element in inputs(self.blocks):
            own = self.entered.get(block["block_id"], {})
            state = own.get(element["action_id"]) or untouched(element)
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
        return values

    def wire(self, *, filled: bool = False) -> Json:
        """The view as the API gives it; `filled`, as payloads do, with what is in its inputs."""
        workspace = self.person.home
        empty: Json = {
            "private_metadata": "",
            "callback_id": "",
            "title": None,
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
            "external_id": "",
        }
        return {
            **empty,
            **self.content,
            "id": self.id,
            "team_id": workspace.id,
            "state": {"values": self.state if filled else {}},
            "hash": self.hash,
            "previous_view_id": self.previous.id if self.previous else None,
            "root_view_id": (self.root or self).id,
            "app_id": workspace.bot.app_id,
            "app_installed_team_id": workspace.id,
            "bot_id": workspace.bot.bot_id,
        }


class Views:
    """Every view of every person."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._known: dict[str, View] = {}
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def modal(self, person: Person) -> View | None:
        """The modal that the person has on top."""
        stack = self._stacks.get(person.id)
        return stack[-1] if stack else None

    def home(self, person: Person) -> View | None:
        return self._homes.get(person.id)

    def open(self, person: Person, content: Json) -> View:
        """A new root; what was open before is gone."""
        self.close_all(person)
        view = self._new(person, content)
        self._stacks[person.id] = [view]
        return view

    def push(self, person: Person, content: Json) -> View:
        """A view on top of the stack. Raises the API's `push_limit_reached`."""
        stack = self._stacks.get(person.id)
        if not stack:
            raise RefusedError("not_found")
        if len(stack) >= MOST_ON_A_STACK:
            raise RefusedError("push_limit_reached")
        view = self._new(person, content, root=stack[0], previous=stack[-1])
        stack.append(view)
        return view

    def publish(self, person: Person, content: Json, expected_hash: str = "") -> View:
        view = self._homes.get(person.id)
        if view is None:
            view = self._homes[person.id] = self._new(person, content)
        else:
            self.replace(view, content, expected_hash)
        return view

    def replace(self, view: View, content: Json, expected_hash: str = "") -> None:
        """Put new content in a view; inputs that stay keep what was entered. Raises the API's
        `hash_conflict`."""
        if expected_hash and expected_hash != view.hash:
            raise RefusedError("hash_conflict")
        if content["type"] != view.content["type"]:
            message = "[ERROR] must match the `type` of the view being updated"
            raise RefusedError("invalid_arguments", f"{message} [json-pointer:/view/type]")
        view.content = _kept(content)
        view.hash = self._hash()
        view.errors = {}
        kept: dict[str, dict[str, Json]] = {}
        for block, element in inputs(view.blocks):
            state = view.entered.get(block["block_id"], {}).get(element["action_id"])
            if state and state["type"] == element["type"]:
                kept.setdefault(block["block_id"], {})[element["action_id"]] = state
        view.entered = kept

    def find(self, view_id: str, external_id: str = "") -> View:
        """An open view. Raises the API's `not_found`."""
        if external_id:
            named = [v for v in self._known.values() if v.content.get("external_id") == external_id]
            view = named[-1] if named else None
        else:
            view = self._known.get(view_id)
        if view is None or not view.is_open:
            raise RefusedError("not_found")
        return view

    def has_external_id(self, external_id: str) -> bool:
        views = self._known.values()
        return any(v.is_open and v.content.get("external_id") == external_id for v in views)

    def close(self, view: View) -> None:
        """Take the view off its stack, with those on top of it."""
        stack = self._stacks.get(view.person.id, [])
        if view in stack:
            for closed in stack[stack.index(view) :]:
                closed.is_open = False
            del stack[stack.index(view) :]

    def close_all(self, person: Person) -> None:
        for view in self._stacks.pop(person.id, []):
            view.is_open = False

    def _new(
        self,
        person: Person,
        content: Json,
        *,
        root: View | None = None,
        previous: View | None = None,
    ) -> View:
        view = View(self._server.ids.new("V"), person, _kept(content), self._hash(), root, previous)
        self._known[view.id] = view
        return view

    def _hash(self) -> str:
        return f"{int(self._server.clock.now())}.{self._server.ids.new('')}"


def _kept(content: Json) -> Json:
    return {key: content[key] for key in _KEPT if key in content}
