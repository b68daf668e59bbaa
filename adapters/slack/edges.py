"""What the adapter's listeners reach through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.slack.afterwards import Afterwards
from adapters.slack.budget import Budget
from adapters.slack.names import Names
from adapters.slack.rooms import Rooms
from adapters.slack.workspaces import Workspaces
from bot.ports import TalentRepository, TurnQueue
from bot.stores import (
    Feedback,
    People,
    SavedSearches,
    Shortlists,
    Vault,
    WorkspaceSettings,
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Our own data and health, given to the adapter when it is opened."""

    turns: TurnQueue
    talents: TalentRepository
    feedback: Feedback
    shortlists: Shortlists
    searches: SavedSearches
    people: People
    workspace_settings: WorkspaceSettings
    vault: Vault
    probes: Mapping[str, Callable[[], Awaitable[str]]]
    """What is wrong with each part, as `/readyz` says it; empty while it works."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The ports, and what the adapter knows of Slack."""

    ports: Ports
    workspaces: Workspaces
    names: Names
    rooms: Rooms
    afterwards: Afterwards
    budget: Budget
