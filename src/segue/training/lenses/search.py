"""The weights that put known answers highest, by a walk that can be followed by hand.

From even weights, one weight after the other is tried larger, smaller and gone; what helps is
kept. After each round the steps are halved, on the logarithm. A weight that is worth less than
`WORTH` of the figure is taken out at the end: a lens of few spaces gives reasons of few words.
There is no model behind it, so every weight says what it does: how much a space's score counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.training.lenses.evidence import Evidence
    from segue.types import Floats

ROUNDS = 5
STEP = 2.0
WORTH = 0.0005
"""What a space must add to the figure for its place in a lens."""

_EVEN = 1.0


def search(evidence: Evidence, *, start: Floats | None = None, rounds: int = ROUNDS) -> Floats:
    """Weights of sum 1 with the highest mean of `Evidence.judged` that the walk finds.

    Parameters
    ----------
    evidence
        At least one question.
    start
        Where the walk begins, shape (spaces,); even weights when None.
    rounds
        Times it goes round the spaces.
    """
    weights = np.full(len(evidence.names), _EVEN) if start is None else start.copy()
    best = _figure(evidence, weights)
    step = STEP
    for _ in range(rounds):
        for place in range(len(weights)):
            weights, best = _better(evidence, weights, best, place=place, step=step)
        step = step**0.5
    weights = _without_idlers(evidence, weights, best)
    scaled: Floats = weights / weights.sum()
    return scaled


def _better(
    evidence: Evidence, weights: Floats, best: float, *, place: int, step: float
) -> tuple[Floats, float]:
    """The weights after trying others for one space."""
    now = weights[place]
    # What is gone may come back small.
    tries = (now * step, now / step, 0.0) if now else (0.1 * weights.max(),)
    for value in tries:
        other = weights.copy()
        other[place] = value
        if not other.any():
            continue
        figure = _figure(evidence, other)
        if figure > best:
            weights, best = other, figure
    return weights, best


def _without_idlers(evidence: Evidence, weights: Floats, best: float) -> Floats:
    """Take out, the lightest first, what can be missed."""
    for place in np.argsort(weights):
        if weights[place] and np.count_nonzero(weights) > 1:
            other = weights.copy()
            other[place] = 0.0
            figure = _figure(evidence, other)
            if figure >= best - WORTH:
                weights, best = other, max(best, figure)
    return weights


def _figure(evidence: Evidence, weights: Floats) -> float:
    return float(evidence.judged(weights).mean())
