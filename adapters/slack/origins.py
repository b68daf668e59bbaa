"""Which answer of ours a card stands in: kept in its buttons' block, for messages that only one
person sees. Slack does not tell what is in those, and a pressed button must show them anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from adapters.acts import ShortlistTalent, UnknownActError, UnlistTalent, decode
from adapters.slack.rich_text import Element


@dataclass(frozen=True, slots=True)
class OnPage:
    """A page of a search, from 0."""

    search_id: str
    page: int


@dataclass(frozen=True, slots=True)
class OnProfile:
    """A talent's profile."""

    talent_id: str


@dataclass(frozen=True, slots=True)
class OnShortlist:
    """The channel's shortlist."""


Origin: TypeAlias = OnPage | OnProfile | OnShortlist

_PAGE = re.compile(r"page/([A-Za-z0-9_-]{1,64})/(\d{1,6})/\d+")
_PROFILE = re.compile(r"profile/([A-Za-z0-9_.-]{1,128})/\d+")
_SHORTLIST = re.compile(r"shortlist/\d+")


def with_origin(blocks: Iterable[Element], origin: Origin) -> list[Element]:
    """The blocks, those with a card's buttons named after where they stand."""
    match origin:
        case OnPage(search_id, page):
            name = f"page/{search_id}/{page}"
        case OnProfile(talent_id):
            name = f"profile/{talent_id}"
        case OnShortlist():
            name = "shortlist"
    return [
        {**block, "block_id": f"{name}/{n}"} if listed_talents([block]) else block
        for n, block in enumerate(blocks)
    ]


def origin_of(block_id: str) -> Origin | None:
    """Where the pressed button stood; `None` where its block does not say."""
    if found := _PAGE.fullmatch(block_id):
        return OnPage(found[1], int(found[2]))
    if found := _PROFILE.fullmatch(block_id):
        return OnProfile(found[1])
    return OnShortlist() if _SHORTLIST.fullmatch(block_id) else None


def listed_talents(blocks: Iterable[Element]) -> list[str]:
    """The talents that these blocks have a shortlist button for."""
    found = []
    for block in blocks:
        elements = block.get("elements") if block.get("type") == "actions" else None
        for element in elements if isinstance(elements, list) else ():
            try:
                act = decode(str(element.get("action_id")), str(element.get("value")))
            except (UnknownActError, AttributeError):
                continue
            if isinstance(act, ShortlistTalent | UnlistTalent):
                found.append(act.talent_id)
    return found
