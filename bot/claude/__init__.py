"""Replies written by Claude: text that streams and pauses for tools."""

from bot.claude.responder import Claude
from bot.claude.stream import Limits

__all__ = ["Claude", "Limits"]
