"""A session of the gateway: outlives its socket, and keeps what was sent for a resume."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING

from tests.fakes.discord.intents import MESSAGE_CONTENT
from tests.fakes.discord.wire import Json

if TYPE_CHECKING:
    from tests.fakes.discord.guild import Guild
    from tests.fakes.discord.socket import Socket

_KEPT = 10_000


class Session:
    """What one identify began."""

    def __init__(self, session_id: str, intents: int, shard: tuple[int, int]) -> None:
        self.id = session_id
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.socket: Socket | None = None
        self.is_valid = True
        self.resumes = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=_KEPT)

    def has(self, guild: Guild | None) -> bool:
        """Whether what happens there is told to this shard; direct messages go to the first."""
        if guild is None:
            return self.shard[0] == 0
        return (int(guild.id) >> 22) % self.shard[1] == self.shard[0]

    def wants(self, intent: int) -> bool:
        return intent == 0 or bool(self.intents & intent)

    def dispatch(self, event: str, data: Json, without_content: Json | None = None) -> None:
        """Tell of an event, now or once the app has resumed."""
        if without_content is not None and not self.intents & MESSAGE_CONTENT:
            data = without_content
        self.sequence += 1
        text = json.dumps({"op": 0, "t": event, "s": self.sequence, "d": data})
        self._sent.append((self.sequence, text))
        if self.socket:
            self.socket.put(text)

    def replay(self, after: int) -> None:
        """Send again what followed that sequence number."""
        assert self.socket is not None
        for sequence, text in self._sent:
            if sequence > after:
                self.socket.put(text)

    def forget(self) -> None:
        """End it: it can't be resumed."""
        self.is_valid = False
        self.socket = None
