"""What the adapters of chat platforms reach through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.memory_acts import MemoryActs
from bot.ports import TalentRepository, TurnQueue
from bot.spending import Spending
from bot.stores import (
    Feedback,
    People,
    Published,
    Repeats,
    SavedSearches,
    Shortlists,
    Singletons,
    Vault,
    WorkspaceSettings,
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Our own data and health, given to an adapter when it is opened."""

    turns: TurnQueue
    talents: TalentRepository
    feedback: Feedback
    shortlists: Shortlists
    searches: SavedSearches
    people: People
    memory: MemoryActs
    workspace_settings: WorkspaceSettings
    vault: Vault
    singletons: Singletons
    spending: Spending
    published: Published
    repeats: Repeats
    probes: Mapping[str, Callable[[], Awaitable[str]]]
    """What is wrong with each part, as `/readyz` says it; empty while it works."""
