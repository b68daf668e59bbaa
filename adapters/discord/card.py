"""A match as an embed or a text: who it is, why it fits, what it misses. And all of a talent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import discord

from adapters import talent_words
from adapters.discord import markdown
from bot.offline.profiles import profile as profile_in_markdown
from bot.talent import Match, Talent

COLOUR = discord.Colour(0x6D5BD0)
_DOT = "  ·  "
_REASONS, _MISSES, _LANGUAGES = 6, 3, 5
_PHRASE = 80
_LONGEST_REEL = 200
_PROFILE_LIMIT = 3_500


def card(
    match: Match, *, today: date, number: int = 0, is_team: bool = False, limit: int = 500
) -> discord.Embed:
    """`number` is its place among several ("the second one"). Rates are for the team alone."""
    talent = match.talent
    shown = discord.Embed(title=name(talent, number), colour=COLOUR)
    shown.description = _fitting(_lines(match, today, is_team=is_team), limit)
    if address := _address(talent.reel_url):
        shown.url = address
    if address := photo(talent):
        shown.set_thumbnail(url=address)
    return shown


def text(
    match: Match, *, today: date, is_team: bool, is_listed: bool = False, limit: int = 500
) -> str:
    """The same as one text, for messages that are laid out."""
    head = heading(match.talent, is_listed=is_listed)
    lines = _lines(match, today, is_team=is_team)
    return f"{head}\n{_fitting(lines, limit - len(head) - 1)}".strip()


def heading(talent: Talent, *, is_listed: bool = False) -> str:
    """The name, with the reel and whether it is on the shortlist."""
    address = _address(talent.reel_url)
    reel = f"{_DOT}[▶ reel](<{address}>)" if 0 < len(address) <= _LONGEST_REEL else ""
    return f"### {name(talent)}{' ★' if is_listed else ''}{reel}"


def name(talent: Talent, number: int = 0) -> str:
    before = f"{number}. " if number else ""
    return before + (markdown.plain(talent.name, _PHRASE) or "?")


def photo(talent: Talent) -> str:
    """Its address; empty where there is none that can be shown."""
    return _address(talent.headshot_url)


def in_short(talent: Talent) -> str:
    """Playing age and city, on one line."""
    return _DOT.join(_shown([talent_words.playing_age(talent.playing_age), talent.city]))


def facts(talent: Talent, *, is_team: bool) -> str:
    """Everything that may be shown of a talent but the name, as Discord's Markdown."""
    if not is_team:
        hidden = {"day_rate": None, "contact": "", "representation": "", "source": ""}
        talent = talent.model_copy(update=hidden)
    _, _, said = profile_in_markdown(talent.model_copy(update={"reel_url": ""})).partition("\n")
    return markdown.render(said, limit=_PROFILE_LIMIT)


def _address(url: str) -> str:
    return markdown.url(url) if talent_words.is_https(url) else ""


def _lines(match: Match, today: date, *, is_team: bool) -> list[str]:
    lines = [_DOT.join(line) for line in _facts(match.talent, today, is_team=is_team) if line]
    return [
        *lines,
        *_phrases("✓", match.reasons[:_REASONS]),
        *_phrases("✗", match.misses[:_MISSES]),
    ]


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
    fitting = ""
    for line in lines:
        longer = f"{fitting}\n{line}" if fitting else line
        if len(longer) > limit:
            break
        fitting = longer
    return fitting
