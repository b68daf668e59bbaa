"""Weights for memory/ranking.py: the ones under which gold evidence is likeliest to come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_STEPS, _STEP, _DECAY = 250, 0.05, 1e-3


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: a row of features for each candidate, and which of them are gold."""

    talk: int
    features: npt.NDArray[np.float32]
    gold: Sequence[int]


def fit(judged: Sequence[Judged]) -> npt.NDArray[np.float64]:
    """Maximises the mean log-likelihood of the gold under a softmax over each question's
    candidates, with a little weight decay, by Adam."""
    features = np.concatenate([one.features for one in judged])
    sizes = np.array([len(one.features) for one in judged])
    begins = np.cumsum(sizes) - sizes
    gold = np.mean([one.features[list(one.gold)].mean(axis=0) for one in judged], axis=0)
    weights = np.zeros(features.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        scores = features @ weights
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, begins), sizes))
        likely /= np.repeat(np.add.reduceat(likely, begins), sizes)
        gradient = likely @ features / len(judged) - gold + _DECAY * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        corrected = np.sqrt(square / (1 - 0.99**step)) + 1e-8
        weights -= _STEP * mean / (1 - 0.9**step) / corrected
    return weights


def left_out(judged: Sequence[Judged]) -> str:
    """What weights are worth on each conversation that they were not fitted on."""
    figures = []
    for talk in sorted({one.talk for one in judged}):
        weights = fit([one for one in judged if one.talk != talk])
        for one in (one for one in judged if one.talk == talk):
            order = np.argsort(-(one.features @ weights), kind="stable")
            hits = np.isin(order[:50], list(one.gold)).astype(float)
            gains = 1 / np.log2(np.arange(2, 12))
            recalls = [hits[:k].sum() / len(one.gold) for k in (5, 10, 25, 50)]
            figures.append([*recalls, hits[:10] @ gains / gains[: len(one.gold)].sum()])
    means = 100 * np.mean(figures, axis=0)
    return " / ".join(f"{mean:.1f}" for mean in means) + " (recall@5/10/25/50, nDCG@10)"
