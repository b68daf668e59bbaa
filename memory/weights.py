"""What each feature of an episode counts (see memory/ranking.py).

Fitted by `python -m bench.memory FILE --fit`, which leaves one conversation out at a time to say
what the weights are worth on one that they have not seen. Two are set by hand, as people who talk
to people about their lives show neither: `ours`, so that a person's words come before our answer to
them, and `recent`, as what was said of a production last is what holds.
"""

from __future__ import annotations

from collections.abc import Mapping

FIRST: Mapping[str, float] = {
    "words": 0.43,
    "words_rank": 0.18,
    "share_of_words": 0.45,
    "share_beside": 1.06,
    "share_about": 2.22,
    "session_words": 0.54,
    "meaning": 0.82,
    "meaning_rank": 0.31,
    "session_meaning": 0.18,
    "answers_words": 0.58,
    "answers_meaning": 0.30,
    "theirs": 2.78,
    "ours": -1.00,
    "first_named": 0.99,
    "fits": 1.57,
    "names": 0.16,
    "names_wanted": 0.75,
    "asks": -0.87,
    "length": -0.14,
    "rarity": 0.47,
    "begins": 0.69,
    "in_time": 4.78,
    "recent": 0.20,
}
"""By these the best are chosen that are held against the question token by token, …"""

WEIGHTS: Mapping[str, float] = {
    "words": 0.11,
    "words_rank": -0.01,
    "share_of_words": -0.11,
    "share_beside": 0.77,
    "share_about": 2.06,
    "session_words": 0.33,
    "meaning": 0.43,
    "meaning_rank": 0.04,
    "session_meaning": -0.15,
    "answers_words": 0.70,
    "answers_meaning": 0.29,
    "theirs": 2.64,
    "ours": -1.00,
    "first_named": 0.97,
    "fits": 1.49,
    "names": 0.15,
    "names_wanted": 0.73,
    "asks": -0.88,
    "length": -0.43,
    "rarity": 0.50,
    "begins": 0.61,
    "in_time": 4.52,
    "recent": 0.20,
    "match": 0.20,
    "match_rank": 0.69,
    "match_near_best": 0.36,
    "session_match": 0.74,
}
"""… and by these all are ranked then."""
