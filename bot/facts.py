"""Facts: what people told us that holds, each with its source, and who distils them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from bot.vocabulary.folding import WORD, fold
from bot.wording.cue_words import words_of

if TYPE_CHECKING:
    from bot.conversation import Author, ConversationKey, Message, Place

_AMOUNT = re.compile(r"(?<!\d)(\d(?:,*+\d)*+(?:\.\d+)?)(?:\s*(k|l|lakhs?|cr|crores?))?\b")
_TIMES = {"k": 1_000, "l": 100_000, "c": 10_000_000}
_WORDS = re.compile(WORD)
_LITTLE = words_of("a an the of for in on to is are be and or only our we who with per at")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a memory comes from: who said it, where and when, in which turn."""

    author: Author
    conversation: ConversationKey
    place: Place
    at: datetime
    turn_id: UUID | None
    room_name: str = ""
    """As in `bot.conversation.Message`."""
    link: str = ""


class About(StrEnum):
    """What a fact is about."""

    PERSON = "person"
    """Whoever said it."""
    CHANNEL = "channel"
    """The channel that it was said in, and those who work there."""
    PROJECT = "project"
    TALENT = "talent"


class Act(StrEnum):
    """What a sentence does to what is known."""

    SAYS = "says"
    """It adds something, or says it again."""
    CORRECTS = "corrects"
    """It puts this in the place of what was known of the same attribute."""
    ENDS = "ends"
    """It is so no longer."""
    RETRACTS = "retracts"
    """What its author said about the subject is not to be kept; without a subject, what they said
    last."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact as it was distilled from one message, before it meets what is known.

    `attribute` is what of the subject it tells: "city", "budget", "language". Of a `single`
    attribute one value holds at a time. A repeat is known by `value`, which is `negated` where it
    is what the subject is not, or does not want.
    """

    about: About
    subject: str
    """The name of a project or talent; empty for the author and the channel."""
    attribute: str
    value: str
    statement: str
    """One sentence that is understood without the message, dates in full."""
    quote: str
    """The words of the message that say it."""
    act: Act = Act.SAYS
    negated: bool = False
    single: bool = False
    replaces: str = ""
    """The value that it stands in the place of, of whatever has it; `*`: of what its author said
    last of this attribute."""
    confidence: float = 0.7
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that people told us and that holds, as far as we know."""

    id: UUID
    about: About
    subject: str
    attribute: str
    value: str
    negated: bool
    statement: str
    source: Source
    confidence: float
    """From 0 to 1, faded by the time since it was last said."""
    repeated: int
    """How often it was said again."""
    valid_from: datetime
    valid_until: datetime | None = None


class Distiller(Protocol):
    """Finds in what a person said what is worth keeping."""

    async def distil(self, message: Message, *, said_before: Sequence[str] = ()) -> Sequence[Draft]:
        """The facts in one message; none where there are none, or where it cannot say now.

        `said_before` are replies of ours that the author may have quoted: what stands in them is
        not theirs. Nothing of what is found has been checked: see `bot.distilling.guard`.
        """


def short_id(fact: Fact) -> str:
    """Enough of a fact's id to name it among one person's."""
    return str(fact.id)[:6]


def key_of(text: str) -> str:
    """What two ways to say the same have in common: case, accents, little words and the writing of
    amounts do not count ("₹40,000 a day", "40k per day")."""
    folded = _AMOUNT.sub(_amount, fold(text))
    words = [word for word in _WORDS.findall(folded) if word not in _LITTLE]
    return " ".join(_singular(word) for word in words) or folded.strip()


def _amount(match: re.Match[str]) -> str:
    number = float(match[1].replace(",", "") or 0)
    return (
        f"{number * _TIMES.get((match[2] or '')[:1], 1):.0f}"
        if match[2] or number >= 1_000
        else match[0]
    )


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
