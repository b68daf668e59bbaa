"""A client of the WebSocket: keeps what a page would show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from tests.web.site import Site

Json = dict[str, Any]

PERSON = "p" * 22


class Visit(Protocol):
    """Open a socket on a conversation of a site, and close it when the test ends.

    `known` is a client that comes back; other options are those of `websockets`' `connect`.
    """

    async def __call__(
        self, site: Site, conversation: str, *, known: Client | None = None, **options: Any
    ) -> Client: ...


def an_id(number: int) -> str:
    return f"{number:022}"


class Client:
    """One socket; with `known`, the client before it, it comes back where that one was."""

    def __init__(self, socket: ClientConnection, known: Client | None = None) -> None:
        self.socket = socket
        self.epoch: str = known.epoch if known else ""
        self.revision: int = known.revision if known else 0
        self.order: list[str] = list(known.order) if known else []
        self.turns: dict[str, Json] = dict(known.turns) if known else {}
        self.frames: list[Json] = []

    async def greet(self, conversation: str) -> None:
        """Say hello, and read the state."""
        await self.send(
            type="hello",
            v=1,
            conversation=conversation,
            person=PERSON,
            epoch=self.epoch,
            revision=self.revision,
        )
        await self.until(lambda: any(frame["type"] == "state" for frame in self.frames))

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def ask(self, number: int, text: str) -> None:
        """Send a message and wait until it is stored."""
        await self.send(type="send", id=an_id(number), text=text)
        await self.until(lambda: {"type": "ack", "id": an_id(number)} in self.frames)

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Read frames until it is true."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._take(json.loads(await self.socket.recv()))

    async def closed(self) -> int:
        """Read to the end; the code that the server closed with."""
        with suppress(ConnectionClosed):
            await self.until(lambda: False)
        return self.socket.close_code or 0

    def drop(self) -> None:
        """Lose the connection without a word."""
        self.socket.transport.abort()

    @property
    def last(self) -> Json:
        return self.turns[self.order[-1]] if self.order else {"phase": "", "pages": []}

    @property
    def text(self) -> str:
        """The HTML of the newest reply."""
        return "".join(block for page in self.last["pages"] for block in page["blocks"])

    @property
    def ended(self) -> bool:
        return bool(self.last["phase"] == "ended")

    def errors(self) -> list[str]:
        return [frame["text"] for frame in self.frames if frame["type"] == "error"]

    def _take(self, frame: Json) -> None:
        self.frames.append(frame)
        if frame["type"] not in ("state", "edit"):
            return
        if frame["type"] == "state":
            self.epoch = frame["epoch"]
            if frame["whole"]:
                self.turns.clear()
        self.revision = frame["revision"]
        self.order = frame.get("order", self.order)
        for turn in frame["turns"]:
            self._patch(turn)

    def _patch(self, turn: Json) -> None:
        before = {page["id"]: page for page in self.turns.get(turn["id"], {}).get("pages", [])}
        pages = []
        for page in turn["pages"]:
            had = before.get(page["id"], {"blocks": [], "cards": []})
            blocks = had["blocks"][: page["from"]] + page["blocks"]
            assert len(had["blocks"]) >= page["from"], "a patch of blocks that were never sent"
            pages.append(had | page | {"blocks": blocks, "from": 0})  # however it came
        self.turns[turn["id"]] = turn | {"pages": pages}
