"""A small Bolt app that hears everything, on Socket Mode or behind HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import SlackServer, Workspace

EVENTS = (
    "message", "app_mention", "member_joined_channel", "app_home_opened", "app_uninstalled",
    "tokens_revoked", "assistant_thread_started", "assistant_thread_context_changed",
    "agent_session_stopped",
)  # fmt: skip


class Listening:
    """Keeps the body of every event; tests add listeners to `app`."""

    def __init__(self, slack: SlackServer, team: Workspace) -> None:
        self.client = AsyncWebClient(team.bot_token, base_url=slack.api_url)
        self.app = AsyncApp(client=self.client, signing_secret=slack.app.signing_secret)
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        for kind in EVENTS:
            self.app.event(kind)(self._keep)
        self.status = 0
        """What HTTP answers instead of what Bolt says."""

    async def _keep(self, body: dict[str, Any]) -> None:
        self.heard.append(body)

    def kinds(self) -> list[str]:
        """The types of what was heard, with subtypes, in no order that means anything."""
        events = [body["event"] for body in self.heard]
        return sorted("/".join(filter(None, [e["type"], e.get("subtype")])) for e in events)


@asynccontextmanager
async def on_socket(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    listening = Listening(slack, team)
    handler = AsyncSocketModeHandler(
        listening.app, slack.app.app_token, web_client=listening.client, ping_interval=0.2
    )
    await handler.connect_async()  # type: ignore[no-untyped-call] # it is theirs
    try:
        yield listening
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # it is theirs


@asynccontextmanager
async def behind_http(slack: SlackServer, team: Workspace) -> AsyncIterator[Listening]:
    listening = Listening(slack, team)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        listening.headers.append(dict(request.headers))
        if listening.status:
            return web.Response(status=listening.status)
        bolt = await to_bolt_request(request)  # type: ignore[arg-type] # it needs no routing
        return await to_aiohttp_response(await listening.app.async_dispatch(bolt))

    async with served(answer) as url:
        slack.events_url = f"{url}/slack/events"
        yield listening


@asynccontextmanager
async def served(
    answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """An HTTP server on loopback; its address."""
    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
