"""What each feature of an episode counts (see memory/ranking.py).

Fitted by `python -m bench.memory FILE --fit`, which leaves one conversation out at a time to say
what the weights are worth on one that they have not seen. Two are set by hand, as people who talk
to people about their lives show neither: `ours`, so that a person's words come before our answer to
them, and `recent`, as what was said of a production last is what holds.
"""

from __future__ import annotations

from collections.abc import Mapping

FIRST: Mapping[str, float] = {
    "words": 0.48,
    "words_rank": 0.19,
    "share_of_words": 0.21,
    "share_beside": 0.93,
    "share_about": 2.34,
    "session_words": 0.51,
    "meaning": 0.89,
    "meaning_rank": 0.20,
    "session_meaning": 0.16,
    "answers_words": 0.47,
    "answers_meaning": 0.25,
    "theirs": 2.63,
    "ours": -1.00,
    "fits": 1.64,
    "asks": -0.90,
    "length": 0.41,
    "in_time": 4.49,
    "recent": 0.20,
}
"""By these the best are chosen that are held against the question token by token, …"""

WEIGHTS: Mapping[str, float] = {
    "words": 0.15,
    "words_rank": 0.00,
    "share_of_words": -0.32,
    "share_beside": 0.52,
    "share_about": 2.12,
    "session_words": 0.31,
    "meaning": 0.48,
    "meaning_rank": -0.09,
    "session_meaning": -0.16,
    "answers_words": 0.69,
    "answers_meaning": 0.25,
    "theirs": 2.48,
    "ours": -1.00,
    "fits": 1.54,
    "asks": -0.90,
    "length": 0.13,
    "in_time": 4.11,
    "recent": 0.20,
    "match": 0.17,
    "match_rank": 0.79,
    "match_near_best": 0.47,
    "session_match": 0.71,
}
"""… and by these all are ranked then."""
