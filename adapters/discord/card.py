"""A match as an embed: who it is, why it fits, what it misses. And a talent's whole profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import discord

from adapters import talent_words
from adapters.discord import markdown
from bot.offline.profiles import profile as profile_in_markdown
from bot.talent import Match, Talent

_COLOUR = discord.Colour(0x6D5BD0)
_DOT = "  ·  "
_REASONS, _MISSES, _LANGUAGES = 6, 3, 5
_PHRASE = 80
_PROFILE_LIMIT = 3_900


def card(
    match: Match, *, today: date, number: int = 0, is_team: bool = False, limit: int = 500
) -> discord.Embed:
    """`number` is its place among several ("the second one"). Rates are for the team alone."""
    talent = match.talent
    lines = [_DOT.join(line) for line in _facts(talent, today, is_team=is_team) if line]
    lines += _phrases("✓", match.reasons[:_REASONS]) + _phrases("✗", match.misses[:_MISSES])
    shown = _embed(talent, f"{number}. " if number else "")
    shown.description = _fitting(lines, limit)
    return shown


def profile(talent: Talent, *, is_team: bool = False) -> discord.Embed:
    """Everything that may be shown of a talent."""
    if not is_team:
        hidden = {"day_rate": None, "contact": "", "representation": "", "source": ""}
        talent = talent.model_copy(update=hidden)
    _, _, facts = profile_in_markdown(talent).partition("\n")
    shown = _embed(talent, "")
    shown.description = markdown.render(facts, limit=_PROFILE_LIMIT)
    return shown


def _embed(talent: Talent, before: str) -> discord.Embed:
    name = before + (markdown.plain(talent.name, _PHRASE) or "?")
    shown = discord.Embed(title=name, colour=_COLOUR)
    if talent_words.is_https(talent.reel_url) and (address := markdown.url(talent.reel_url)):
        shown.url = address
    if talent_words.is_https(talent.headshot_url) and (photo := markdown.url(talent.headshot_url)):
        shown.set_thumbnail(url=photo)
    return shown


def _facts(talent: Talent, today: date, *, is_team: bool) -> Iterable[list[str]]:
    languages = [language.name for language in talent.languages]
    more = f" +{len(languages) - _LANGUAGES}" if len(languages) > _LANGUAGES else ""
    free = talent_words.availability(talent.available, today)
    rate = talent_words.day_rate(talent.day_rate) if is_team else ""
    age = talent_words.playing_age(talent.playing_age)
    yield _shown([age, talent.city, ", ".join(languages[:_LANGUAGES]) + more])
    yield _shown([f"{rate} a day" if rate else "", talent.union, f"free {free}" if free else ""])


def _shown(facts: Iterable[str]) -> list[str]:
    return [said for fact in facts if (said := markdown.plain(fact, _PHRASE))]


def _phrases(mark: str, phrases: Iterable[str]) -> list[str]:
    shown = _shown(phrases)
    return [f"{mark} {_DOT.join(shown)}"] if shown else []


def _fitting(lines: Iterable[str], limit: int) -> str:
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer) > limit:
            break
        text = longer
    return text
