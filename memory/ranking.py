"""Which of the candidates answer a question: features of each episode, weighed and added.

Each feature is of the episode itself, of its neighbours (in a conversation the answer often stands
beside the words that were asked for), or of its session: what was said in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from memory.questions import Wanted

if TYPE_CHECKING:
    import numpy.typing as npt

    from db.episode_search import Candidates, Floats
    from memory.questions import Question

PAUSE = 3 * 3600.0
"""Seconds of silence after which a conversation's next words are another session."""

_K1, _B = 1.2, 0.75  # BM25
_RANK = 10.0  # a rank counts 1 / (_RANK + rank)
_NEWS = 3.0
"""About how many texts of a session tell what is new."""
_FADES = 14 * 86400.0
"""Seconds from a time that was named after which an episode is no nearer to it than any other."""


MATCHED = 100
"""How many of the best are held against the question token by token."""


MATCH_FEATURES = ("match", "match_rank", "match_near_best", "session_match")


def weighed(features: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """How well each candidate answers, more is better; comparable within one question only."""
    total = sum(weights[name] * feature for name, feature in features.items())
    return np.asarray(total, np.float32)


def best(scores: Floats, limit: int) -> npt.NDArray[np.int64]:
    """Indexes of the best, best first."""
    return np.argsort(-scores, kind="stable")[:limit]


def features(question: Question, candidates: Candidates) -> Mapping[str, Floats]:
    """What the weights weigh, by name; all of about the same size."""
    session = _sessions(candidates)
    having = (candidates.counts > 0).astype(np.float32)
    beside = np.clip(_around(having, session, {-1: 1, 0: 1, 1: 1}), 0, 1)
    about = np.clip(beside + _around(having, session, {-2: 1, 2: 1}), 0, 1)
    of_all = candidates.weights / max(float(candidates.weights.sum()), 1e-9)
    words = _bm25(candidates)
    words /= max(float(words.max()), 1e-9)
    meaning = _standard(candidates.nearness)
    asked_before = _around(candidates.asks, session, {-1: 1})
    before = {-1: 1.0}
    return {
        "words": words,
        "words_rank": _by_rank(words) * (words > 0),
        "share_of_words": having @ of_all,
        "share_beside": beside @ of_all,
        "share_about": about @ of_all,
        "session_words": _standard(_best_of_session(words, session)),
        "meaning": meaning,
        "meaning_rank": _by_rank(meaning),
        "session_meaning": _standard(_best_of_session(candidates.nearness, session)),
        "answers_words": asked_before * _around(words, session, before),
        "answers_meaning": asked_before * _around(meaning, session, before),
        "theirs": np.array([one in question.about for one in candidates.authors], np.float32),
        "ours": np.array([one == "" for one in candidates.authors], np.float32)
        * ("" not in question.about),
        "first_named": np.array([one == question.first for one in candidates.authors], np.float32),
        "fits": _fits(question, candidates),
        "names": candidates.names,
        "names_wanted": candidates.names * (question.wants is Wanted.NAME),
        "asks": candidates.ends_asking,
        "length": _standard(np.log1p(candidates.length)),
        "rarity": _standard(np.log1p(candidates.rarity)),
        "begins": _begins(session),
        "in_time": _in_time(question, candidates),
        "recent": _by_age(candidates),
    }


def match_features(
    candidates: Candidates, held: npt.NDArray[np.int64], matches: Floats
) -> Mapping[str, Floats]:
    """What there is to weigh besides, where those `held` against the question match it so well;
    of the others it is as if they matched as badly as the worst."""
    match = np.zeros(len(candidates.keys), np.float32)
    if not len(matches):
        return dict.fromkeys(MATCH_FEATURES, match)
    match += matches.min()
    match[held] = matches
    session = _sessions(candidates)
    return {
        "match": _standard(match),
        "match_rank": _by_rank(match),
        "match_near_best": np.exp(15 * (match - match.max())),
        "session_match": _standard(_best_of_session(match, session)),
    }


def _sessions(candidates: Candidates) -> npt.NDArray[np.int64]:
    """Whole numbers, one for each run of a conversation without a long pause."""
    conversations = np.array(candidates.conversations)
    begins = np.ones(len(conversations), bool)
    begins[1:] = (conversations[1:] != conversations[:-1]) | (np.diff(candidates.at) > PAUSE)
    return np.cumsum(begins) - 1


def _around(values: Floats, session: npt.NDArray[np.int64], shares: Mapping[int, float]) -> Floats:
    """Of each episode, the values of those so many places from it in its session, weighed."""
    total = np.zeros_like(values)
    size = len(values)
    for offset, share in shares.items():
        here, there = (
            slice(max(0, -offset), size - max(0, offset)),
            slice(max(0, offset), size - max(0, -offset)),
        )
        same = session[here] == session[there]
        moved = values[there] * (same if values.ndim == 1 else same[:, None])
        total[here] += share * moved
    return total


def _bm25(candidates: Candidates) -> Floats:
    length = candidates.words / max(float(candidates.words.mean()), 1.0)
    often = candidates.counts
    grown = often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * length[:, None]))
    return np.asarray(grown @ candidates.weights, np.float32)


def _best_of_session(values: Floats, session: npt.NDArray[np.int64]) -> Floats:
    best = np.full(int(session[-1]) + 1, -np.inf, np.float32)
    np.maximum.at(best, session, values)
    return np.asarray(best[session])


def _standard(values: Floats) -> Floats:
    spread = float(values.std())
    if spread < 1e-9:
        return np.zeros_like(values)
    standard: Floats = (values - values.mean()) / spread
    return standard


def _by_rank(values: Floats) -> Floats:
    """2 for the largest, falling off with the rank."""
    rank = np.empty(len(values), np.float32)
    rank[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return np.asarray(2 * _RANK / (_RANK + rank), np.float32)


def _fits(question: Question, candidates: Candidates) -> Floats:
    """1 for what has a time or a number in it, if that is what is asked for."""
    if question.wants is Wanted.TIME:
        return candidates.times
    if question.wants is Wanted.NUMBER:
        return candidates.numbers
    return np.zeros(len(candidates.keys), np.float32)


def _begins(session: npt.NDArray[np.int64]) -> Floats:
    """1 for the first of a session, soon less: people tell what is new before they talk of it."""
    place = np.arange(len(session)) - np.searchsorted(session, session)
    return np.exp(-place / _NEWS).astype(np.float32)


def _in_time(question: Question, candidates: Candidates) -> Floats:
    """1 for what was said at a time that the question names, less for what is near it."""
    nearness = np.zeros(len(candidates.keys), np.float32)
    for first, last in question.spans:
        before, after = first.timestamp() - candidates.at, candidates.at - last.timestamp()
        away = np.maximum(np.maximum(before, after), 0)
        nearness = np.maximum(nearness, 1 - away / _FADES)
    return nearness.astype(np.float32)


def _by_age(candidates: Candidates) -> Floats:
    """From -1 for the oldest to 1 for the newest, in order of time."""
    order = np.empty(len(candidates.keys), np.float32)
    order[np.argsort(candidates.at, kind="stable")] = np.linspace(-1, 1, len(order))
    return order
