"""Facts out of what people say: found by rules (`rules.py`) or by Claude
(`bot/claude/distilling.py`), and checked in one place before they are kept (`guard.py`)."""

from __future__ import annotations

from bot.distilling.guard import kept
from bot.distilling.rules import Rules

__all__ = ["Rules", "kept"]
