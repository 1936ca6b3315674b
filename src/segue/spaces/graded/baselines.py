"""Baselines: how high a listener rates in general, and how high something is rated in general.

The baseline of listener u for item i is ::

    b_ui = μ + b_u + b_i        minimising  Σ (r_ui − b_ui)² + penalties on b_u², b_i²

with μ the mean of all ratings. **Alternating least squares** settles the items with the listeners
held, then the listeners with the items held, and so on ::

    b_i = Σ_u (r_ui − μ − b_u) / (λ_i + |U_i|)        b_u = Σ_i (r_ui − μ − b_i) / (λ_u + |I_u|)

**Stochastic gradient descent** goes through the ratings listener by listener: with e the error,
``b += γ (e − λ b)`` for both. Defaults, order of sums and order of ratings are those of
scikit-surprise.

References: Y. Koren, "Factor in the neighbors", ACM TKDD 4(1), 2010, section 2.1; N. Hug,
"Surprise: a Python library for recommender systems", JOSS 5(52), 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from segue.spaces.graded.ratings import Ratings
    from segue.types import Floats, Rows


@dataclass(frozen=True, slots=True)
class BaselineParameters:
    """How baselines are found; defaults as in Surprise.

    Attributes
    ----------
    method
        ``als`` or ``sgd``.
    epochs
        How often everything is gone through; None for 10 with ``als``, 20 with ``sgd``.
    listener_penalty, item_penalty
        λ_u and λ_i of ``als``: so many ratings that say nothing are added to each.
    penalty, rate
        λ and γ of ``sgd``.
    """

    method: Literal["als", "sgd"] = "als"
    epochs: int | None = None
    listener_penalty: float = 15.0
    item_penalty: float = 10.0
    penalty: float = 0.02
    rate: float = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """The mean of all ratings, and what each listener and item adds to it."""

    mean: float
    listeners: Floats
    items: Floats

    def of(self, listeners: Rows, items: Rows) -> Floats:
        """The baseline of pairs; -1 is somebody or something unknown, who adds nothing."""
        # In this order, for the same last digit as in Surprise.
        by_listener = np.where(listeners < 0, 0.0, self.listeners[listeners])
        return (self.mean + by_listener) + np.where(items < 0, 0.0, self.items[items])


def fit(ratings: Ratings, parameters: BaselineParameters | None = None) -> Baselines:
    """Baselines of ratings."""
    how = parameters or BaselineParameters()
    if how.method == "sgd":
        return _descended(ratings, how)
    return _alternated(ratings, how)


def _alternated(ratings: Ratings, how: BaselineParameters) -> Baselines:
    who, what, centred = ratings.listeners, ratings.items, ratings.values - ratings.mean
    listeners, items = np.zeros(ratings.listener_count), np.zeros(ratings.item_count)
    for _ in range(10 if how.epochs is None else how.epochs):
        items = _share(what, centred - listeners[who], len(items), how.item_penalty)
        listeners = _share(who, centred - items[what], len(listeners), how.listener_penalty)
    return Baselines(ratings.mean, listeners, items)


def _share(sides: Rows, left: Floats, count: int, penalty: float) -> Floats:
    """What is left to each side by its ratings, penalised; 0 without ratings and penalty."""
    weight = penalty + np.bincount(sides, minlength=count)
    total = np.bincount(sides, left, count)
    share: Floats = np.divide(total, weight, out=np.zeros(count), where=weight > 0)
    return share


def _descended(ratings: Ratings, how: BaselineParameters) -> Baselines:
    order = ratings.by_listener.order
    triples = list(
        zip(
            ratings.listeners[order].tolist(),
            ratings.items[order].tolist(),
            ratings.values[order].tolist(),
            strict=True,
        )
    )
    # Each step rests on the one before, so these are plain numbers.
    listeners, items = [0.0] * ratings.listener_count, [0.0] * ratings.item_count
    mean, rate, penalty = ratings.mean, how.rate, how.penalty
    for _ in range(20 if how.epochs is None else how.epochs):
        for who, what, value in triples:
            error = value - (mean + listeners[who] + items[what])
            listeners[who] += rate * (error - penalty * listeners[who])
            items[what] += rate * (error - penalty * items[what])
    return Baselines(mean, np.array(listeners), np.array(items))
