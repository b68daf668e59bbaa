"""What the adapter's listeners reach through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.afterwards import Afterwards
from adapters.edges import Ports
from adapters.slack.budget import Budget
from adapters.slack.names import Names
from adapters.slack.rooms import Rooms
from adapters.slack.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Parts:
    """The ports, and what the adapter knows of Slack."""

    ports: Ports
    workspaces: Workspaces
    names: Names
    rooms: Rooms
    afterwards: Afterwards
    budget: Budget
    wrong: Callable[[], Awaitable[str]]
    """Why Slack and we cannot work together now, as `/readyz` says it."""
