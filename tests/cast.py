"""A small invented roster, and a responder that says what a test wants; for every platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.conversation import Recollection, Turn
from bot.offline import Offline
from bot.ports import Doing, Responder, TextDelta
from bot.talent import DateSpan, DayRate, Range, Talent, TalentQuery
from bot.tools import Toolbox
from tests.talents.rosters import talent

NAMES = (
    ("Meera Gokhale", "Pune", 24, 30, 9_000, ("Kathak", "Horse riding")),
    ("Ketaki Sathe", "Pune", 23, 28, 13_000, ("Kathak",)),
    ("Rujuta Jadhav", "Pune", 22, 27, 33_000, ("Lavani",)),
    ("Gauri Thorat", "Mumbai", 25, 30, 15_000, ("Horse riding",)),
    ("Sayali Deo", "Nashik", 26, 32, 12_000, ("Kathak",)),
    ("Ira Phadke", "Mumbai", 27, 33, 18_000, ("Swimming",)),
    ("Tara Kelkar", "Pune", 24, 29, 11_000, ("Lavani",)),
)
MEERA, KETAKI, RUJUTA, GAURI, SAYALI, IRA, TARA = (name for name, *_ in NAMES)


def roster() -> list[Talent]:
    """Seven women who speak Marathi; Meera's agent and contact are for the team alone."""
    return [
        talent(
            number,
            name,
            gender="female",
            city=city,
            playing_age=Range(min=low, max=high),
            day_rate=DayRate(min=rate, max=rate + 3_000),
            languages=("Marathi", "Hindi"),
            skills=skills,
            available=(DateSpan(from_=date(2026, 1, 1), to=date(2040, 1, 1)),),
            representation="Tamarind Talent" if name == MEERA else "",
            contact="meera@example.com" if name == MEERA else "",
            headshot_url=f"https://photos.example/{number}.jpg",
        )
        for number, (name, city, low, high, rate, skills) in enumerate(NAMES, 1)
    ]


PUBLIC = {one.id: ("profile", "photos") for one in roster() if one.name != TARA}
"""Tara is for the team alone, and so is everybody's day rate."""


@dataclass
class Voice:
    """Answers as the offline responder does, unless there is something else to say."""

    name: str = "voice"
    lines: list[Sequence[str | TalentQuery | asyncio.Event | Exception]] = field(
        default_factory=list
    )
    """What the next replies say instead, each in its steps; a query is searched for and its
    talents shown."""
    asked: list[Turn] = field(default_factory=list)
    recalled: list[Recollection] = field(default_factory=list)
    cancelled: int = 0
    _offline: Responder = field(default_factory=Offline)

    async def respond(
        self, turn: Turn, recollection: Recollection, tools: Toolbox
    ) -> AsyncGenerator[TextDelta | Doing, None]:
        self.asked.append(turn)
        self.recalled.append(recollection)
        if not self.lines:
            async for step in self._offline.respond(turn, recollection, tools):
                yield step
            return
        try:
            for said in self.lines.pop(0):
                match said:
                    case str():
                        yield TextDelta(said)
                    case TalentQuery():
                        await tools.search(said)
                    case asyncio.Event():
                        await said.wait()
                    case _:
                        raise said
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def id_of(name: str) -> str:
    return next(one.id for one in roster() if one.name == name)
