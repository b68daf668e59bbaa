"""Response URLs: an interaction's own way to answer, five times within thirty minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.fakes.slack.rules.blocks import checked_blocks
from tests.fakes.slack.wire import Json, RefusedError

if TYPE_CHECKING:
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.server import SlackServer
    from tests.fakes.slack.workspace import Channel

MOST_USES = 5
SECONDS = 1800.0


@dataclass(eq=False)
class ResponseUrl:
    """Where an answer to one interaction goes. `message` is the one that was acted upon."""

    channel: Channel
    person: Person
    message: Message | None
    at: float
    uses: int = 0


class ResponseUrls:
    """Every response URL, and the address that serves them."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._known: dict[str, ResponseUrl] = {}

    def new(self, channel: Channel, person: Person, message: Message | None = None) -> str:
        path = f"/actions/{channel.workspace.id}/{self._server.ids.new('')}"
        now = self._server.clock.now()
        self._known[path] = ResponseUrl(channel, person, message, now)
        return self._server.url + path

    def expire(self) -> None:
        """Make every URL of now too old."""
        for url in self._known.values():
            url.at -= SECONDS + 1

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        try:
            url = self._usable(request.path)
            self.answer(url, body)
            url.uses += 1
        except RefusedError as refusal:
            body = {"ok": False, "error": refusal.error, **refusal.details}
            return web.json_response(body, status=404 if "url" in refusal.error else 400)
        return web.Response(text="ok")

    def _usable(self, path: str) -> ResponseUrl:
        url = self._known.get(path)
        if url is None:
            raise RefusedError("no_service")
        if self._server.clock.now() - url.at > SECONDS:
            raise RefusedError("expired_url")
        if url.uses >= MOST_USES:
            raise RefusedError("used_url")
        return url

    def answer_at(self, url: str, body: Json) -> Message | None:
        """Show an answer that came with an acknowledgement; it uses nothing up."""
        return self.answer(self._known[url.removeprefix(self._server.url)], body)

    def answer(self, url: ResponseUrl, body: Json) -> Message | None:
        """Show an answer: in place of the message acted upon, or as a new one, which only the
        person sees unless `response_type` says `in_channel`."""
        if body.get("delete_original"):
            _delete(self._server, url)
            return None
        blocks = checked_blocks(body.get("blocks"), "message")
        text = str(body.get("text") or "")
        if not text.strip() and not blocks:
            raise RefusedError("no_text")
        if body.get("replace_original") and url.message:
            _replace(self._server, url.message, text, blocks)
            return url.message
        everyone = body.get("response_type") == "in_channel"
        message = url.channel.add(
            url.channel.workspace.bot,
            text,
            blocks=blocks,
            thread_ts=str(body.get("thread_ts") or ""),
            visible_to="" if everyone else url.person.id,
        )
        if everyone:
            self._server.events.posted(message)
        return message


def _replace(server: SlackServer, message: Message, text: str, blocks: list[Json]) -> None:
    before = message.wire()
    message.show(server.clock.now(), text, blocks)
    if not message.visible_to:
        server.events.changed(message, before)


def _delete(server: SlackServer, url: ResponseUrl) -> None:
    if url.message is None or url.message.deleted:
        return
    before = url.message.wire()
    url.message.deleted = True
    if not url.message.visible_to:
        server.events.deleted(url.message, before)
