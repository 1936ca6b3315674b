"""What every index promises: the places of the vectors with the highest inner products.

A **place** is the number of a vector in the order given. An index may hold vectors less precisely
than they were given; `Index.error` says how far a product with a query of length 1 can be off, and
who asks for everything within a margin adds twice that to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.types import Mask, Rows, Vector, Vectors

EXTRA = 16
"""How many more than asked for are looked at first, to see past the margin."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Places of vectors in the index, best first, and their inner products with the query."""

    places: Rows
    scores: Vector

    @classmethod
    def ordered(cls, places: Rows, scores: Vector) -> Nearest:
        """Best first, equal scores by place."""
        order = np.lexsort((places, -scores))
        return cls(places[order], scores[order])

    @classmethod
    def none(cls) -> Nearest:
        """Of a search that nothing may be found by."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


class Index(Protocol):
    """Vectors that can be searched, as they were when the index was made.

    Attributes
    ----------
    tier
        Which kind it is: a name of `segue.index.choosing`.
    dims
        Numbers of a vector.
    error
        Most that a product with a query of length 1 differs from that of the vector as given.
    """

    tier: str
    dims: int
    error: float

    def __len__(self) -> int:
        """How many places there are."""
        ...

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """The `k` vectors with the highest inner product among those `allowed`.

        An exact index finds all of them. Others may miss some, about one in a hundred, but never
        give a wrong score.

        Parameters
        ----------
        query
            Shape (dims,).
        k
            1 or more.
        allowed
            Shape (places,); every vector when None.
        margin
            Everything within this of the k-th best is given as well, so that a caller can settle
            near ties exactly.

        Returns
        -------
        Nearest
            Best first, equal scores by place; fewer than `k` where fewer are allowed.
        """
        ...

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query, shape (queries, dims); faster together than one by one."""
        ...

    def score(self, queries: Vectors) -> Vectors:
        """All products, shape (queries, places), as the vectors are held."""
        ...

    def at(self, places: Rows) -> Vectors:
        """The vectors of places as they are held, shape (places, dims)."""
        ...


def widening(
    ask: Callable[[int], tuple[Vector, Rows]], *, k: int, possible: int, margin: float
) -> Nearest:
    """Ask for more and more until everything within the margin has been seen.

    Parameters
    ----------
    ask
        From a number to that many of the best scores, highest first, and their places; fewer where
        no more are found.
    k, margin
        Of the search.
    possible
        How many there are to find at most.
    """
    asked = min(k + EXTRA, possible)
    while asked:
        scores, places = ask(asked)
        if not len(scores):
            break
        kept = scores >= scores[min(k, len(scores)) - 1] - margin
        # The last one asked for falls out: everything within the margin has been seen.
        if asked == possible or len(scores) < asked or not kept[-1]:
            return Nearest.ordered(places[kept], scores[kept])
        asked = min(4 * asked, possible)
    return Nearest.none()
