"""Exact search by inner product over a FAISS flat index.

Every vector is compared with the query, so nothing is ever missed; rows that a filter takes out
are left out before the best are chosen. On one core 50,000 vectors of 350 numbers take about
3 ms. The vectors are held once, by FAISS; `ExactIndex.vectors` is a view of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from segue.types import Mask, Rows, Vector, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Places of vectors in the index, best first, and their inner products with the query."""

    places: Rows
    scores: Vector


class Index(Protocol):
    """Vectors that can be searched. A place is the number of a vector, in the order given."""

    def __len__(self) -> int:
        """How many vectors there are."""
        ...

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """The `k` vectors with the highest inner product among those `allowed`.

        Parameters
        ----------
        query
            Shape (dims,).
        k
            1 or more.
        allowed
            Shape (vectors,); every vector when None.
        margin
            Everything within this of the k-th best is given as well, so that a caller can settle
            near ties exactly.

        Returns
        -------
        Nearest
            Best first, equal scores by place; fewer than `k` where fewer are allowed.
        """
        ...


class ExactIndex:
    """All inner products, over ``faiss.IndexFlatIP``."""

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        self._flat = faiss.IndexFlatIP(vectors.shape[1])
        self._flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        held = np.empty(0, dtype=np.float32)
        if vectors.size:
            held = faiss.rev_swig_ptr(self._flat.get_xb(), vectors.size)
        self.vectors: Vectors = held.reshape(vectors.shape)

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._flat.ntotal)

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """The `k` highest inner products; see `Index.search`."""
        import faiss

        possible, options = len(self), None
        if allowed is not None:
            possible = int(np.count_nonzero(allowed))
            bits = np.packbits(allowed, bitorder="little")
            chosen = faiss.IDSelectorBitmap(bits.size, faiss.swig_ptr(bits))
            options = faiss.SearchParameters(sel=chosen)  # type: ignore[call-arg]
        # Threads waiting for each other cost ten times the search on a busy machine; the setting
        # belongs to the calling thread, so it is made here.
        faiss.omp_set_num_threads(1)
        asked = min(k + 16, possible)
        while asked:
            scores, places = self._flat.search(query[np.newaxis], asked, params=options)
            kept = scores[0] >= scores[0, min(k, asked) - 1] - margin
            # The last one asked for falls out: everything within the margin has been seen.
            if asked == possible or not kept[-1]:
                order = np.lexsort((places[0], -scores[0]))[: np.count_nonzero(kept)]
                return Nearest(places[0, order], scores[0, order])
            asked = min(4 * asked, possible)
        return Nearest(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
