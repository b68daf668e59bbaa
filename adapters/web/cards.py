"""A match as the page shows it: a card's facts in words, why it fits and what it misses.

    CARD  {"id", "name", "initials", "subtitle", "headshot"?, "reel"?,
           "facts": [{"label", "value"}, …], "reasons": ["…", …], "misses": ["…", …]}

All of it is text, never HTML; `headshot` and `reel` are https addresses. Cards are not kept with
a turn: `restore` reads the rows again, as far as the audience may see them now.
"""

from __future__ import annotations

from datetime import date

from adapters.talent_words import availability, day_rate, is_https, playing_age
from bot.conversation import Audience, Outcome
from bot.ports import TalentRepository
from bot.talent import Match


def card(match: Match, *, today: date) -> dict[str, object]:
    talent = match.talent
    subtitle = (playing_age(talent.playing_age), talent.city)
    facts = (
        ("Languages", ", ".join(language.name for language in talent.languages)),
        ("Day rate", day_rate(talent.day_rate)),
        ("Union", talent.union),
        ("Available", availability(talent.available, today)),
    )
    shown: dict[str, object] = {
        "id": talent.id,
        "name": talent.name,
        "initials": _initials(talent.name),
        "subtitle": " · ".join(part for part in subtitle if part),
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "reasons": list(match.reasons),
        "misses": list(match.misses),
    }
    links = {"headshot": talent.headshot_url, "reel": talent.reel_url}
    return shown | {name: url for name, url in links.items() if is_https(url)}


async def restore(
    talents: TalentRepository, audience: Audience, outcome: Outcome
) -> tuple[Match, ...]:
    """The matches that an ended turn showed, those gone from the roster left out.

    The reasons come from asking the same query again among these talents only.
    """
    if not outcome.talent_ids:
        return ()
    reasons: dict[str, Match] = {}
    if outcome.query is not None:
        among = outcome.query.model_copy(update={"only_ids": outcome.talent_ids})
        found = await talents.search(audience, among, limit=len(outcome.talent_ids))
        reasons = {match.talent.id: match for match in found.matches}
    rows = await talents.get(audience, outcome.talent_ids)
    return tuple(reasons.get(row.id) or Match(talent=row, score=0, reasons=()) for row in rows)


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
