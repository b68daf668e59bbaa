"""Getting payloads to the app: by Socket Mode or signed HTTP, and again where nobody answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tests.fakes.slack.wire import Json

Kind = Literal["events_api", "slash_commands", "interactive"]

RETRIES_AFTER = (0.0, 60.0, 300.0)
"""Seconds before each retry of an event: at once, after a minute, after five."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered. `payload` is empty for a bare acknowledgement."""

    payload: Json


class UndeliveredError(Exception):
    """Nobody took it. The reason is Slack's word for it."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        """The app asked for no retry."""


class Way(Protocol):
    """One way to the app."""

    async def deliver(self, kind: Kind, payload: Json, retry: int, reason: str) -> Answer:
        """One attempt. Raises `UndeliveredError`."""


@dataclass(eq=False)
class Delivery:
    """One payload on its way, and what became of it."""

    kind: Kind
    payload: Json
    attempts: list[float] = field(default_factory=list)
    """When each attempt began, on the loop's clock."""
    failures: list[str] = field(default_factory=list)
    acknowledged_at: float | None = None
    given_up: bool = False

    @property
    def event(self) -> Json:
        event: Json = self.payload.get("event", {})
        return event

    @property
    def took(self) -> float:
        """Seconds from the last attempt to its acknowledgement."""
        assert self.acknowledged_at is not None, "never acknowledged"
        return self.acknowledged_at - self.attempts[-1]

    @property
    def is_over(self) -> bool:
        return self.given_up or self.acknowledged_at is not None


class Deliveries:
    """Every payload that went out, with Slack's retries for events; interactions get one try."""

    def __init__(self, way: Way, *, time_factor: float) -> None:
        """`time_factor` shortens the waits between retries."""
        self.way = way
        self.all: list[Delivery] = []
        self._time_factor = time_factor
        self._tasks: set[asyncio.Task[None]] = set()

    def event(self, envelope: Json) -> Delivery:
        """Send an event, and go on sending it until it is acknowledged or Slack gives up."""
        delivery = Delivery("events_api", envelope)
        self.all.append(delivery)
        task = asyncio.create_task(self._until_acknowledged(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def interaction(self, kind: Kind, payload: Json) -> Answer:
        """Send what a person did, once. Raises `UndeliveredError` where nobody took it."""
        delivery = Delivery(kind, payload)
        self.all.append(delivery)
        return await self._attempt(delivery)

    @property
    def open(self) -> list[Delivery]:
        return [delivery for delivery in self.all if not delivery.is_over]

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_acknowledged(self, delivery: Delivery) -> None:
        for wait in (0.0, *RETRIES_AFTER):
            await asyncio.sleep(wait * self._time_factor)
            try:
                await self._attempt(delivery)
            except UndeliveredError as failure:
                if failure.final:
                    break
            else:
                return
        delivery.given_up = True

    async def _attempt(self, delivery: Delivery) -> Answer:
        loop = asyncio.get_running_loop()
        retry = len(delivery.attempts)
        reason = delivery.failures[-1] if delivery.failures else ""
        delivery.attempts.append(loop.time())
        try:
            answer = await self.way.deliver(delivery.kind, delivery.payload, retry, reason)
        except UndeliveredError as failure:
            delivery.failures.append(failure.reason)
            delivery.given_up = delivery.kind != "events_api"
            raise
        delivery.acknowledged_at = loop.time()
        return answer
