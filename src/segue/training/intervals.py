"""Intervals that hold: how far off a predicted number may be, learned track by track.

One width for every track is too wide for most and too narrow for the odd ones: where nine of ten
were promised, 68 % of spoken tracks lay within. **Conformalised quantile regression** (Romano,
Patterson and Candès, 2019) learns the two ends as functions of the track, and then moves both
outwards by as much as held-out tracks show to be needed: with E = max(low(x) − y, y − high(x)) of
tracks that had no part in fitting the ends, the move is the ⌈(n + 1) · 0.9⌉-th smallest E. Whatever
the ends are worth, nine of ten new tracks of the same kind then lie within.

The ends are two small boosted models of the out-of-fold answers of level 0, not of the features:
where members disagree, the interval is wide. E is taken across the same folds (*CV+*: Barber,
Candès, Ramdas and Tibshirani, 2021).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.training.fitted import FittedBand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Floats, Rows

COVERAGE = 0.9
"""The share of tracks that shall lie within."""

_ENDS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
_ROUNDS, _DEPTH, _RATE = 80, 3, 0.08


def fit_band(
    said: Floats, truth: Floats, parts: Sequence[tuple[Rows, Rows]], *, seed: int
) -> FittedBand:
    """Ends for every target, and how far they must be moved.

    Parameters
    ----------
    said
        Out-of-fold answers of level 0, shape (n, members × targets).
    truth
        Shape (n, targets).
    parts
        Folds of the rows, as (train, test).
    """
    low, high, widen = [], [], []
    for place in range(truth.shape[1]):
        wanted = truth[:, place]
        off = np.empty(len(wanted))
        for train, test in parts:
            ends = [_end(said[train], wanted[train], share, seed) for share in _ENDS]
            below, above = (end.predict(said[test].astype(np.float32)) for end in ends)
            off[test] = np.maximum(below - wanted[test], wanted[test] - above)
        low.append(_end(said, wanted, _ENDS[0], seed))
        high.append(_end(said, wanted, _ENDS[1], seed))
        widen.append(moved(off))
    return FittedBand(tuple(low), tuple(high), np.array(widen))


def moved(off: Floats) -> float:
    """The ⌈(n + 1) · COVERAGE⌉-th smallest of how far off tracks lay; the largest of few."""
    place = min(math.ceil((len(off) + 1) * COVERAGE), len(off))
    return float(np.sort(off)[place - 1])


def _end(said: Floats, wanted: Floats, share: float, seed: int) -> Any:  # noqa: ANN401
    """A boosted model of one quantile."""
    from xgboost import XGBRegressor

    model = XGBRegressor(
        objective="reg:quantileerror",
        quantile_alpha=share,
        n_estimators=_ROUNDS,
        max_depth=_DEPTH,
        learning_rate=_RATE,
        subsample=0.8,
        colsample_bytree=0.5,
        min_child_weight=5,
        tree_method="hist",
        n_jobs=1,
        verbosity=0,
        random_state=seed,
    )
    return model.fit(said.astype(np.float32), wanted)
