"""Search along a graph of neighbours, over vectors in half precision.

A hierarchical navigable small world (Malkov & Yashunin, *Efficient and robust approximate nearest
neighbor search using hierarchical navigable small world graphs*, IEEE TPAMI 42(4), 2020): each
vector is joined to some of its nearest, and a search walks from neighbour to neighbour, keeping the
best few hundred it has met. It looks at a few thousand vectors of a million, and misses about one
in a hundred of the true nearest. What it gives is scored as exactly as the vectors are held.

Where a filter leaves few, all together or near the query, a walk meets too few of them; then all
that are left are compared. What
it walks on is an `ExactIndex`, so that costs no more memory.

A graph is made once and not changed: FAISS cannot take out of it. What comes and goes is kept
beside it (`segue.index.patched`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.index.exact import ExactIndex
from segue.index.nearest import EXTRA, Nearest, widening
from segue.storage.leases import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faiss import IndexFlatCodes, IndexHNSWSQ

    from segue.types import Mask, Rows, Vector, Vectors

LINKS = 16
"""Neighbours a vector is joined to on every level, and twice as many on the lowest."""

MADE_WITH = 100
"""How many of the best are kept in mind while a vector's neighbours are looked for."""

WALKED_WITH = 128
"""How many of the best are kept in mind by a search, at least."""

MOST_WALKED = 1_024
"""Who asks for more than this is answered by comparing all."""

SHARE_WALKED = 0.2
"""Part of the vectors that a filter has to leave for a walk to be worth it."""

COMPARED = 2_000
"""Where no more than this may be found, all of them are compared."""

_AT_ONCE = 5_000


class GraphIndex:
    """Approximate search, over ``faiss.IndexHNSWSQ``.

    Parameters
    ----------
    graph
        With its vectors.
    error
        See `Index.error`.
    """

    tier = "graph"

    def __init__(self, graph: IndexHNSWSQ, *, error: float) -> None:
        self._graph = graph
        self._whole = ExactIndex.over(_storage(graph), half=True)
        self.dims = self._whole.dims
        self.error = error
        self._path: Path | None = None

    @classmethod
    def build(cls, vectors: ExactIndex, *, going_on: Callable[[int], bool]) -> Self | None:
        """Join the vectors of an index in half precision; half a millisecond for each.

        Parameters
        ----------
        going_on
            Asked every few seconds with how many are joined; False gives the work up, and None is
            returned.
        """
        import faiss

        kind = faiss.ScalarQuantizer.QT_fp16
        graph = faiss.IndexHNSWSQ(
            vectors.dims,
            kind,  # type: ignore[arg-type]
            LINKS,
            faiss.METRIC_INNER_PRODUCT,
        )
        graph.hnsw.efConstruction = MADE_WITH
        graph.is_trained = True
        faiss.omp_set_num_threads(1)
        for start in range(0, len(vectors), _AT_ONCE):
            if not going_on(start):
                return None
            graph.add(vectors.at(np.arange(start, min(start + _AT_ONCE, len(vectors)))))
        return cls(graph, error=vectors.error)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._whole)

    def at(self, places: Rows) -> Vectors:
        """The vectors of places, as they are held."""
        return self._whole.at(places)

    def score(self, queries: Vectors) -> Vectors:
        """All products; exact."""
        return self._whole.score(queries)

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """Nearly all of the `k` highest inner products; see `Index.search`."""
        import faiss

        possible, chosen = len(self), None
        if allowed is not None:
            possible = int(np.count_nonzero(allowed))
            bits = np.packbits(allowed, bitorder="little")
            chosen = faiss.IDSelectorBitmap(bits.size, faiss.swig_ptr(bits))
        few = possible < max(SHARE_WALKED * len(self), COMPARED)
        if few or k + EXTRA > MOST_WALKED:
            return self._whole.search(query, k=k, allowed=allowed, margin=margin)
        faiss.omp_set_num_threads(1)
        options = faiss.SearchParametersHNSW()  # type: ignore[attr-defined]
        # A plain assignment of None is no selector to SWIG.
        if chosen is not None:
            options.sel = chosen
        if allowed is not None and self._strange(query, allowed, possible):
            return self._whole.search(query, k=k, allowed=allowed, margin=margin)
        widest = 0

        def ask(asked: int) -> tuple[Vector, Rows]:
            nonlocal widest
            widest = asked
            options.efSearch = max(WALKED_WITH, asked + min(asked, WALKED_WITH))
            scores, places = self._graph.search(query[np.newaxis], asked, params=options)
            met = places[0] >= 0
            return scores[0, met], places[0, met]

        found = widening(ask, k=k, possible=min(possible, MOST_WALKED), margin=margin)
        if len(found.places) < k or widest == MOST_WALKED:
            return self._whole.search(query, k=k, allowed=allowed, margin=margin)
        return found

    def _strange(self, query: Vector, allowed: Mask, possible: int) -> bool:
        """Whether a filter leaves far fewer near the query than elsewhere, as one by genre may.

        A walk then ends where nothing is allowed and gives what it met on the way.
        """
        _, near = self._graph.search(query[np.newaxis], WALKED_WITH)
        near = near[0, near[0] >= 0]
        share = possible / len(self)
        return bool(np.count_nonzero(allowed[near]) < share * len(near) / 2)

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query, one by one: a walk gains nothing from another."""
        return [self.search(query, k=k, allowed=allowed, margin=margin) for query in queries]

    def save(self, path: str) -> None:
        """Write the graph and its vectors to a file."""
        import faiss

        faiss.write_index(self._graph, path)

    @classmethod
    def load(cls, path: str, *, error: float) -> Self:
        """Read what `save` wrote; its vectors stay in the file and are mapped to memory."""
        import faiss

        graph: Any = faiss.read_index(path, faiss.IO_FLAG_MMAP_IFC)
        made = cls(graph, error=error)
        made._path = Path(path)
        hold(made._path.parent, by=made)
        return made

    def plain(self) -> Mapping[str, Any] | None:
        """See `segue.index.plain.Plain`."""
        return None if self._path is None else {"path": self._path, "error": self.error}

    @classmethod
    def of_plain(cls, made_of: Mapping[str, Any]) -> Self:
        """One that lies in a file."""
        return cls.load(str(made_of["path"]), error=made_of["error"])


def _storage(graph: IndexHNSWSQ) -> IndexFlatCodes:
    """The vectors that a graph walks on."""
    import faiss

    held: Any = faiss.downcast_index(graph.storage)
    flat: IndexFlatCodes = held
    return flat
