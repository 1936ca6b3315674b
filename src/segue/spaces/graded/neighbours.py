"""KNNBaseline: a rating from what its listener gave the most similar items.

::

    r̂_ui = b_ui + Σ_j s_ij (r_uj − b_uj) / Σ_j s_ij

over the k items j that listener u rated and that are most like i, of these only the ones with
s_ij > 0; where they are fewer than `least`, and for somebody or something unknown, r̂ is the
baseline. Estimates, baselines, likeness and neighbours equal those of scikit-surprise's
``KNNBaseline`` with ``user_based=False``, ties included.

Reference: Y. Koren, "Factor in the neighbors: scalable and accurate collaborative filtering", ACM
TKDD 4(1), 2010, formula 3.

Examples
--------
>>> from segue.spaces.graded.ratings import Ratings
>>> plays = Ratings.of([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [5, 4, 2, 1, 4])
>>> model = KNNBaseline.fit(plays)
>>> bool(model.estimates([2], [1])[0] < model.estimates([2], [0])[0])
True
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import BadRequestError
from segue.spaces.graded import baselines as fitting
from segue.spaces.graded.baselines import BaselineParameters
from segue.spaces.graded.likeness import NAMES, Likeness, LikenessParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.spaces.graded.baselines import Baselines
    from segue.spaces.graded.ratings import Ratings
    from segue.types import Floats, Progress, Rows


@dataclass(frozen=True, slots=True)
class NeighbourParameters:
    """All that can be chosen; defaults as in Surprise.

    Attributes
    ----------
    k, least
        Most neighbours, and how many it takes at least (Surprise's ``min_k``).
    """

    k: int = 40
    least: int = 1
    likeness: LikenessParameters = field(default_factory=LikenessParameters)
    baselines: BaselineParameters = field(default_factory=BaselineParameters)

    def check(self) -> None:
        """Refuse what makes no sense; BadRequestError."""
        if self.k < 1:
            raise BadRequestError(f"{self.k} neighbours say nothing", remedy="Ask for 1 or more")
        if self.likeness.name not in NAMES:
            raise BadRequestError(
                f"there is no likeness {self.likeness.name!r}",
                remedy=f"There are {', '.join(NAMES)}",
            )


@dataclass(frozen=True, slots=True, eq=False)
class KNNBaseline:
    """Ratings, their baselines, and the likeness of items."""

    ratings: Ratings
    parameters: NeighbourParameters
    baselines: Baselines
    likeness: Likeness

    @classmethod
    def fit(cls, ratings: Ratings, parameters: NeighbourParameters | None = None) -> Self:
        """Learn from ratings.

        Raises
        ------
        BadRequestError
            The parameters make no sense.
        """
        how = parameters or NeighbourParameters()
        how.check()
        base = fitting.fit(ratings, how.baselines)
        return cls(ratings, how, base, Likeness(ratings, base, how.likeness))

    def estimates(
        self,
        listeners: Sequence[int] | Rows,
        items: Sequence[int] | Rows,
        *,
        scale: tuple[float, float] | None = None,
        on_progress: Progress | None = None,
    ) -> Floats:
        """What listeners would rate items.

        Parameters
        ----------
        listeners, items
            Pairs, shape (n,); -1 for somebody or something unknown.
        scale
            The lowest and the highest rating there is; estimates beyond are brought there.
        on_progress
            Called with (items done, in all, what).

        Returns
        -------
        Floats
            Shape (n,).
        """
        who, what = (np.asarray(each, dtype=np.int64) for each in (listeners, items))
        found = self.baselines.of(who, what)
        known = np.flatnonzero((who >= 0) & (what >= 0))
        asked, place = np.unique(what[known], return_inverse=True)
        # Pairs by item, since the likeness of an item to all others is made once.
        known = known[np.argsort(place, kind="stable")]
        ends = np.cumsum(np.bincount(place, minlength=len(asked)))
        for places, likeness in self.likeness.rows(asked):
            for row, each in zip(likeness, places.tolist(), strict=True):
                pairs = known[ends[each - 1] if each else 0 : ends[each]]
                found[pairs] += self._beyond(row, who[pairs])
            if on_progress is not None:
                on_progress(int(places[-1]) + 1, len(asked), "asking neighbours")
        return found if scale is None else np.clip(found, *scale)

    def _beyond(self, likeness: Floats, listeners: Rows) -> Floats:
        """What neighbours add to the baseline of one item, listener by listener."""
        which, rated = self.ratings.by_listener.of(listeners)
        alike = likeness[self.ratings.items[rated]]
        # Most alike first; among equals whoever was rated first, which sorting leaves so.
        order = np.lexsort((-alike, which))
        which, rated, alike = which[order], rated[order], alike[order]
        counts = np.bincount(which, minlength=len(listeners))
        rank = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        counted = (rank < self.parameters.k) & (alike > 0)
        which, rated, alike = which[counted], rated[counted], alike[counted]
        base = self.baselines.of(self.ratings.listeners[rated], self.ratings.items[rated])
        over = np.bincount(which, alike * (self.ratings.values[rated] - base), len(listeners))
        total = np.bincount(which, alike, len(listeners))
        enough = np.bincount(which, minlength=len(listeners)) >= max(1, self.parameters.least)
        beyond: Floats = np.divide(over, total, out=np.zeros(len(listeners)), where=enough)
        return beyond

    def neighbours(self, item: int, *, k: int) -> tuple[Rows, Floats]:
        """The `k` other items most like one, best first, equals by number; and how alike."""
        ((_, likeness),) = self.likeness.rows(np.array([item]))
        order = np.argsort(-likeness[0], kind="stable")
        nearest = order[order != item][:k]
        return nearest, likeness[0][nearest]
