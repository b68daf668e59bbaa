"""Names of people, asked of Slack and kept for an hour: an id means nothing to a reader."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
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

_Key: TypeAlias = tuple[str, str]


class Names:
    """What people are called in each workspace. Bounded in number and time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[float, str]] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[None]] = {}

    async def of(self, client: AsyncWebClient, team: str, people: Iterable[str]) -> dict[str, str]:
        """The names of those that could be had, by user id. Never raises for Slack's sake."""
        keys = [(team, person) for person in dict.fromkeys(people)]
        missing = [self._ask(client, key) for key in keys if self._known(key) is None]
        if missing:
            await asyncio.wait(missing, timeout=WITHIN_SECONDS)
            for key in keys:  # nobody waits again for what is still under way
                self._kept.setdefault(key, (time.monotonic() + UNKNOWN_SECONDS, ""))
        return {key[1]: name for key in keys if (name := self._known(key))}

    def close(self) -> None:
        for task in self._asking.values():
            task.cancel()

    def _known(self, key: _Key) -> str | None:
        """Empty for one that could not be had just now, `None` for one to be asked for."""
        until, name = self._kept.get(key, (0.0, ""))
        return name if until > time.monotonic() else None

    def _ask(self, client: AsyncWebClient, key: _Key) -> asyncio.Task[None]:
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._learn(client, key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _learn(self, client: AsyncWebClient, key: _Key) -> None:
        name = ""
        try:
            answer = await client.users_info(user=key[1])
            name = _name(answer.get("user") or {})
        except SlackApiError as error:
            log.info("slack_name_not_had", error=said(error))
        except (*UNANSWERED, *UNREADABLE) as error:
            log.info("slack_name_not_had", error=type(error).__name__)
        self._kept[key] = (time.monotonic() + (KEPT_SECONDS if name else UNKNOWN_SECONDS), name)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def _name(user: dict[str, object]) -> str:
    profile = user.get("profile")
    shown = profile if isinstance(profile, dict) else {}
    names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"))
    return next((str(name).strip() for name in (*names, user.get("name")) if name), "")
