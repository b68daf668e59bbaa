"""How slow steps tell people what takes its time."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]
"""Called with one plain line at the start of each slow step."""


def silent(_: str) -> None:
    """For callers that show nothing."""
