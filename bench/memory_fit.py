"""Weights for memory/ranking.py: the ones under which gold evidence is likeliest to come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.memory_judge import KS, judge

_STEPS, _STEP, _DECAY = 200, 0.05, 3e-4


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: a row of features for each candidate, and which of them are gold."""

    talk: int
    features: npt.NDArray[np.float32]
    gold: Sequence[int]


def fit(judged: Sequence[Judged]) -> npt.NDArray[np.float64]:
    """Maximises the mean log-likelihood of each gold candidate under a softmax over itself and all
    that are not gold, with a little weight decay, by Adam. Gold candidates do not compete with each
    other: of a question with five answers the fifth is worth as much as the first."""
    features = np.concatenate([one.features for one in judged])
    sizes = np.array([len(one.features) for one in judged])
    begins = np.cumsum(sizes) - sizes
    question = np.repeat(np.arange(len(judged)), sizes)
    share = np.zeros(len(features), np.float32)
    for begin, one in zip(begins, judged, strict=True):
        share[begin + np.array(one.gold)] = 1 / len(one.gold)
    others = share == 0
    weights = np.zeros(features.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        scores = features @ weights.astype(np.float32)
        likely = np.exp(scores - np.maximum.reduceat(scores, begins)[question])
        against = likely + np.add.reduceat(likely * others, begins)[question] + 1e-12
        per_gold = np.add.reduceat(share / against, begins)[question]
        slope = np.where(others, likely * per_gold, share * (likely / against - 1))
        gradient = slope @ features / len(judged) + _DECAY * weights
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        corrected = np.sqrt(square / (1 - 0.99**step)) + 1e-8
        weights -= _STEP * mean / (1 - 0.9**step) / corrected
    return weights


def left_out(judged: Sequence[Judged]) -> str:
    """What weights are worth on each conversation that they were not fitted on."""
    talks = sorted({one.talk for one in judged})
    if len(talks) < 2:
        return "there is only one, and none can be left out"
    figures = []
    for talk in talks:
        weights = fit([one for one in judged if one.talk != talk])
        for one in (one for one in judged if one.talk == talk):
            order = np.argsort(-(one.features @ weights), kind="stable")[: max(KS)]
            figures.append(judge(frozenset(map(str, one.gold)), [str(at) for at in order]))
    return ", ".join(
        f"{name} {100 * np.mean([one[name] for one in figures]):.1f}" for name in figures[0]
    )
