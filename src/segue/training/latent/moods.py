"""Learning which emotion goes with which attributes: multinomial logistic regression.

The labels are the catalogue's own where it has enough of them, or those of a table of moods. How
often it is right is told by five folds that share no artist, beside the share of the commonest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.latent.moods import NEEDED, Moods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.latent.facts import Facts
    from segue.types import Floats

ENOUGH = 100
"""Tracks with an emotion that are needed."""

EACH = 10
"""Tracks that an emotion needs to be learned."""

FOLDS = 5


def learn(facts: Facts, *, seed: int) -> Moods | None:
    """A classifier of the emotions that `facts` know; None where they know too few."""
    counts = Counter(facts.emotions)
    words = sorted(word for word, count in counts.items() if word and count >= EACH)
    enough = np.isfinite(facts.attributes).sum(axis=1) >= NEEDED
    rows = np.flatnonzero(enough & np.isin(np.array(facts.emotions), words))
    if len(rows) < ENOUGH or len(words) < 2:
        return None
    attributes = facts.attributes[rows].astype(np.float64)
    known = np.isfinite(attributes)
    mean = np.where(known, attributes, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    apart = np.where(known, attributes - mean, 0.0)
    deviation = np.sqrt(np.square(apart).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    deviation = np.where(deviation > 0, deviation, 1.0)
    labels = np.array([words.index(facts.emotions[row]) for row in rows.tolist()])
    artists = [(facts.artists[row] or (f"\0{row}",))[0] for row in rows.tolist()]
    weights, bias = _fitted(apart / deviation, labels, len(words))
    return Moods(
        tuple(words),
        mean,
        deviation,
        weights,
        bias,
        _judged(apart / deviation, labels, artists, len(words), seed=seed),
    )


def _fitted(scaled: Floats, labels: np.ndarray, count: int) -> tuple[Floats, Floats]:
    """Weights and biases, one row a class; two classes are told apart by one, halved."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(scaled, labels)
    if len(model.classes_) == 2 and len(model.coef_) == 1:
        coefficients = np.concatenate([-model.coef_, model.coef_]) / 2
        biases = np.concatenate([-model.intercept_, model.intercept_]) / 2
    else:
        coefficients, biases = model.coef_, model.intercept_
    weights = np.zeros((count, scaled.shape[1]))
    bias = np.full(count, -1e9)  # a class that a fold has not seen
    weights[model.classes_], bias[model.classes_] = coefficients, biases
    return weights, bias


def _judged(
    scaled: Floats, labels: np.ndarray, artists: Sequence[str], count: int, *, seed: int
) -> dict[str, Any]:
    """How often it is right on artists it has not seen."""
    names = sorted(set(artists))
    fold_of = dict(
        zip(names, np.random.default_rng(seed).integers(FOLDS, size=len(names)), strict=True)
    )
    folds = np.array([fold_of[name] for name in artists])
    right = np.zeros(len(labels), dtype=np.bool_)
    for fold in range(FOLDS):
        test = folds == fold
        if not test.any() or len(set(labels[~test].tolist())) < 2:
            continue
        weights, bias = _fitted(scaled[~test], labels[~test], count)
        right[test] = (scaled[test] @ weights.T + bias).argmax(axis=1) == labels[test]
    return {
        "tracks": len(labels),
        "accuracy": float(right.mean()),
        "commonest": float(np.bincount(labels).max() / len(labels)),
    }
