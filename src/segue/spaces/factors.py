"""The space `factors`: which tracks a playlist would hold next, by a factorisation of playlists.

Every track has a vector y of factors, learned so that the product with the vector x of a playlist
is near 1 for the tracks it holds and near 0 for all others (`segue.training.playlists.factors`;
Hu, Koren & Volinsky, ICDM 2008). A seed, or a set of seeds, is a playlist of its own: it is
**folded in**, without any training, by the x that solves

    (Yᵀ Y + λ I + Σᵢ (cᵢ − 1) yᵢ yᵢᵀ) x = Σᵢ cᵢ yᵢ

over the n seeds i, where Y holds the learned tracks. With equal weights every cᵢ is the α of the
training; else it is n α wᵢ, with weights that sum to 1. A seed with a weight below 0 has the
confidence n α |wᵢ| and preference 0: it stands on the left side alone. Where cᵢ is below 1, cᵢ − 1
is taken for 0: no seed is less sure than a track of which nothing is said.

The score is the product x · y: near 1 for a track the playlist would surely hold, 0 for one that it
has nothing to do with, and seldom below. A popular track is nearer to everybody than a rare one,
and one track may be nearer to another than to itself. A track that stands in no playlist has the
vector that its content gives it (`segue.spaces.content`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.linalg import solve

from segue.spaces.company import Company
from segue.spaces.units import Units, to_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.records import Comparison
    from segue.snapshot import Corpus, Description
    from segue.types import Floats, Mask, Rows, Vectors

ALPHA, REGULARIZATION = 10.0, 0.05
"""What is taken where the parameters of a training are not known."""


class FactorsPoint:
    """Seeds, and the playlist they are folded into when it is first asked for.

    Attributes
    ----------
    keys
        Who each seed is: its row, or a thing of its own for one from outside. Different tracks may
        have the same factors.
    items, weights
        Factors of the seeds, shape (seeds, factors), and how much each counts, shape (seeds,).
    said
        How much company they keep, in words.
    inferred
        Whether content alone put them there.
    """

    def __init__(
        self,
        keys: Sequence[object],
        items: Floats,
        weights: Floats,
        *,
        said: str,
        inferred: bool,
        fold: Callable[[Floats, Floats], Floats],
    ) -> None:
        self.keys = tuple(keys)
        self.items = items
        self.weights = weights
        self.said = said
        self.inferred = inferred
        self._fold = fold

    @cached_property
    def folded(self) -> Floats:
        """The x of the module, shape (factors,)."""
        return self._fold(self.items, self.weights)


class FactorsSpace:
    """Products of folded-in playlists with the factors of tracks; see the module."""

    name = "factors"
    needs = (
        "a playlist: import one that holds it with `segue import playlists`, then run "
        "`segue train factors`"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._company = Company(corpus, self.name)
        parameters = self._company.parameters
        self._alpha = float(parameters.get("alpha", ALPHA))
        held = float(parameters.get("regularization", REGULARIZATION))
        learned = self._company.vectors[self._company.learned].astype(np.float64)
        self._gram: Floats = learned.T @ learned + held * np.eye(learned.shape[1])
        self._items = Units(self._company.vectors, self._company.rows, tracks=len(corpus))
        self.placed: Mask = self._items.placed
        self.inferred: Mask = self._company.inferred

    @classmethod
    def build(cls, corpus: Corpus) -> Self:
        """Take the factors that training found for `corpus`, and place all others by content."""
        return cls(corpus)

    def point(self, row: int) -> FactorsPoint | None:
        """Where a playlist of the track of `row` alone stands; None when the track has no place."""
        standing = self._company.at(row)
        return None if standing is None else self._alone(row, standing, self._company.told(row))

    def place(self, description: Description) -> FactorsPoint | None:
        """Where the content of `description` stands, or the factors it brings; else None."""
        standing = self._company.outside(description)
        return None if standing is None else self._alone(object(), standing, "from outside")

    def _alone(self, key: object, standing: tuple[Floats, bool], said: str) -> FactorsPoint:
        vector, inferred = standing
        return FactorsPoint(
            (key,), vector[np.newaxis], np.ones(1), said=said, inferred=inferred, fold=self._fold
        )

    def gather(self, points: Sequence[FactorsPoint], *, weights: Floats) -> FactorsPoint | None:
        """Fold all seeds of the points in as one playlist; None where none of them draws near."""
        keys, items, each = _merged(points, weights)
        near = [point for point, weight in zip(points, weights.tolist(), strict=True) if weight > 0]
        if not near or not (each > 0).any():
            return None
        said = near[0].said if len(near) == 1 else f"{len(near)} tracks"
        inferred = all(point.inferred for point in near)
        return FactorsPoint(keys, items, each, said=said, inferred=inferred, fold=self._fold)

    def _fold(self, items: Floats, weights: Floats) -> Floats:
        """The x of the module."""
        drawn = weights > 0
        sure = self._alpha * np.abs(weights) * np.count_nonzero(drawn)
        sure /= weights[drawn].sum()
        left = self._gram + (items.T * np.maximum(sure - 1.0, 0.0)) @ items
        right = items[drawn].T @ sure[drawn]
        folded: Floats = solve(left, right, assume_a="pos")
        return folded

    def score(self, points: Sequence[FactorsPoint], *, rows: Rows | None = None) -> Vectors:
        """Products with every row, shape (points, rows), about [0, 1]; 0 for rows not placed."""
        folded = np.array([point.folded for point in points], dtype=np.float32)
        return self._items.score(folded.reshape(len(points), len(self._gram)), rows=rows)

    def score_exactly(self, point: FactorsPoint, *, rows: Rows) -> Floats:
        """The same in float64."""
        scores = np.zeros(len(rows))
        there = np.flatnonzero(self.placed[rows])
        items = self._company.vectors[self._items.places[rows[there]]].astype(np.float64)
        scores[there] = np.vecdot(items, point.folded)
        return scores

    def between(self, rows: Rows) -> Floats:
        """See `segue.snapshot.Paired`."""
        there = np.flatnonzero(self.placed[rows])
        items = self._company.vectors[self._items.places[rows[there]]].astype(np.float64)
        folded = [self._fold(each[np.newaxis], np.ones(1)) for each in items]
        found = np.zeros((len(rows), len(rows)))
        found[np.ix_(there, there)] = np.reshape(folded, items.shape) @ items.T
        return found

    def nearest(self, point: FactorsPoint, *, k: int, allowed: Mask | None, margin: float) -> Rows:
        """Rows of the `k` best allowed tracks and of all within `margin` of the k-th."""
        folded = point.folded.astype(np.float32)
        return self._items.nearest(
            folded,
            k=k,
            allowed=allowed,
            margin=margin,
            exactly=lambda rows: self.score_exactly(point, rows=rows),
        )

    def directions(self, rows: Rows) -> Vectors:
        """See `segue.maps.directions.Directed`."""
        held = self._company.vectors[self._items.places[rows]].astype(np.float64)
        directions: Vectors = to_units(held).astype(np.float32)
        return directions

    def compare(self, point: FactorsPoint, row: int) -> tuple[Comparison, ...]:
        """The company that both keep in playlists."""
        return self._company.compare(point.weights @ point.items, row, seed=point.said)

    def infers(self, point: FactorsPoint) -> bool:
        """Whether its content alone put a point where it stands."""
        return point.inferred


def _merged(points: Sequence[FactorsPoint], weights: Floats) -> tuple[list[object], Floats, Floats]:
    """Seeds of all points, each once, and their weights: one that comes twice weighs twice."""
    items: dict[object, Floats] = {}
    total: dict[object, float] = {}
    for point, weight in zip(points, weights.tolist(), strict=True):
        for key, item, part in zip(point.keys, point.items, point.weights.tolist(), strict=True):
            items[key] = item
            total[key] = total.get(key, 0.0) + weight * part
    kept = [key for key, weight in total.items() if weight]
    found = np.array([items[key] for key in kept]).reshape(len(kept), points[0].items.shape[1])
    return kept, found, np.array([total[key] for key in kept])
