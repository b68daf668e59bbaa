"""What buttons do: their action ids and the values they carry, made and read in one place.

An id is the act's name, and `name.n` for the n-th of several buttons of one act in a block, as
Slack wants ids to differ there. Values hold ids of ours only, never words that a person could
have put into them, and what comes back is checked as if anybody had sent it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self, TypeAlias, TypeVar
from uuid import UUID

_MEMORY = re.compile(r"forget [0-9a-f-]{6,36}|show [0-9]{1,4}|forget really all(?: everywhere)?")


@dataclass(frozen=True, slots=True)
class StopReply:
    turn_id: UUID
    name: ClassVar = "stop_reply"

    @property
    def value(self) -> str:
        return str(self.turn_id)

    @classmethod
    def of(cls, value: str) -> Self:
        return cls(UUID(value))


@dataclass(frozen=True, slots=True)
class RetryReply:
    turn_id: UUID
    name: ClassVar = "retry_reply"

    @property
    def value(self) -> str:
        return str(self.turn_id)

    @classmethod
    def of(cls, value: str) -> Self:
        return cls(UUID(value))


@dataclass(frozen=True, slots=True)
class RateReply:
    turn_id: UUID
    helpful: bool
    name: ClassVar = "rate_reply"

    @property
    def value(self) -> str:
        return f"{self.turn_id}:{'helpful' if self.helpful else 'unhelpful'}"

    @classmethod
    def of(cls, value: str) -> Self:
        turn_id, _, rating = value.partition(":")
        return cls(UUID(turn_id), _one_of(rating, helpful=True, unhelpful=False))


@dataclass(frozen=True, slots=True)
class ShortlistTalent:
    talent_id: str
    turn_id: UUID | None = None
    """The reply on whose card the button is; `None` on the cards of a search."""
    name: ClassVar = "shortlist_talent"

    @property
    def value(self) -> str:
        return f"{self.turn_id or ''}:{self.talent_id}"

    @classmethod
    def of(cls, value: str) -> Self:
        turn_id, _, talent_id = value.partition(":")
        return cls(_talent_id(talent_id), UUID(turn_id) if turn_id else None)


@dataclass(frozen=True, slots=True)
class UnlistTalent:
    """Takes a talent off the shortlist again; on the same button."""

    talent_id: str
    turn_id: UUID | None = None
    name: ClassVar = "unlist_talent"

    @property
    def value(self) -> str:
        return f"{self.turn_id or ''}:{self.talent_id}"

    @classmethod
    def of(cls, value: str) -> Self:
        turn_id, _, talent_id = value.partition(":")
        return cls(_talent_id(talent_id), UUID(turn_id) if turn_id else None)


@dataclass(frozen=True, slots=True)
class SimilarTalents:
    talent_id: str
    name: ClassVar = "similar_talents"

    @property
    def value(self) -> str:
        return self.talent_id

    @classmethod
    def of(cls, value: str) -> Self:
        return cls(_talent_id(value))


@dataclass(frozen=True, slots=True)
class ShowTalent:
    talent_id: str
    name: ClassVar = "show_talent"

    @property
    def value(self) -> str:
        return self.talent_id

    @classmethod
    def of(cls, value: str) -> Self:
        return cls(_talent_id(value))


@dataclass(frozen=True, slots=True)
class PageSearch:
    search_id: str
    page: int
    """From 0."""
    name: ClassVar = "page_search"

    @property
    def value(self) -> str:
        return f"{self.search_id}:{self.page}"

    @classmethod
    def of(cls, value: str) -> Self:
        search_id, _, page = value.partition(":")
        return cls(_search_id(search_id), _number(page))


@dataclass(frozen=True, slots=True)
class ShareSearch:
    search_id: str
    page: int
    name: ClassVar = "share_search"

    @property
    def value(self) -> str:
        return f"{self.search_id}:{self.page}"

    @classmethod
    def of(cls, value: str) -> Self:
        search_id, _, page = value.partition(":")
        return cls(_search_id(search_id), _number(page))


@dataclass(frozen=True, slots=True)
class DropFilter:
    search_id: str
    filter: str
    """A filter of the query ("languages", "exclude.cities"), "text", "similar_to", "only_ids"."""
    item: int | None = None
    """Which of several, from 0; `None` drops the whole filter."""
    name: ClassVar = "drop_filter"

    @property
    def value(self) -> str:
        return f"{self.search_id}:{self.filter}" + ("" if self.item is None else f":{self.item}")

    @classmethod
    def of(cls, value: str) -> Self:
        search_id, name, *items = value.split(":")
        if len(items) > 1 or not re.fullmatch(r"(?:exclude\.)?[a-z_]{1,32}", name):
            raise ValueError(value)
        return cls(_search_id(search_id), name, _number(items[0]) if items else None)


@dataclass(frozen=True, slots=True)
class OpenFilters:
    search_id: str = ""
    """Empty: an empty form."""
    name: ClassVar = "open_filters"

    @property
    def value(self) -> str:
        return self.search_id or "new"

    @classmethod
    def of(cls, value: str) -> Self:
        return cls("" if value == "new" else _search_id(value))


@dataclass(frozen=True, slots=True)
class ForgetMe:
    name: ClassVar = "forget_me"
    value: ClassVar = "me"

    @classmethod
    def of(cls, value: str) -> Self:
        _one_of(value, me=True)
        return cls()


@dataclass(frozen=True, slots=True)
class AllowGuests:
    allowed: bool
    """What pressing the button makes of it."""
    name: ClassVar = "allow_guests"

    @property
    def value(self) -> str:
        return "allow" if self.allowed else "refuse"

    @classmethod
    def of(cls, value: str) -> Self:
        return cls(_one_of(value, allow=True, refuse=False))


@dataclass(frozen=True, slots=True)
class SayMemory:
    """What a person may say after `/memory` by a button: about a fact, a page, or all of it."""

    says: str
    name: ClassVar = "say_memory"

    @property
    def value(self) -> str:
        return self.says

    @classmethod
    def of(cls, value: str) -> Self:
        if not _MEMORY.fullmatch(value):
            raise ValueError(value)
        return cls(value)


Act: TypeAlias = (
    StopReply
    | RetryReply
    | RateReply
    | ShortlistTalent
    | UnlistTalent
    | SimilarTalents
    | ShowTalent
    | PageSearch
    | ShareSearch
    | DropFilter
    | OpenFilters
    | ForgetMe
    | AllowGuests
    | SayMemory
)
ACTS: tuple[type[Act], ...] = (
    StopReply,
    RetryReply,
    RateReply,
    ShortlistTalent,
    UnlistTalent,
    SimilarTalents,
    ShowTalent,
    PageSearch,
    ShareSearch,
    DropFilter,
    OpenFilters,
    ForgetMe,
    AllowGuests,
    SayMemory,
)
A = TypeVar("A", bound=Act)
_BY_NAME = {act.name: act for act in ACTS}


class UnknownActError(ValueError):
    """No button of ours carries this: it is from an older version, or forged."""


def action_id(act: Act, n: int | None = None) -> str:
    """`n` tells apart the buttons of one act in the same block."""
    return act.name if n is None else f"{act.name}.{n}"


def decode(action_id: str, value: str) -> Act:
    """The act of a pressed button. `UnknownActError` for anything that no button carries."""
    kind = _BY_NAME.get(action_id.partition(".")[0])
    if kind is None:
        raise UnknownActError(f"no act is called {action_id[:80]!r}")
    try:
        return kind.of(value)
    except ValueError:
        raise UnknownActError(f"{action_id[:80]!r} carries what no button does") from None


def decode_as(kind: type[A], value: str) -> A:
    """As `decode`, for an act whose name is known."""
    act = decode(kind.name, value)
    assert isinstance(act, kind)  # noqa: S101 - by its name
    return act


def _search_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise ValueError(text)
    return text


def _talent_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", text):
        raise ValueError(text)
    return text


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError(text)
    return int(text)


def _one_of(text: str, **meanings: bool) -> bool:
    if text not in meanings:
        raise ValueError(text)
    return meanings[text]
