"""What Slack allows: one budget for all calls of the process.

Slack counts calls by app, workspace and method over about a minute, posts by channel instead
(https://docs.slack.dev/apis/web-api/rate-limits). Each such limit is a `Lane`; edits have rules of
their own, `Edits`. Another process that serves the same workspace takes its part of the same
limits without our knowing: the 429s that follow pause and lower ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.edits import Edits
from adapters.slack.lane import MINUTE, Lane, Urgency
from bot.ports import NotNowError

T = TypeVar("T")
Connect: TypeAlias = Callable[[], Awaitable[AsyncWebClient]]
"""The client of a workspace as it is now: its token may change. `UndeliverableError` if the app
has left."""

UPDATE, POST = "chat.update", "chat.postMessage"
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        UPDATE: 50,
        POST: 300,
        "chat.startStream": 20,
        "chat.appendStream": 100,
        "chat.stopStream": 20,
        "assistant.threads.setStatus": 300,
    }
)
"""Calls a minute in a workspace, from each method's page. "Several hundred" are allowed of posts
and, by some reports, 600 of statuses: the figures for these are guesses, which 429s correct."""
OTHERS = 50
POST_EVERY = 1.0
"""Seconds between two posts to a channel."""

_KEPT_LANES = 500
_TRIES = 5


class Budget:
    """All workspaces of the process. Bounded: what is idle is forgotten."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, str, str], Lane] = {}
        self._edits: dict[str, Edits] = {}
        self._prune_at = _KEPT_LANES

    @property
    def size(self) -> int:
        """Limits that are kept track of."""
        return len(self._lanes) + len(self._edits)

    def edits(self, team: str) -> Edits:
        """The edits of a workspace."""
        return self._edits.setdefault(team, Edits(LIMITS[UPDATE]))

    def lane(self, team: str, method: str, channel: str = "") -> Lane:
        """The limit under which a method is called; the channel matters to posts only."""
        if method == UPDATE:
            return self.edits(team)
        if len(self._lanes) >= self._prune_at:
            self._prune()
        if method == POST and channel:
            return self._lane((team, method, channel), 1, POST_EVERY, self.lane(team, POST))
        return self._lane((team, method, ""), LIMITS.get(method, OTHERS))

    async def call(
        self,
        team: str,
        method: str,
        make: Callable[[], Awaitable[T]],
        *,
        channel: str = "",
        urgency: Urgency = Urgency.FIRST,
    ) -> T:
        """Make a call when it may be made; after a 429 wait as asked and make it again.

        `NotNowError` if Slack goes on refusing.
        """
        for left in reversed(range(_TRIES)):
            lane = self.lane(team, method, channel)
            await lane.enter(urgency)
            try:
                with lane.calling():
                    return await make()
            except NotNowError:
                if not left:
                    raise
        raise AssertionError

    def _lane(
        self,
        key: tuple[str, str, str],
        limit: int,
        window: float = MINUTE,
        within: Lane | None = None,
    ) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane(limit, window, within=within)
        return lane

    def _prune(self) -> None:
        """Forget what is idle, so that channels used once do not pile up."""
        self._edits = {team: edits for team, edits in self._edits.items() if not edits.is_idle()}
        busy = {key: lane for key, lane in self._lanes.items() if not lane.is_idle()}
        self._lanes = busy | {
            (team, method, ""): self._lanes[team, method, ""]
            for team, method, channel in busy
            if channel
        }
        self._prune_at = max(_KEPT_LANES, 2 * len(self._lanes))
