"""Follow-ups on the query before: "only those under 25", "any city", "what about men instead"."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from bot.talent import TalentQuery
from bot.wording.describe import describe


class Intent(StrEnum):
    REFINE = "refine"
    SEARCH = "search"
    OTHER = "other"


def intent_of(text: str, previous: TalentQuery | None) -> Intent:
    return Intent.SEARCH


def refine(text: str, *, today: date, previous: TalentQuery) -> TalentQuery:
    return describe(text, today=today)
