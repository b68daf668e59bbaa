"""Whoever writes in a channel; and bots."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from tests.fakes.slack.wire import Json


@dataclass(eq=False, repr=False)
class Author(ABC):
    """Whoever may write in a channel."""

    id: str
    name: str
    team_id: str

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """How a text mentions them."""
        return f"<@{self.id}>"

    def signature(self) -> Json:
        """The fields of a message that say who wrote it."""
        return {"user": self.id}

    @abstractmethod
    def wire(self) -> Json:
        """The user as `users.info` gives it."""


@dataclass(eq=False, repr=False)
class Bot(Author):
    """An app's bot user."""

    bot_id: str = ""
    app_id: str = ""
    real_name: str = ""

    def signature(self) -> Json:
        profile = {
            "id": self.bot_id,
            "app_id": self.app_id,
            "user_id": self.id,
            "name": self.real_name,
            "icons": {"image_48": "https://slack.example/bot_48.png"},
            "deleted": False,
            "updated": 1760000000,
            "team_id": self.team_id,
        }
        return {
            "user": self.id,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "bot_profile": profile,
        }

    def wire(self) -> Json:
        profile = {
            "api_app_id": self.app_id,
            "bot_id": self.bot_id,
            "real_name": self.real_name,
            "display_name": "",
            "team": self.team_id,
        }
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "is_bot": True,
            "is_app_user": False,
            "profile": profile,
        }
