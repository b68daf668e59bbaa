"""Slack on loopback: the Web API, Socket Mode and signed HTTP, and people who use it.

    async with SlackServer() as slack:
        team = slack.workspace()
        asha = team.person("Asha")
        casting = team.channel("casting", asha)
        ...  # the app under test, with base_url=slack.api_url and team.bot_token
        ts = await asha.says(casting, f"{team.bot.mention} find dancers in Mumbai")
        await wait_until(lambda: casting.from_bot(ts))

It is as strict as the real one: real error codes, rate limits (`slack.limits.off()` for tests
that are about something else), lengths, acknowledgements within three seconds. On cue it goes
wrong: `slack.fail("chat.update", status=500, acts=True)`, `slack.events.times = 3`,
`slack.sockets.open[0].cut()` or `.go_deaf()`, `slack.sockets.ack_delay = 5`,
`slack.deliveries.event(old.payload)`. With `slack.events_url` set it speaks signed HTTP instead of
Socket Mode. `asha.clicks(…)`, `.submits(…)` and so on are what people do; `channel.messages(ts)`,
`transcript(channel)` and `render.py` are what they see.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

from aiohttp import web

from tests.fakes.faults import Fault, Faults
from tests.fakes.slack.app import App, Token, Tokens
from tests.fakes.slack.call import Call
from tests.fakes.slack.delivery import Answer, Deliveries, Kind
from tests.fakes.slack.events import Events
from tests.fakes.slack.installs import Installs
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.methods import METHODS
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.signed_http import SignedHttp
from tests.fakes.slack.sockets import SocketMode
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.views import Views
from tests.fakes.slack.web_api import WebApi
from tests.fakes.slack.wire import Clock, Ids, Json
from tests.fakes.slack.workspace import Workspace


class SlackServer:
    """The server; it serves while inside."""

    def __init__(
        self,
        app: App | None = None,
        *,
        commercial: bool = False,
        time_factor: float = 1.0,
        ack_seconds: float = 3.0,
        stream_seconds: float = 300.0,
    ) -> None:
        """`commercial`: Slack's limits for apps sold outside its Marketplace. `time_factor`
        shortens the waits between Slack's retries; `ack_seconds` is how long it waits for an
        answer, `stream_seconds` how long one of its own streams lives."""
        self.stream_seconds = stream_seconds
        self.app = app or App()
        self.clock = Clock()
        self.ids = Ids()
        self.tokens = Tokens()
        self.tokens.add(Token(self.app.app_token, "app", frozenset({"connections:write"})))
        self.workspaces: dict[str, Workspace] = {}
        self.calls: list[Call] = []
        self.faults = Faults()
        self.sockets = SocketMode(self.app.id, ack_seconds=ack_seconds)
        self.http = SignedHttp("", self.app.signing_secret, ack_seconds)
        self.deliveries = Deliveries(self, time_factor=time_factor)
        self.events = Events(self, self.deliveries)
        self.installs = Installs(self)
        self.triggers = Triggers(self.ids.new, self.clock.now)
        self.response_urls = ResponseUrls(self)
        self.views = Views(self)
        self.stopping = asyncio.Event()
        self.url = ""
        self.limits = Limits(lambda: asyncio.get_running_loop().time(), commercial=commercial)
        self._web_api = WebApi(self, METHODS)
        self._runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None),
            shutdown_timeout=0.1,
        )

    @classmethod
    async def start(cls, app: App | None = None, **options: object) -> Self:
        """A running server; `stop` it, or use it as a context."""
        return await cls(app, **options).__aenter__()  # type: ignore[arg-type]

    async def __aenter__(self) -> Self:
        if not self.url:
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self.stopping.set()
        await self.deliveries.stop()
        await self.sockets.stop()
        await self.http.stop()
        await self._runner.cleanup()

    # --- for the app under test --------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The Web API's address, for `base_url`."""
        return f"{self.url}/api/"

    @property
    def events_url(self) -> str:
        """Where events and interactions go by HTTP. Empty: by Socket Mode."""
        return self.http.url

    @events_url.setter
    def events_url(self, url: str) -> None:
        self.http.url = url

    # --- for tests ---------------------------------------------------------------------------

    def workspace(
        self, name: str = "Acme Casting", *, enterprise_id: str = "", installed: bool = True
    ) -> Workspace:
        """A new workspace, with our app in it unless it is to be installed by OAuth."""
        workspace = Workspace(
            self, self.ids.new("T"), name, enterprise_id=enterprise_id, installed=installed
        )
        self.workspaces[workspace.id] = workspace
        return workspace

    def fail(self, method: str, **how: object) -> None:
        """Make calls of a method fail: see `Fault` for how. "*" stands for every method."""
        self.faults.add(Fault(method, **how))  # type: ignore[arg-type]

    def called(self, method: str, *, outcome: str = "") -> list[Call]:
        """The calls of a method, oldest first; of one outcome only, where it is given."""
        return [
            call for call in self.calls if call.method == method and outcome in ("", call.outcome)
        ]

    async def deliver(self, kind: Kind, payload: Json, retry: int, reason: str) -> Answer:
        """One attempt, by whichever way the app has chosen. Raises `UndeliveredError`."""
        way = self.http if self.http.url else self.sockets
        return await way.deliver(kind, payload, retry, reason)

    # --- serving -----------------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/api/"):
            return await self._web_api.answer(request)
        if request.path.startswith("/actions/"):
            return await self.response_urls.serve(request)
        if request.path == "/link/":
            with contextlib.suppress(ConnectionError):
                return await self.sockets.serve(request)
        return web.Response(status=404)
