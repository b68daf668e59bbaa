"""What each feature of an episode counts (see memory/ranking.py).

Fitted by `python -m bench.memory FILE --fit`, which leaves one conversation out at a time to say
what the weights are worth on one that they have not seen. `ours` cannot be fitted there, where
people talk to people: it is set so that a person's words come before our answer to them.
"""

from __future__ import annotations

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "words": 0.41,
    "words_rank": 0.17,
    "share_of_words": 0.52,
    "share_beside": 0.89,
    "share_about": 1.72,
    "session_words": 0.36,
    "meaning": 0.5,
    "meaning_rank": 0.5,
    "session_meaning": 0.45,
    "answers_words": 0.4,
    "answers_meaning": 0.34,
    "theirs": 2.56,
    "ours": -1.0,
    "fits": 1.5,
    "asks": -0.63,
    "length": 0.4,
    "in_time": 3.0,
    "recent": -0.2,
}
