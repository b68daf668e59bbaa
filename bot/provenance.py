"""Which memories a reply has drawn on, so that whoever takes one back takes back what was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from bot.conversation import Recollection
from bot.facts import key_of
from bot.talent import Talent, TalentQuery
from bot.vocabulary.folding import fold
from bot.wording.cue_words import words_of

_LONG = 4
"""Letters of a word from which on it tells something."""
_ALONE = 2
"""Plain words in common from which on it was told; of a name or number one is enough."""
_SHORT = 4
"""Telling words of a reply up to which a single one in common is what it tells."""

# They stand in any message about casting.
_PLAIN = frozenset(
    key_of(word)
    for word in words_of(
        "about actor actors actress after also and another any anyone artist artists available"
        " been before call called cast casting casts could date dates days does done each else"
        " every find first found from full have having here into just know last like list look"
        " looking made make many match matches more most much must name names need needed needs"
        " next none note noted nothing nobody once only other others over people person please"
        " project remember reply said same search second shall should show shown since some"
        " somebody someone still such talent talents tell than thanks that their them then there"
        " these they think this those three time told under until very want wanted wants were what"
        " when where which while will with within without work would year years your yours"
    )
)


def given_from(recollection: Recollection) -> tuple[UUID, ...]:
    """The turns and words overheard that memory gave something of beyond the conversation's own."""
    return tuple(
        dict.fromkeys(
            one
            for one in (
                *(fact.source.turn_id for fact in recollection.facts),
                *(episode.turn_id for episode in recollection.episodes),
            )
            if one is not None
        )
    )


def drawn_on(
    recollection: Recollection, reply: str, *, asked: str = "", found: Iterable[Talent] = ()
) -> tuple[UUID, ...]:
    """Of the turns and words overheard that memory gave, those that the reply tells something of;
    what it searched for is of the reply.

    What the asker says themselves, and what the roster says of the talents `found`, is not told of
    memory. Better a reply too many than one that still tells; but plain words in common, such as
    any two messages have, tell nothing.
    """
    told = telling(reply)
    is_short = len(told) <= _SHORT
    told -= telling(" ".join([asked, *(text for one in found for text in texts_of(one))]))
    if not told:
        return ()
    drawn: dict[UUID, None] = {}
    for sources, text in _given(recollection):
        common = told & telling(text)
        if len(common) >= _ALONE or (common and (is_short or common & _names(text))):
            drawn |= dict.fromkeys(sources)
    return tuple(drawn)


def _given(recollection: Recollection) -> Iterator[tuple[Sequence[UUID], str]]:
    """Each text, and where it comes from: of our own words also what they told of in their turn."""
    for fact in recollection.facts:
        if fact.source.turn_id is not None:
            text = f"{fact.subject} {fact.statement} {fact.source.author.name}"
            yield [fact.source.turn_id], text
    for episode in recollection.episodes:
        if episode.turn_id is not None:
            yield [episode.turn_id, *episode.drew_on], f"{episode.text} {episode.author.name}"
    for past in recollection.history:
        yield [past.turn_id], f"{past.said} {past.author.name}"
        yield [past.turn_id, *past.outcome.drew_on], past.outcome.text
    for heard in recollection.overheard:
        if heard.id is not None:
            yield [heard.id], f"{heard.text} {heard.author.name}"


def texts_of(value: object) -> Iterator[str]:
    """All that stands in a talent, or in a search."""
    match value:
        case Talent() | TalentQuery():
            yield from texts_of(value.model_dump(mode="json", exclude_defaults=True))
        case dict():
            for one in value.values():
                yield from texts_of(one)
        case list():
            for one in value:
                yield from texts_of(one)
        case str() | int() | float():
            yield str(value)


def telling(text: str) -> set[str]:
    """The words of a text that tell something, in the form in which two can be compared."""
    words = key_of(text).split()
    return {
        word
        for word in words
        if (len(word) >= _LONG and word not in _PLAIN) or any(c.isdigit() for c in word)
    }


def _names(text: str) -> set[str]:
    """Words written like a name, and numbers."""
    marked = " ".join(word for word in text.split() if not word[:1].islower())
    return telling(fold(marked))
