"""What Slack says of people, kept for an hour: their names, as an id means nothing to a reader, and
whose people they are."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import UNANSWERED, UNREADABLE, said

log = structlog.get_logger(__name__)

KEPT = 5_000
KEPT_SECONDS, UNKNOWN_SECONDS = 3600.0, 60.0
"""How long a name is good, and how soon one that could not be had is asked for again."""
WITHIN_SECONDS = 0.8
"""How long an event waits for names; what comes later serves the next one."""

ASKED_AT_ONCE = 20
"""Of how many people Slack is asked at a time: a message may mention thousands, and a workspace has
about a hundred such calls a minute."""

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody, as `users.info` has them; empty where it has nothing."""

    name: str = ""
    enterprise_id: str = ""
    """The Enterprise Grid that they are of."""
    is_guest: bool = False
    """Somebody from outside who was let into a few channels of the workspace."""


class Names:
    """The people of each workspace. Bounded in number and time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[float, Known | None]] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[None]] = {}

    async def of(self, client: AsyncWebClient, team: str, people: Iterable[str]) -> dict[str, str]:
        """The names of those that could be had, by user id. Never raises for Slack's sake."""
        known = await self.known(client, team, people)
        return {person: one.name for person, one in known.items() if one.name}

    async def known(
        self, client: AsyncWebClient, team: str, people: Iterable[str]
    ) -> dict[str, Known]:
        """What Slack says of people, by user id; those of whom it says nothing in time are left
        out."""
        keys = [(team, person) for person in dict.fromkeys(people)]
        missing = [key for key in keys if self._is_to_ask(key)][:ASKED_AT_ONCE]
        if missing:
            asked = [self._ask(client, key) for key in missing]
            await asyncio.wait(asked, timeout=WITHIN_SECONDS)
            for key in missing:  # nobody waits again for what is still under way
                self._kept.setdefault(key, (time.monotonic() + UNKNOWN_SECONDS, None))
        found = {key[1]: self._kept.get(key, (0.0, None))[1] for key in keys}
        return {person: known for person, known in found.items() if known}

    def forget(self, team: str, person: str) -> None:
        """Ask of them anew, however lately we did."""
        self._kept.pop((team, person), None)

    def close(self) -> None:
        for task in self._asking.values():
            task.cancel()

    def _is_to_ask(self, key: _Key) -> bool:
        """Whether we never asked, or so long ago that it may have changed."""
        return self._kept.get(key, (0.0, None))[0] <= time.monotonic()

    def _ask(self, client: AsyncWebClient, key: _Key) -> asyncio.Task[None]:
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._learn(client, key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _learn(self, client: AsyncWebClient, key: _Key) -> None:
        known: Known | None = None
        try:
            answer = await client.users_info(user=key[1])
            known = _known(answer.get("user") or {})
        except SlackApiError as error:
            log.info("slack_name_not_had", error=said(error))
        except (*UNANSWERED, *UNREADABLE) as error:
            log.info("slack_name_not_had", error=type(error).__name__)
        self._kept[key] = (time.monotonic() + (KEPT_SECONDS if known else UNKNOWN_SECONDS), known)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _known(user: dict[str, object]) -> Known:
    grid = user.get("enterprise_user")
    enterprise = grid.get("enterprise_id") if isinstance(grid, dict) else ""
    is_guest = user.get("is_restricted") is True or user.get("is_ultra_restricted") is True
    return Known(_name(user), str(enterprise or ""), is_guest)


def _name(user: dict[str, object]) -> str:
    profile = user.get("profile")
    shown = profile if isinstance(profile, dict) else {}
    names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"))
    return next((str(name).strip() for name in (*names, user.get("name")) if name), "")
