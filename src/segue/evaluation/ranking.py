"""What stands at each place of a ranking, where equal scores share their places.

Scores that count, such as votes, are often equal, and whoever ranks has to break the tie: by row
number, which favours what was imported first, or by a die. Here neither is done. A group of n
equal scores with r asked-for items among them takes n places, and each of these places holds an
asked-for item with probability r/n: every figure is its expectation over all ways to break the
ties (McSherry and Najork, ECIR 2008). Where no two scores are equal it is the ordinary figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.weighing import ratio

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from segue.types import Floats, Mask, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Every query's items, best first, those left out last.

    Attributes
    ----------
    order
        Shape (queries, items): item numbers; equal scores by number.
    counted
        Shape (queries,): how many items were not left out.
    begins, sizes
        Shape (queries, items): at each place, the place where its group of equal scores begins,
        and how many are in the group.
    """

    order: Rows
    counted: Rows
    begins: Rows
    sizes: Rows

    @classmethod
    def of(cls, scores: NDArray[np.floating[Any]], *, out: Mask) -> Ranking:
        """Rank items by falling score.

        Parameters
        ----------
        scores
            Shape (queries, items), finite.
        out
            Of the same shape: items that a query does not see, such as itself.
        """
        falling = np.where(out, np.inf, -scores)
        order = np.argsort(falling, axis=1, kind="stable")
        ranked = np.take_along_axis(falling, order, axis=1)
        first = np.ones(ranked.shape, dtype=np.bool_)
        first[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
        groups = np.cumsum(first.ravel()) - 1
        places = np.broadcast_to(np.arange(ranked.shape[1]), ranked.shape)
        begins = places[first][groups].reshape(ranked.shape)
        sizes = np.bincount(groups)[groups].reshape(ranked.shape)
        return cls(order, (~out).sum(axis=1), begins, sizes)

    def within(self, most: int) -> Floats:
        """The chance of each item to be among the `most` best, shape (queries, items)."""
        share = np.clip((most - self.begins) / self.sizes, 0.0, 1.0)
        share[self._left_out()] = 0.0
        chances = np.empty_like(share)
        np.put_along_axis(chances, self.order, share, axis=1)
        return chances

    def best(self, most: int) -> Rows:
        """The `most` best items of each query, equal ones by number, shape (queries, most).

        Where there are fewer, -1 fills the row.
        """
        return np.where(self._left_out(), -1, self.order)[:, :most]

    def hits(self, asked: Mask) -> Floats:
        """The chance that an asked-for item stands at each place, shape (queries, items).

        Parameters
        ----------
        asked
            Shape (queries, items): what each query asks for, by item; what was left out of the
            ranking may not be among it.
        """
        return self._held(asked) / self.sizes

    def average_precision(self, asked: Mask) -> Floats:
        """Mean of the precisions at the places of the asked-for items; NaN where none is asked for.

        With R asked-for items before a group of n that holds r, the i-th place of the group
        (from 0) at rank p adds (r/n) (R + 1 + i (r - 1)/(n - 1)) / p, all divided by how many are
        asked for.
        """
        held = self._held(asked)
        share = held / self.sizes
        before = np.cumsum(share, axis=1) - share
        places = np.arange(share.shape[1])
        within = places - self.begins
        # What the group's earlier places hold is counted apart: it is not independent of this one.
        before -= within * share
        others = within * (held - 1) / np.maximum(self.sizes - 1, 1)
        gains = share * (before + 1 + others) / (places + 1)
        total = asked.sum(axis=1)
        return ratio(gains.sum(axis=1), total.astype(np.float64))

    def _held(self, asked: Mask) -> Floats:
        """At each place, how many asked-for items its group of equal scores holds."""
        ranked = np.take_along_axis(asked, self.order, axis=1).astype(np.float64)
        sums = np.zeros((len(ranked), ranked.shape[1] + 1))
        np.cumsum(ranked, axis=1, out=sums[:, 1:])
        ends = np.take_along_axis(sums, self.begins + self.sizes, axis=1)
        held: Floats = ends - np.take_along_axis(sums, self.begins, axis=1)
        return held

    def _left_out(self) -> Mask:
        places = np.arange(self.order.shape[1])
        mask: Mask = places[np.newaxis] >= self.counted[:, np.newaxis]
        return mask
