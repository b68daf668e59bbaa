"""What Slack allows: one budget for all calls of the process.

Slack counts calls by app, workspace and method over about a minute, posts by channel instead
(https://docs.slack.dev/apis/web-api/rate-limits). Each such limit is a `Lane`; edits have rules of
their own, `Edits`. Other processes that serve the same workspace call under the same limits without
our knowing. How many there are is set, and each keeps within its part; where it is not, the 429s
that follow pause and lower ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.edits import Edits
from adapters.slack.lane import Lane, PromisingLane, Urgency
from bot.ports import NotNowError

T = TypeVar("T")
Connect: TypeAlias = Callable[[], Awaitable[AsyncWebClient]]
"""The client of a workspace as it is now: its token may change. `UndeliverableError` if the app
has left."""

UPDATE, POST = "chat.update", "chat.postMessage"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        UPDATE: 50,
        POST: 300,
        START: 20,
        APPEND: 100,
        STOP: 20,
        "assistant.threads.setStatus": 300,
    }
)
"""Calls a minute in a workspace, from each method's page. "Several hundred" are allowed of posts
and, by some reports, 600 of statuses: the figures for these are guesses, which 429s correct."""
OTHERS = 50
POST_EVERY = 1.0
"""Seconds between two posts to a channel."""

EDIT_STEP, APPEND_STEP = 1.25, 0.65
"""Seconds between two edits of a reply, and two pieces of one that streams, where it is alone:
just below what Slack takes in a minute."""

_KEPT_LANES, _KEPT_WORKSPACES = 500, 500
_TRIES = 5


class Workspace:
    """The limits of one workspace, each divided among so many processes."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self.edits = Edits(self._part_of(UPDATE), step=EDIT_STEP, name=UPDATE)
        self.start_stream = Lane(self._part_of(START), name=START)
        self.append_stream = Edits(self._part_of(APPEND), step=APPEND_STEP, name=APPEND)
        self.stop_stream = PromisingLane(self._part_of(STOP), name=STOP)
        self._of_its_own: dict[str, Lane] = {
            UPDATE: self.edits,
            START: self.start_stream,
            APPEND: self.append_stream,
            STOP: self.stop_stream,
        }
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._prune_at = _KEPT_LANES

    def lane(self, method: str, channel: str = "") -> Lane:
        """The limit under which a method is called; the channel matters to posts only."""
        if own := self._of_its_own.get(method):
            return own
        if method == POST and channel:
            posts = self.lane(POST)
            name = f"{POST} {channel}"
            return self._lane((POST, channel), lambda: Lane(1, POST_EVERY, name=name, within=posts))
        return self._lane((method, ""), lambda: Lane(self._part_of(method), name=method))

    def _part_of(self, method: str) -> int:
        return max(1, LIMITS.get(method, OTHERS) // self._processes)

    @property
    def size(self) -> int:
        """Limits that are kept track of."""
        return len(self._of_its_own) + len(self._lanes)

    def is_idle(self) -> bool:
        """Whether forgetting this workspace would change nothing."""
        lanes = (*self._of_its_own.values(), *self._lanes.values())
        return all(lane.is_idle() for lane in lanes)

    def _lane(self, key: tuple[str, str], make: Callable[[], Lane]) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= self._prune_at:
                self._lanes = {
                    key: lane
                    for key, lane in self._lanes.items()
                    if key == (POST, "") or not lane.is_idle()
                }
                self._prune_at = max(_KEPT_LANES, 2 * len(self._lanes))
            lane = self._lanes[key] = make()
        return lane


class Budget:
    """All workspaces of the process. Bounded: what is idle is forgotten."""

    def __init__(self, processes: int = 1) -> None:
        """`processes` share what Slack allows."""
        self._processes = processes
        self._workspaces: dict[str, Workspace] = {}
        self._prune_at = _KEPT_WORKSPACES

    def workspace(self, team: str) -> Workspace:
        """The limits of a workspace, for one call or as long as a `Share` of it is open."""
        workspace = self._workspaces.get(team)
        if workspace is None:
            if len(self._workspaces) >= self._prune_at:
                self._workspaces = {
                    team: one for team, one in self._workspaces.items() if not one.is_idle()
                }
                self._prune_at = max(_KEPT_WORKSPACES, 2 * len(self._workspaces))
            workspace = self._workspaces[team] = Workspace(self._processes)
        return workspace

    def lane(self, team: str, method: str, channel: str = "") -> Lane:
        """The limit under which a method is called."""
        return self.workspace(team).lane(method, channel)

    @property
    def size(self) -> int:
        """Limits that are kept track of."""
        return sum(workspace.size for workspace in self._workspaces.values())

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
