"""How good a ranking is, where it is known what should come first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

KS = (5, 10, 25, 50)

Figures: TypeAlias = dict[str, float]
Ranked: TypeAlias = Sequence[str]
"""Message ids, best first."""


def judge(gold: frozenset[str], ranked: Ranked) -> Figures:
    """Recall and nDCG of one question, 0 to 1."""
    hits = np.array([one in gold for one in ranked], float)
    figures = {f"recall@{k}": float(hits[:k].sum()) / len(gold) for k in KS}
    gains = 1 / np.log2(np.arange(2, 12))
    ideal = gains[: len(gold)].sum()
    return figures | {"ndcg@10": float((hits[:10] * gains[: len(hits[:10])]).sum() / ideal)}
