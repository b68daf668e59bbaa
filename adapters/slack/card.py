"""A match as a card: who it is, why it fits, what it misses, and what can be done about it.

A section with the photo beside it, and buttons below. Slack's own `card` block would draw a frame
around it, but holds 200 characters and a photo of 36 pixels: the reasons would not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from adapters import talent_words
from adapters.acts import (
    ShortlistTalent,
    ShowTalent,
    SimilarTalents,
    UnknownActError,
    UnlistTalent,
    decode,
)
from adapters.slack import inert, markdown, parts
from adapters.slack.rich_text import Element
from bot.offline.profiles import profile as profile_in_markdown
from bot.talent import Match, Talent

CARD_LIMIT = 600
"""Characters of a card's text: all of an ordinary match."""
BLOCKS = 3
"""That a card takes, the rule above it among them."""
_DOT = "  ·  "
_REASONS, _MISSES, _LANGUAGES = 6, 3, 5
_PHRASE = 90
_LONGEST_REEL = 200
_PROFILE_LIMIT = 6_000


def card(
    match: Match,
    *,
    today: date,
    number: int = 0,
    turn_id: UUID | None = None,
    is_listed: bool = False,
    photos: bool = True,
    limit: int = CARD_LIMIT,
) -> list[Element]:
    """The blocks of a match: `BLOCKS` of them, with `limit` characters of text.

    `number` is its place among several ("the second one"). `turn_id` is the reply that shows it;
    `is_listed`: it is on the shortlist. Without `photos` where Slack could not fetch one: it then
    refuses all of the message.
    """
    talent = match.talent
    text = _Lines(limit)
    text.add([_name(talent, number)])
    for facts in _facts(talent, today):
        text.add(facts, between=_DOT, within=limit // 2)
    text.add(_phrases("✓", match.reasons[:_REASONS]), between=_DOT)
    text.add(_phrases("✗", match.misses[:_MISSES]), between=_DOT)
    return [
        parts.divider(),
        parts.section(str(text), beside=_photo(talent) if photos else None),
        _buttons(talent, turn_id, is_listed=is_listed),
    ]


def profile(talent: Talent, *, is_listed: bool = False, photos: bool = True) -> list[Element]:
    """Everything that may be shown of a talent."""
    names = inert.mrkdwn_line(", ".join(talent.other_names), _PHRASE)
    also = [f"also {names}"] if names else []
    _, _, facts = profile_in_markdown(talent).partition("\n")
    head = "\n".join([_name(talent), *also, *_reel(talent)])
    return [
        parts.section(head, beside=_photo(talent) if photos else None),
        *markdown.blocks(facts, growing=False, most_blocks=8, most_characters=_PROFILE_LIMIT),
        _buttons(talent, None, is_listed=is_listed, is_profile=True),
    ]


def marked(blocks: Iterable[Element], talent_id: str, *, is_listed: bool) -> list[Element]:
    """The blocks of a message as Slack has them, that talent's button as the shortlist now is."""
    return [
        block | {"elements": [_marked(each, talent_id, is_listed) for each in block["elements"]]}
        if block.get("type") == "actions"
        else block
        for block in blocks
    ]


def _marked(element: Element, talent_id: str, is_listed: bool) -> Element:
    try:
        act = decode(element.get("action_id", ""), element.get("value", ""))
    except UnknownActError:
        return element
    if not isinstance(act, ShortlistTalent | UnlistTalent) or act.talent_id != talent_id:
        return element
    return _list_button(talent_id, act.turn_id, is_listed=is_listed)


def in_a_line(match: Match) -> str:
    """A card as plain text, for notifications and for screens that show no blocks."""
    facts = [talent_words.playing_age(match.talent.playing_age), match.talent.city]
    why = [*match.reasons[:_REASONS], *(f"but {miss}" for miss in match.misses[:_MISSES])]
    said = [", ".join(filter(None, facts)), "; ".join(why)]
    return " – ".join([match.talent.name, *filter(None, said)])


def _name(talent: Talent, number: int = 0) -> str:
    place = f"{number}. " if number else ""
    return f"*{place}{inert.mrkdwn_line(talent.name, _PHRASE) or '?'}*"


def _facts(talent: Talent, today: date) -> Iterator[list[str]]:
    """Two lines of facts as mrkdwn, those unknown left out."""
    languages = [language.name for language in talent.languages]
    more = f" +{len(languages) - _LANGUAGES}" if len(languages) > _LANGUAGES else ""
    rate = talent_words.day_rate(talent.day_rate)
    free = talent_words.availability(talent.available, today)
    age = talent_words.playing_age(talent.playing_age)
    yield _shown([age, talent.city, ", ".join(languages[:_LANGUAGES]) + more])
    about = [f"{rate} a day" if rate else "", talent.union, f"free {free}" if free else ""]
    yield [*_shown(about), *_reel(talent)]


def _shown(facts: Iterable[str]) -> list[str]:
    return [shown for fact in facts if (shown := inert.mrkdwn_line(fact, _PHRASE))]


def _phrases(mark: str, phrases: Iterable[str]) -> list[str]:
    first, *others = _shown(phrases) or [""]
    return [f"{mark} {first}", *others] if first else []


def _reel(talent: Talent) -> list[str]:
    """A link that says where it goes; none where the address is none or too long for a card."""
    address = inert.url(talent.reel_url) if talent_words.is_https(talent.reel_url) else None
    host = urlsplit(talent.reel_url).hostname if address else None
    if not address or not host or len(address) > _LONGEST_REEL:
        return []
    return [f"<{address.replace('&', '&amp;')}|▶ reel on {inert.mrkdwn(host, _PHRASE)}>"]


def _photo(talent: Talent) -> Element | None:
    if not talent_words.is_https(talent.headshot_url):
        return None
    address = inert.url(talent.headshot_url)
    return parts.photo(address, f"Photo of {talent.name}") if address else None


def _buttons(
    talent: Talent, turn_id: UUID | None, *, is_listed: bool, is_profile: bool = False
) -> Element:
    name = talent.name
    buttons = [
        _list_button(talent.id, turn_id, is_listed=is_listed, name=name),
        parts.button(
            "More like this", SimilarTalents(talent.id), spoken=f"More talents like {name}"
        ),
    ]
    if not is_profile:
        buttons.append(parts.button("Profile", ShowTalent(talent.id), spoken=f"Profile of {name}"))
    return parts.actions(buttons)


def _list_button(
    talent_id: str, turn_id: UUID | None, *, is_listed: bool, name: str = ""
) -> Element:
    if is_listed:
        spoken = f"Take {name or 'this talent'} off the shortlist"
        return parts.button("★ Shortlisted", UnlistTalent(talent_id, turn_id), spoken=spoken)
    spoken = f"Shortlist {name or 'this talent'}"
    return parts.button("☆ Shortlist", ShortlistTalent(talent_id, turn_id), spoken=spoken)


class _Lines:
    """Lines of phrases, as many as fit; mrkdwn can't be cut just anywhere."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._text = ""

    def add(self, phrases: Iterable[str], *, between: str = " ", within: int = 0) -> None:
        """One more line, up to `within` characters of them all."""
        before = "\n" if self._text else ""
        for phrase in phrases:
            if len(self._text) + len(before) + len(phrase) > (within or self._limit):
                break
            self._text += before + phrase
            before = between

    def __str__(self) -> str:
        return self._text
