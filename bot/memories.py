"""What memory gives back of the past, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.conversation import Author, ConversationKey, Place


class Speaker(StrEnum):
    """Whose words they are."""

    PERSON = "person"
    """Somebody's, to us."""
    BOT = "bot"
    """Ours."""
    OVERHEARD = "overheard"
    """Somebody's, to others."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One text that was said: background for a reply, and never instructions."""

    speaker: Speaker
    author: Author
    """Who said it; of our own words, whom we answered."""
    text: str
    at: datetime
    conversation: ConversationKey
    place: Place
    turn_id: UUID | None
    """The turn that it was said in; of what was overheard, its own id. By it a reply is known to
    have drawn on it."""
    message_id: str
    """The platform's; of our own words, that of the message they answer."""
    drew_on: tuple[UUID, ...] = ()
    """Of our own words: what they told of, as in `Outcome.drew_on`."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is looked for in memory, beyond what a reply is given of itself."""

    question: str
    person: str = ""
    """Only what this person said, by their name or a part of it; empty: anybody's."""
    since: date | None = None
    until: date | None = None
    """The first and last day (UTC) on which it was said."""
