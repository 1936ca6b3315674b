"""An index that vectors came to and went from since it was made, without making it again.

A graph or clusters take minutes to make, and a catalogue changes every day. So what has gone is
only marked, and what has come is compared one by one, beside. Nothing that is being searched is
ever written to: a change gives another index over the same parts. When too much has changed it is
time to make the index anew (`Patched.worn`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from segue.index.exact import ExactIndex
from segue.index.nearest import Nearest

if TYPE_CHECKING:
    from segue.index.nearest import Index
    from segue.types import Mask, Rows, Vector, Vectors

WORN = 0.1
"""Part of an index that may have come and gone before it is made again."""


class Patched:
    """A `base` of which some have `gone`, and `tail`, what has come since.

    Places are those of the base, then those of the tail; places that have gone stay empty. `error`
    is that of the vectors where they were rounded before they came here.
    """

    def __init__(self, base: Index, gone: Mask, tail: ExactIndex, *, error: float = 0.0) -> None:
        self._base, self._gone, self._tail = base, gone, tail
        self._there = None if not gone.any() else ~gone
        self.tier = base.tier
        self.dims = base.dims
        self.error = max(base.error, tail.error, error)

    @classmethod
    def changed(cls, index: Index, *, add: Vectors, remove: Rows, error: float = 0.0) -> Self:
        """An index with vectors more, shape (new, dims), and without those at some places.

        The new ones stand behind the places there are. `index` itself stays as it is. `error` is
        that of the vectors where they were rounded before.
        """
        if isinstance(index, Patched):
            base, gone, tail = index._base, index._gone, index._tail
        else:
            half = index.tier != "exact"
            base, gone = index, np.zeros(len(index), dtype=np.bool_)
            tail = ExactIndex(np.empty((0, index.dims), dtype=np.float32), half=half)
        after = [tail.at(np.arange(len(tail))), add] if len(tail) else [add]
        longer = ExactIndex(np.concatenate(after), half=tail.tier == "half")
        missing = np.concatenate([gone, np.zeros(len(longer), dtype=np.bool_)])
        if len(gone) > len(base):
            missing[len(base) : len(gone)] = gone[len(base) :]
            missing = missing[: len(base) + len(longer)]
        missing[remove] = True
        return cls(base, missing, longer, error=max(index.error, error))

    def __len__(self) -> int:
        """How many places there are, those that are empty counted in."""
        return len(self._base) + len(self._tail)

    @property
    def worn(self) -> bool:
        """Whether so much has come and gone that the index should be made again."""
        changed = len(self._tail) + int(np.count_nonzero(self._gone[: len(self._base)]))
        return changed > WORN * max(1, len(self._base))

    def at(self, places: Rows) -> Vectors:
        """The vectors of places, as they are held."""
        found = np.empty((len(places), self.dims), dtype=np.float32)
        late = places >= len(self._base)
        found[~late] = self._base.at(places[~late])
        found[late] = self._tail.at(places[late] - len(self._base))
        return found

    def score(self, queries: Vectors) -> Vectors:
        """All products, those of places that are empty too."""
        return np.concatenate([self._base.score(queries), self._tail.score(queries)], axis=1)

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """See `Index.search`; what has gone is never found."""
        return self.search_many(query[np.newaxis], k=k, allowed=allowed, margin=margin)[0]

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query."""
        left = self._there
        if allowed is not None:
            left = allowed if left is None else allowed & left
        first, then = (None, None) if left is None else np.split(left, [len(self._base)])
        if len(queries) == 1:
            found = [self._base.search(queries[0], k=k, allowed=first, margin=margin)]
            late = [self._tail.search(queries[0], k=k, allowed=then, margin=margin)]
        else:
            found = self._base.search_many(queries, k=k, allowed=first, margin=margin)
            late = self._tail.search_many(queries, k=k, allowed=then, margin=margin)
        return [self._merged(*both, k=k, margin=margin) for both in zip(found, late, strict=True)]

    def _merged(self, found: Nearest, late: Nearest, *, k: int, margin: float) -> Nearest:
        if not len(late.places):
            return found
        places = np.concatenate([found.places, late.places + len(self._base)])
        both = Nearest.ordered(places, np.concatenate([found.scores, late.scores]))
        kept = both.scores >= both.scores[min(k, len(both.scores)) - 1] - margin
        return Nearest(both.places[kept], both.scores[kept])
