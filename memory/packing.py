"""Which episodes a reply is given, and how much of each, within a budget of tokens.

Where they do not all fit whole, of the best a hundred tokens are given and of those after them
thirty, the sentences that tell most: half as many again have room. On LoCoMo's conversations 90.9 %
of the evidence comes within the budget, of whole texts 88.8 %, and of the answers' words that stand
in the evidence 91.3 and 90.5 %. Cut further (30 tokens of each) it is 92 and 74 %: what is cut must
not be the answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.vocabulary.folding import fold, word_key, words
from memory.budget import tokens

if TYPE_CHECKING:
    from bot.conversation import ConversationKey
    from bot.memories import Episode

EPISODE_TOKENS = 1_000
"""Of all that was said before."""

_LONGEST = 300
"""Of one text, also where there is room."""
_BEST, _OF_THE_BEST, _OF_OTHERS = 6, 100, 30
"""So many of the best are given so many tokens each, and of those after them so many."""
_OF_A_HEADING = 8
"""Tokens of a day and a place, under which stands all that was said then and there."""
_OF_A_LINE = 2
"""Tokens beside name and words."""

_LOOKED_THROUGH = 2_000
"""Characters of a text that sentences are taken from: its beginning."""

_SENTENCE = re.compile(r"(?<=[.!?।…])\s+|\s*\n\s*|\s+(?=\[)")
_LONG = 4
"""Letters of a word from which on it tells something."""
_STEM, _MANY = 5, 8
_NUMBER_OR_NAME = re.compile(r"\d|\w [A-Z]")
_CUT = " … "


def packed(episodes: Sequence[Episode], question: str) -> Sequence[Episode]:
    """Of `episodes`, best first, those that fit, in the same order; some with a part of their text
    alone. One that does not fit any more makes place for shorter ones."""
    asked = _telling(question)
    all_of_them = sum(min(tokens(one.text), _LONGEST) for one in episodes)
    if all_of_them <= EPISODE_TOKENS:
        whole = _fitting(_within(one, _LONGEST, asked) for one in episodes)
        if len(whole) == len(episodes):
            return whole
    return _fitting(
        _within(one, _OF_THE_BEST if nth < _BEST else _OF_OTHERS, asked)
        for nth, one in enumerate(episodes)
    )


def _fitting(episodes: Iterable[Episode]) -> Sequence[Episode]:
    taken: list[Episode] = []
    headings: set[tuple[date, ConversationKey]] = set()
    left = EPISODE_TOKENS
    for episode in episodes:
        heading = episode.at.date(), episode.conversation
        cost = tokens(episode.text) + tokens(episode.author.name) + _OF_A_LINE
        cost += 0 if heading in headings else _OF_A_HEADING
        if cost <= left:
            left -= cost
            headings.add(heading)
            taken.append(episode)
        if left <= _OF_A_LINE:
            break
    return taken


def _within(episode: Episode, most: int, asked: Set[str]) -> Episode:
    """The episode with no more of its text than about `most` tokens: the sentences that have most
    words `asked` in them, and then most to tell, in their order."""
    if tokens(episode.text) <= most:
        return episode
    sentences = [one for one in _SENTENCE.split(episode.text[:_LOOKED_THROUGH]) if one.strip()]
    worth = [_worth(one, asked) for one in sentences]
    kept: dict[int, str] = {}
    for nth in sorted(range(len(sentences)), key=worth.__getitem__, reverse=True):
        sentence = sentences[nth] if kept else _beginning(sentences[nth], most)
        if tokens(sentence) <= most:
            kept[nth] = sentence
            most -= tokens(sentence)
    text, before = "", -1
    for nth in sorted(kept):
        text += (" " if nth == before + 1 else _CUT) + kept[nth]
        before = nth
    ended = before == len(sentences) - 1 and len(episode.text) <= _LOOKED_THROUGH
    return replace(episode, text=text.strip() + ("" if ended else " …"))


def _beginning(sentence: str, most: int) -> str:
    """As much of it as fits."""
    if tokens(sentence) <= most:
        return sentence
    fits = bisect_right(range(len(sentence)), most - 1, key=lambda n: tokens(sentence[:n])) - 1
    return f"{sentence[:fits].rstrip()}…"


def _worth(sentence: str, asked: Set[str]) -> float:
    telling = _telling(sentence)
    return (
        2 * len(telling & asked)
        + min(len(telling), _MANY) / 4
        + (_NUMBER_OR_NAME.search(sentence) is not None)
    )


def _telling(text: str) -> Set[str]:
    """Its longer words, by their beginnings, so that "dance" is in "dancers"."""
    folded = text.lower() if text.isascii() else fold(text)
    found = (word_key(word.text) for word in words(folded))
    return {word[:_STEM] for word in found if len(word) >= _LONG or word.isdigit()}
