"""Level 1 of classes: which of several options it is, by what members say of each.

A conditional logit (McFadden, *Conditional logit analysis of qualitative choice behavior*, 1974):
every option o of a track has features x[o], and

    P(o) = exp(x[o] · v) / Σ_q exp(x[q] · v),

with one vector v of weights for all options. It is the logistic regression whose weights are tied:
a member is trusted as much in one class as in another, so that there are few weights to learn. With
a weight for every pair of classes, what little the out-of-fold answers can tell is soon spent.

v maximises the likelihood of the true options less a ridge of `RIDGE` a track.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Rows

RIDGE = 1e-4
"""Taken off the mean log-likelihood, times the sum of squared weights."""

STEPS = 5_000
"""Most steps of the optimiser."""


def choose(options: Floats, true: Rows) -> Floats:
    """The weights.

    Parameters
    ----------
    options
        Features of every option, shape (tracks, options, features).
    true
        Which option it was, shape (tracks,).

    Returns
    -------
    Floats
        Shape (features,).
    """
    from scipy.optimize import minimize

    rows = np.arange(len(options))

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = options @ weights
        scores -= scores.max(axis=1, keepdims=True)
        total = np.exp(scores).sum(axis=1)
        likelihood = (scores[rows, true] - np.log(total)).mean()
        chances = np.exp(scores) / total[:, np.newaxis]
        chances[rows, true] -= 1
        slope = np.einsum("no,nof->f", chances, options) / len(options)
        return RIDGE * (weights @ weights) - likelihood, slope + 2 * RIDGE * weights

    start = np.zeros(options.shape[2])
    best: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return best
