"""How alike two items are by the ratings of those who rated both.

With U the listeners of both items, and e_ui = r_ui − b_ui what a rating has beyond its baseline ::

    msd               1 / (1 + Σ_U (r_ui − r_uj)² / |U|)
    cosine            Σ_U r_ui r_uj / √(Σ_U r_ui² · Σ_U r_uj²)
    pearson_baseline  (|U| − 1) / (|U| − 1 + shrinkage) · Σ_U e_ui e_uj / √(Σ_U e_ui² · Σ_U e_uj²)

and 0 where |U| is below `support` (for pearson_baseline at least 2). An item is 1 like itself.
These are Surprise's, where nothing is divided by nothing: there Surprise stops, and here it is 0.

No matrix of all pairs is kept. Rows are made when they are asked for, from the pairs of ratings by
one listener, a bounded number at once. Sums run by listener as in Surprise, so that two items that
are equally alike there are so here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.spaces.graded.baselines import Baselines
    from segue.spaces.graded.ratings import Ratings
    from segue.types import Floats, Rows

Name = Literal["msd", "cosine", "pearson_baseline"]

NAMES: tuple[Name, ...] = ("msd", "cosine", "pearson_baseline")

_CELLS = 1_000_000
"""Most pairs of items, and pairs of ratings, held at once: some 60 MB."""


@dataclass(frozen=True, slots=True)
class LikenessParameters:
    """Which likeness, and how much it takes for it.

    Attributes
    ----------
    name
        One of `NAMES`. ``msd`` as in Surprise, where nothing is said.
    support
        Listeners that two items share at least, else they are 0 alike.
    shrinkage
        Of ``pearson_baseline``: how many shared listeners half the likeness takes.
    """

    name: Name = "msd"
    support: int = 1
    shrinkage: float = 100.0


class Likeness:
    """Likeness of items, made row by row.

    Parameters
    ----------
    ratings
        What it is made of.
    baselines
        Theirs.
    parameters
        Which it is.
    """

    def __init__(
        self, ratings: Ratings, baselines: Baselines, parameters: LikenessParameters
    ) -> None:
        self.ratings, self.parameters = ratings, parameters
        self._values = ratings.values
        if parameters.name == "pearson_baseline":
            listener = baselines.mean + baselines.listeners[ratings.listeners]
            self._values = ratings.values - (listener + baselines.items[ratings.items])

    def rows(self, items: Rows) -> Iterator[tuple[Rows, Floats]]:
        """Likeness of `items` to all items, block by block.

        Yields
        ------
        places
            Which of `items` a block is of, shape (some,), in order.
        likeness
            Shape (some, items).
        """
        at_once = max(1, _CELLS // max(1, self.ratings.item_count))
        for begin in range(0, len(items), at_once):
            block = items[begin : begin + at_once]
            yield np.arange(begin, begin + len(block)), self._block(block)

    def _block(self, items: Rows) -> Floats:
        ratings, shape = self.ratings, (len(items), self.ratings.item_count)
        sums = np.zeros((4, shape[0] * shape[1]))
        for which, ours, theirs in self._pairs(items):
            cells = which * shape[1] + ratings.items[theirs]
            for total, part in zip(
                sums, self._parts(self._values[ours], self._values[theirs]), strict=False
            ):
                np.add.at(total, cells, part)
        found = self._likeness(*sums).reshape(shape)
        found[np.arange(len(items)), items] = 1.0
        return found

    def _pairs(self, items: Rows) -> Iterator[tuple[Rows, Rows, Rows]]:
        """(place in `items`, its rating, the other's) of ratings by one listener, in pieces."""
        which, ours = self.ratings.by_item.of(items)
        listeners = self.ratings.listeners[ours]
        before = np.cumsum(self.ratings.by_listener.counts(listeners))
        cuts = np.searchsorted(before, np.arange(_CELLS, int(before[-1:].sum()), _CELLS))
        for piece in np.split(np.arange(len(ours)), np.unique(cuts)):
            at, theirs = self.ratings.by_listener.of(listeners[piece])
            yield which[piece][at], ours[piece][at], theirs

    def _parts(self, ours: Floats, theirs: Floats) -> tuple[Floats, ...]:
        """What is summed of every pair: always how many they are, and then what the name says."""
        if self.parameters.name == "msd":
            return np.ones_like(ours), (ours - theirs) ** 2
        return np.ones_like(ours), ours * theirs, ours**2, theirs**2

    def _likeness(self, shared: Floats, first: Floats, ours: Floats, theirs: Floats) -> Floats:
        """The likeness from its sums; `first` is Σ (r_ui − r_uj)² or Σ r_ui r_uj."""
        how = self.parameters
        name, support = how.name, max(1, how.support)
        found = np.zeros_like(shared)
        if name == "msd":
            there = shared >= support
            found[there] = 1.0 / (first[there] / shared[there] + 1.0)
            return found
        root = np.sqrt(ours * theirs)
        if name == "cosine":
            there = (shared >= support) & (root > 0)
            found[there] = first[there] / root[there]
            return found
        there = (shared >= max(2, support)) & (root > 0)
        trust = (shared[there] - 1.0) / (shared[there] - 1.0 + how.shrinkage)
        found[there] = first[there] / root[there] * trust
        return found
