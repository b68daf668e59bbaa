"""The smallest platform: messages in a dictionary, and a pace that a test can hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.ports import Page, Step


class Screen:
    """A `Reply`. `fail` is asked before each call and raises what the platform would."""

    empty_at_once = True
    """Whether a message may be empty, for as long as there is no text."""

    def __init__(self, page_limit: int = 2_000, fail: Callable[[str], None] | None = None) -> None:
        self.page_limit = page_limit
        self.messages: dict[str, Page] = {}
        self.calls: list[tuple[str, str, str]] = []
        self.activities: list[str] = []
        self.closed = 0
        self.open = asyncio.Event()
        self.open.set()
        self.fail = fail or (lambda _: None)
        self._in_flight = 0

    async def pace(self, step: Step) -> None:
        if step is Step.WAITING and not self.empty_at_once:
            await asyncio.Event().wait()
        if step is not Step.LAST:
            await self.open.wait()

    async def post(self, page: Page) -> str:
        return await self._call("post", f"m{len(self.calls)}", page)

    async def edit(self, message_id: str, page: Page) -> None:
        assert message_id in self.messages
        await self._call("edit", message_id, page)

    async def delete(self, message_id: str) -> None:
        await self._call("delete", message_id, Page(""))
        del self.messages[message_id]

    async def activity(self, doing: str) -> None:
        self.activities.append(doing)

    async def close(self) -> None:
        self.closed += 1

    async def _call(self, kind: str, message_id: str, page: Page) -> str:
        assert self._in_flight == 0, "two calls in flight"
        assert len(page.text) <= self.page_limit
        self._in_flight += 1
        await asyncio.sleep(0)
        self._in_flight -= 1
        self.fail(kind)
        self.messages[message_id] = page
        self.calls.append((kind, message_id, page.text))
        return message_id

    @property
    def texts(self) -> list[str]:
        return [page.text for page in self.messages.values()]

    @property
    def last(self) -> Page:
        return list(self.messages.values())[-1]
