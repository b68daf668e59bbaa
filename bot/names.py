"""Names in a reply that no row backs: found, and marked as such.

The prompt tells the model to name only talents that a tool returned. This is the check: what
seems to be a person's name and is neither a talent's, nor in a row that the reply rests on, nor
written by the people themselves, is asked of the roster and marked if it isn't there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import structlog
from rapidfuzz.distance import OSA

from bot.conversation import Recollection, Turn
from bot.memories import Speaker
from bot.name_candidates import Candidate, candidates, skeleton
from bot.ports import UnavailableError
from bot.talent import Talent
from bot.tools import Toolbox
from bot.vocabulary.folding import fold_key

log = structlog.get_logger(__name__)

_CLOSES = re.compile(r"\*\*|__|\]\([^()\n]{0,500}\)|\]")
_MARKED = re.compile(r"\s*\(not in the roster")


async def mark_unbacked(
    text: str, *, turn: Turn, recollection: Recollection, tools: Toolbox
) -> tuple[str, tuple[str, ...]]:
    """The reply with each unbacked name marked where it first stands, and those names.

    `Priya Sharma (not in the roster)`; where a talent seen in this turn is one letter away, as
    `Riya Sharma`, that is added, for it may be a slip as well as another person. Marking a marked
    text changes nothing. Without the roster (it can't be reached) nothing is marked.
    """
    known = Known(
        talents=tools.seen,
        said=[
            turn.message.author.name,
            turn.message.text,
            *(words for past in recollection.history for words in (past.author.name, past.said)),
            *(
                words
                for heard in recollection.overheard
                for words in (heard.author.name, heard.text)
            ),
            *(
                words
                for fact in recollection.facts
                for words in (fact.source.author.name, fact.statement)
            ),
            *(
                words
                for episode in recollection.episodes
                if episode.speaker is not Speaker.BOT
                for words in (episode.author.name, episode.text)
            ),
        ],
        replied=[
            recollection.summary,
            *(one.text for one in recollection.episodes if one.speaker is Speaker.BOT),
            *(past.outcome.text for past in recollection.history),
        ],
    )
    doubtful = [
        candidate
        for candidate in candidates(text)
        if not known.has(candidate.name) and not _MARKED.match(text, _mark_at(text, candidate))
    ]
    if not doubtful:
        return text, ()
    try:
        unknown = await tools.unknown_names([candidate.name for candidate in doubtful])
    except UnavailableError:
        log.warning("names were not checked: the roster cannot be reached", names=len(doubtful))
        return text, ()
    # "Priya", where "Priya Sharma" is marked already, says nothing new.
    parts = {part for name in unknown if " " in name for part in fold_key(name).split()}
    first = {
        c.name: c for c in reversed(doubtful) if c.name in unknown and fold_key(c.name) not in parts
    }
    for candidate in sorted(first.values(), key=lambda c: c.start, reverse=True):
        at = _mark_at(text, candidate)
        near = known.nearest(candidate.name)
        mark = f" (not in the roster; {near} is)" if near else " (not in the roster)"
        text = text[:at] + mark + text[at:]
    return text, tuple(sorted(first, key=lambda name: first[name].start))


@dataclass(frozen=True)
class Known:
    """What a capitalised name may be besides an invention.

    `talents` are rows that the reply rests on, `said` what people wrote, `replied` what was
    answered before.
    """

    talents: Sequence[Talent]
    said: Sequence[str]
    replied: Sequence[str] = ()

    def has(self, name: str) -> bool:
        key = fold_key(name)
        if not key.isascii() and skeleton(name) in self._skeletons:
            return True
        asked = set(key.split())
        return (
            f" {key} " in self._said
            or any(f" {key} " in phrase for phrase in self._phrases)
            or any(asked <= parts for parts in self._name_parts)
            or any(_padded(fold_key(known)) in _padded(key) for known in self._names)
        )

    def nearest(self, name: str) -> str | None:
        """The one talent whose name is a letter away."""
        key = fold_key(name)
        near = [known for known in self._names if OSA.distance(fold_key(known), key) == 1]
        return near[0] if len(near) == 1 else None

    @cached_property
    def _names(self) -> Sequence[str]:
        return list(dict.fromkeys(n for t in self.talents for n in (t.name, *t.other_names)))

    @cached_property
    def _name_parts(self) -> Sequence[set[str]]:
        """A name's words, each also as its initial: "Meera J." is Meera Joshi."""
        keys = [fold_key(name).split() for name in self._names]
        return [{part for word in words for part in (word, word[0])} for words in keys]

    @cached_property
    def _said(self) -> str:
        return _padded(" | ".join(fold_key(text) for text in self.said))

    @cached_property
    def _phrases(self) -> Sequence[str]:
        return [_padded(fold_key(phrase)) for t in self.talents for phrase in _phrases(t)]

    @cached_property
    def _skeletons(self) -> set[str]:
        """Of every name seen, now or before: a reply in Hindi may write it in Devanagari."""
        before = (c.name for text in self.replied for c in candidates(text))
        return {skeleton(name) for name in (*self._names, *before)}


def _phrases(talent: Talent) -> Iterable[str]:
    """What a row says in words that may be capitalised in a reply."""
    yield from (talent.bio, talent.city, talent.union, talent.representation)
    yield from (*talent.travels_to, *talent.skills, *talent.accents)
    yield from (language.name for language in talent.languages)
    for credit in talent.credits:
        yield from (credit.title, credit.role, credit.production, credit.director)


def _padded(key: str) -> str:
    return f" {key} "


def _mark_at(text: str, candidate: Candidate) -> int:
    """Where the mark goes: behind the name and the bold or the link that it ends."""
    at = candidate.end
    while closing := _CLOSES.match(text, at):
        at = closing.end()
    return at
