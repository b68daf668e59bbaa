"""What people say in Slack becomes turns: stored first, acknowledged after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.names import Names
from adapters.slack.provisional import read
from bot.ports import TurnQueue

log = structlog.get_logger(__name__)


class Messages:
    """Listens to messages. Those of one conversation are taken one after the other, in the order
    in which they came: an edit must find what it edits."""

    def __init__(self, turns: TurnQueue, names: Names, *, follow_ups: bool) -> None:
        self._turns = turns
        self._names = names
        self._follow_ups = follow_ups
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def register(self, app: AsyncApp) -> None:
        async def heard(
            body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
        ) -> None:
            await self._hear(body, context, client)

        app.event("app_mention")(heard)
        app.event("message")(heard)

    async def _hear(
        self, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        installed = context["installed"]
        names = await self._names.of(client, body["team_id"], [body["event"].get("user", "")])
        found = read(body, installed, names)
        if found is None:
            return
        message, addressed = found
        async with self._in_turn(str(message.conversation)):
            if addressed:
                await self._turns.accept(message)
            elif self._follow_ups:
                await self._turns.follow_up(message)
            else:
                await self._turns.overhear([message], if_part_of=True)

    @asynccontextmanager
    async def _in_turn(self, key: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = (lock, users - 1)
