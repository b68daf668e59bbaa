"""What `/talent` shows beside searches: help, names to choose from, a profile, the shortlist."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from adapters import talent_words
from adapters.acts import ShowTalent
from adapters.slack import card, inert, parts
from adapters.slack.origins import OnProfile, OnShortlist, with_origin
from adapters.slack.reply_view import Shown
from adapters.slack.rich_text import Element
from bot.stores import Shortlisted
from bot.talent import Match, Talent

_HELP = (
    "*`/talent Marathi-speaking woman, 24–30, Kathak, based in Pune`*  finds talents; the answer"
    " is for you alone until you share it.\n"
    "*`/talent men who ride, under ₹25,000 a day, free in December`*  any words do: gender,"
    " playing age, languages, skills, city, union, height, day rate, dates, or a description.\n"
    "*`/talent show Meera Gokhale`*  shows a profile, by name or id.\n"
    "*`/talent similar Meera Gokhale`*  finds talents like them.\n"
    "*`/talent shortlist`*  shows this channel's shortlist.\n"
    "Slack has no commands in threads: mention me there instead, or choose *Find talents for"
    " this* under More actions (⋮) of a message."
)
_HELP_IN_PLAIN = "How to use /talent: describe a role in plain words, or show, similar, shortlist."
_NAME = 90
_MOST_CARDS = 10
_MOST_NAMES = 40
_NOBODY_LISTED = "Nobody is on this channel's shortlist yet. Press ☆ Shortlist on a card."


def help_view() -> Shown:
    return Shown([parts.section(_HELP)], _HELP_IN_PLAIN)


def candidates(asked: str, found: Sequence[Talent]) -> Shown:
    """Names that resemble what was asked, to choose from."""
    said = f"Several names resemble “{asked.strip()}”. Whose profile?"
    blocks = [parts.section(inert.mrkdwn(said, 500))]
    for n, talent in enumerate(found):
        about = ", ".join(filter(None, [talent_words.playing_age(talent.playing_age), talent.city]))
        line = f"*{inert.mrkdwn(talent.name, _NAME)}*  {inert.mrkdwn(about, _NAME)}".rstrip()
        button = parts.button(
            "Profile", ShowTalent(talent.id), n, spoken=f"Profile of {talent.name}"
        )
        blocks.append(parts.section(line, beside=button))
    return Shown(blocks, inert.fallback(f"{said} {', '.join(talent.name for talent in found)}"))


def profile(
    talent: Talent, *, note: str = "", listed: Collection[str] = (), photos: bool = True
) -> Shown:
    """All of a talent that may be shown; `note` is a sentence before it."""
    lead = [parts.context(inert.mrkdwn(note, 500))] if note else []
    shown = card.profile(talent, is_listed=talent.id in listed, photos=photos)
    return Shown(with_origin([*lead, *shown], OnProfile(talent.id)), inert.fallback(talent.name))


def shortlist(listed: Sequence[Shortlisted], *, today: date, photos: bool = True) -> Shown:
    """A channel's shortlist, the newest as cards."""
    if not listed:
        return Shown([parts.section(_NOBODY_LISTED)], _NOBODY_LISTED)
    count = len(listed)
    said = f"On this channel's shortlist: {count} talent{'s' if count > 1 else ''}"
    earlier, newest = listed[:-_MOST_CARDS], listed[-_MOST_CARDS:]
    blocks = [parts.header(said)]
    for each in newest:
        blocks += _listed_card(each, today, photos=photos)
    if earlier:
        names = ", ".join(each.talent.name for each in earlier[-_MOST_NAMES:])
        blocks.append(parts.context(f"Before them: {inert.mrkdwn(names, 1_500)}"))
    names = ", ".join(each.talent.name for each in newest)
    return Shown(with_origin(blocks, OnShortlist()), inert.fallback(f"{said}: {names}"))


def _listed_card(each: Shortlisted, today: date, *, photos: bool) -> list[Element]:
    on = talent_words.day(each.at.date(), today)
    who = f" by {each.by.name}" if each.by.name else ""
    match = Match(talent=each.talent, score=1.0, reasons=(f"shortlisted on {on}{who}",))
    return card.card(match, today=today, is_listed=True, photos=photos, limit=360)
