"""What people are told who have had all their replies of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

from bot.spending import Refusal


class RefusedError(Exception):
    """The share of the day is used up, so that no model is called; `str()` says it plainly."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal_sentence(refusal, datetime.now(UTC)))
        self.resets_at = refusal.resets_at


def refusal_sentence(refusal: Refusal, now: datetime) -> str:
    """One sentence or two, with when there are replies again."""
    hours, minutes = divmod(max(1, ceil((refusal.resets_at - now).total_seconds() / 60)), 60)
    wait = " ".join([f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes))
    again = f"There is more in {wait}, from 00:00 UTC on."
    replies = "reply" if refusal.limit == 1 else f"{refusal.limit} replies"
    match refusal.whose, refusal.limit:
        case "member", 0:
            return f"I'm not answering here today. {again}"
        case "workspace", 0:
            return f"I'm not answering anybody here today. {again}"
        case "member", _:
            return f"You've had your {replies} for today. {again}"
    return f"Everybody here together has had today's {replies}. {again}"
