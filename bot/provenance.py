"""Which memories a reply has drawn on, so that whoever takes one back takes back what was told."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from bot.conversation import Recollection
from bot.facts import key_of

_LONG = 4
"""Letters of a word from which on it tells something."""


def drawn_on(recollection: Recollection, reply: str) -> tuple[UUID, ...]:
    """The turns that memory gave something of and whose words stand in the reply.

    A word in common is enough: better a reply too many than one that still tells.
    """
    told = _telling(reply)
    return tuple(
        dict.fromkeys(turn_id for turn_id, text in _given(recollection) if told & _telling(text))
    )


def _given(recollection: Recollection) -> Iterator[tuple[UUID, str]]:
    for fact in recollection.facts:
        if fact.source.turn_id is not None:
            yield fact.source.turn_id, f"{fact.subject} {fact.statement} {fact.source.author.name}"
    for episode in recollection.episodes:
        if episode.turn_id is not None:
            yield episode.turn_id, f"{episode.text} {episode.author.name}"


def _telling(text: str) -> set[str]:
    words = key_of(text).split()
    return {word for word in words if len(word) >= _LONG or any(c.isdigit() for c in word)}
