"""A whole site on loopback: the queue, the roster and the pages over real servers.

Only the responder is the test's own, so that a reply goes on when the test says so.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.web.adapter import Web
from adapters.web.app import create_app
from adapters.web.server import HttpServer
from bot.casting import Casting
from bot.conversation import Access, Audience, Outcome, Place, Recollection, Turn
from bot.memory_acts import MemoryActs
from bot.metrics import Metrics
from bot.ports import Doing, Memory, Responder, ResponderError, TextDelta
from bot.running import beside
from bot.talent import Filters, LanguageSkill, Range, TalentQuery
from bot.tools import Toolbox
from bot.worker import Worker
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.process import Process
from db.talent_search import Talents
from db.turns import Turns
from memory.embedder import LocalEmbedder
from tests.talents.rosters import talent

TEAM = Audience(DEFAULT_ORG_ID, Access.TEAM, Place.DM)
MARATHI = TalentQuery(filters=Filters(languages=("Marathi",)))

ROSTER = [
    talent(
        1,
        "Asha Sample",
        gender="female",
        playing_age=Range(min=24, max=30),
        city="Mumbai",
        languages=(LanguageSkill(name="Marathi", level="native"), "Hindi"),
        bio="Trained in Bharatanatyam for twelve years.",
        representation="Invented Agency",
        contact="asha@example.com",
    ),
    talent(
        2,
        "Ravi <b>Sample</b>",
        gender="male",
        playing_age=Range(min=40, max=55),
        city="Pune",
        languages=("Marathi",),
        bio="<script>alert(1)</script> and stage combat.",
        reel_url="javascript:alert(1)",
    ),
    talent(3, "Zoe Sample", city="Delhi", languages=("English",)),
]

Step = str | Doing | TalentQuery | ResponderError | None
"""Text to write, what to be at, a search to make, an error to end with; `None` ends the reply."""


class Puppet:
    """A responder that does for each message what the test tells it to."""

    name = "puppet"

    def __init__(self) -> None:
        self._steps: defaultdict[str, asyncio.Queue[Step]] = defaultdict(asyncio.Queue)

    def tell(self, message: str, *steps: Step) -> None:
        for step in steps:
            self._steps[message].put_nowait(step)

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        steps = self._steps[turn.message.text]
        while (step := await steps.get()) is not None:
            if isinstance(step, ResponderError):
                raise step
            if isinstance(step, TalentQuery):
                await tools.search(step)
            else:
                yield TextDelta(step) if isinstance(step, str) else step


class NoMemory:
    """`bot.ports.Memory` of nothing: these tests are not about it."""

    async def recall(self, turn: Turn) -> Recollection:
        return Recollection()

    async def remember(self, turn: Turn, outcome: Outcome) -> None:
        """Nothing."""

    async def forget(self, turn: Turn) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    server: HttpServer
    web: Web
    turns: Turns
    metrics: Metrics

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def socket_address(self) -> str:
        return f"{self.address.replace('http', 'ws', 1)}/ws"


@asynccontextmanager
async def open_site(
    database: Database,
    responder: Responder,
    embedder: LocalEmbedder,
    *,
    memory: Memory | None = None,
    port: int = 0,
    access_token: str | None = None,
    answers: bool = True,
    memory_acts: MemoryActs | None = None,
) -> AsyncIterator[Site]:
    """Serve as `castmatch serve` does; leaving ends it as Ctrl-C does.

    Without `answers` it is a replica whose reply slots are all taken.
    """
    process, metrics = Process(database, lease_seconds=5), Metrics()
    talents, turns = Talents(database, embedder), Turns(process)
    casting = Casting(responder, talents, memory or NoMemory(), turns, metrics)
    web = Web(turns, talents, memory=memory_acts)
    app = create_app(
        web=web,
        talents=talents,
        audience=TEAM,
        probes={},
        registry=metrics.registry,
        access_token=access_token,
    )
    server = HttpServer(app, host="127.0.0.1", port=port)
    worker = Worker(turns, casting, [web] if answers else [], slots=8)
    async with process, beside(server.run()), beside(web.run()), beside(worker.run()):
        yield Site(server, web, turns, metrics)
