"""Slack's rate limits, counted over a sliding minute for each workspace and method.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
"""Calls a minute. Slack promises at least these and bursts beyond; here they are the limit."""

PER_MINUTE = {
    "agents.sessions.setStatus": TIER_3,
    "apps.connections.open": TIER_1 * 20,  # tier 1, but its bursts are what reconnecting lives on
    "apps.uninstall": TIER_1,
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": TIER_3,
    "assistant.threads.setTitle": TIER_3,
    "auth.revoke": TIER_3,
    "auth.test": 600,  # "hundreds of requests per minute"
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": 300,  # "several hundred messages per minute" a workspace
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "oauth.v2.access": 600,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}

POST_BURST = 3
"""Posts that a channel takes at once; after them it takes one a second."""

_READING = ("conversations.history", "conversations.replies")
_MINUTE = 60.0


class Limits:
    """Who may call what how often. Off, everything passes and is still counted."""

    def __init__(self, clock: Callable[[], float], *, commercial: bool = False) -> None:
        """`commercial`: an app sold outside Slack's Marketplace, which may hardly read."""
        self.per_minute = dict(PER_MINUTE)
        if commercial:
            self.per_minute |= dict.fromkeys(_READING, TIER_1)
        self.page_size = 15 if commercial else 1000
        """The most messages that one page of history or replies has."""
        self.refused = 0
        self._clock = clock
        self._on = True
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posts: dict[tuple[str, str], tuple[float, float]] = {}

    def off(self) -> None:
        """For tests that are about something else."""
        self._on = False

    def take(self, team: str, method: str, channel: str = "") -> float:
        """Count a call. Seconds to wait where it is one too many (it is not counted then), or 0."""
        now = self._clock()
        calls = self._calls[team, method]
        while calls and calls[0] <= now - _MINUTE:
            calls.popleft()
        wait = 0.0
        if self._on:
            allowed = self.per_minute.get(method, TIER_3)
            if len(calls) >= allowed:
                wait = calls[len(calls) - allowed] + _MINUTE - now
            elif method == "chat.postMessage" and channel:
                wait = self._post(team, channel, now)
        if wait > 0:
            self.refused += 1
            return wait
        calls.append(now)
        return 0.0

    def used(self, team: str, method: str) -> int:
        """Calls of the last minute that passed."""
        now = self._clock()
        return sum(at > now - _MINUTE for at in self._calls[team, method])

    def _post(self, team: str, channel: str, now: float) -> float:
        left, at = self._posts.get((team, channel), (float(POST_BURST), now))
        left = min(float(POST_BURST), left + now - at)
        if left < 1:
            return 1 - left
        self._posts[team, channel] = (left - 1, now)
        return 0.0
