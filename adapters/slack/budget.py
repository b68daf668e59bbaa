"""What Slack allows: one budget for all calls of the process.

Slack counts calls by app, workspace and method over about a minute, posts by channel instead
(https://docs.slack.dev/apis/web-api/rate-limits). Each such limit is a `Lane`; edits have rules of
their own, `Edits`. Another process that serves the same workspace takes its part of the same
limits without our knowing: the 429s that follow pause and lower ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from adapters.slack.edits import Edits
from adapters.slack.lane import Lane, Pause, Urgency
from bot.ports import NotNowError

T = TypeVar("T")

UPDATE, POST = "chat.update", "chat.postMessage"
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        UPDATE: 50,
        "chat.startStream": 20,
        "chat.appendStream": 100,
        "chat.stopStream": 20,
        "assistant.threads.setStatus": 100,
    }
)
"""Calls a minute in a workspace, from each method's page. Slack does not publish the status's
limit; a hundred is a guess, which 429s correct."""
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
        self._posting: dict[str, Pause] = {}
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
        key = (team, method, channel if method == POST else "")
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= self._prune_at:
                self._prune()
            if method == POST:
                lane = Lane(1, POST_EVERY, shared=self._posting.setdefault(team, Pause()))
            else:
                lane = Lane(LIMITS.get(method, OTHERS))
            self._lanes[key] = lane
        return lane

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

    def _prune(self) -> None:
        """Forget what is idle, so that channels used once do not pile up."""
        self._lanes = {key: lane for key, lane in self._lanes.items() if not lane.is_idle()}
        self._edits = {team: edits for team, edits in self._edits.items() if not edits.is_idle()}
        teams = {team for team, *_ in self._lanes}
        self._posting = {team: pause for team, pause in self._posting.items() if team in teams}
        self._prune_at = max(_KEPT_LANES, 2 * len(self._lanes))
