"""Search in clusters of bytes that lie in a file, settled by half precision from another file.

Vectors are put into clusters, each number as one byte (an inverted file with 8-bit scalar
quantisation: Jégou, Douze & Schmid, *Product quantization for nearest neighbor search*, IEEE TPAMI
33(1), 2011, with bytes in place of products). A search reads the clusters nearest to the query, and
compares the best few hundred it meets again with the vectors in half precision. Both files are
mapped to memory: only what a search reads is there, and the system takes it back when it needs
room. So five million vectors of 128 numbers need no more memory than a few hundred thousand do
otherwise.

About one in a hundred of the true nearest is missed. Where a filter leaves few, all of them are
compared, and where those it leaves lie elsewhere, more clusters are read. Like a graph, it is made
once and not changed (`segue.index.patched`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.index.exact import widened
from segue.index.nearest import EXTRA, Nearest, widening
from segue.storage.leases import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faiss import IndexIVFScalarQuantizer
    from numpy.typing import NDArray

    from segue.types import Mask, Rows, Vector, Vectors

PROBED = 48
"""Clusters a search reads."""

SETTLED = 4
"""How many times as many as asked for are compared again."""

LEAST_SETTLED = 200
"""At least so many."""

USUAL = 0.75
"""Of what clusters hold on the average, which part a filter must leave in the nearest ones."""

COMPARED = 50_000
"""Where a filter leaves no more than this, all of them are compared."""

_TRAINED_ON = 64
"""Vectors a cluster is found from."""

_AT_ONCE = 20_000
_SEED = 42


class ListsIndex:
    """Approximate search, over ``faiss.IndexIVFScalarQuantizer``, with exact scores.

    Parameters
    ----------
    lists
        The clusters.
    vectors
        Shape (places, dims), float16: an array in memory or a mapped file.
    error
        See `Index.error`.
    """

    tier = "lists"

    def __init__(
        self, lists: IndexIVFScalarQuantizer, vectors: NDArray[np.float16], *, error: float
    ) -> None:
        self._lists = lists
        self._vectors = vectors
        self.dims = int(vectors.shape[1])
        self.error = error
        self._path: Path | None = None

    @classmethod
    def build(
        cls, vectors: NDArray[np.float16], *, error: float, going_on: Callable[[int], bool]
    ) -> Self | None:
        """Find the clusters and put every vector into one.

        Parameters
        ----------
        vectors
            Shape (places, dims), at least one.
        going_on
            Asked now and then with how many are placed; False gives the work up, and None is
            returned.
        """
        import faiss

        count, dims = vectors.shape
        clusters = max(1, round(count**0.5))
        flat = faiss.IndexFlatIP(dims)
        kind = faiss.ScalarQuantizer.QT_8bit
        lists = faiss.IndexIVFScalarQuantizer(
            flat, dims, clusters, kind, faiss.METRIC_INNER_PRODUCT, False
        )
        lists.own_fields = True
        flat.this.disown()  # type: ignore[attr-defined]
        lists.cp.seed, lists.cp.niter = _SEED, 8
        lists.cp.min_points_per_centroid = 1
        faiss.omp_set_num_threads(1)
        faiss.cvar.distance_compute_blas_threshold = 20
        drawn = min(count, _TRAINED_ON * clusters)
        sample = np.sort(np.random.default_rng(_SEED).choice(count, drawn, replace=False))
        lists.train(widened(vectors[sample]))
        for start in range(0, count, _AT_ONCE):
            if not going_on(start):
                return None
            lists.add(widened(vectors[start : start + _AT_ONCE]))
        return cls(lists, vectors, error=error)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._vectors)

    def at(self, places: Rows) -> Vectors:
        """The vectors of places, as they are held."""
        return widened(self._vectors[places])

    def score(self, queries: Vectors) -> Vectors:
        """All products; exact. Reads the whole file."""
        scores = np.empty((len(queries), len(self)), dtype=np.float32)
        for start in range(0, len(self), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            scores[:, block] = queries @ widened(np.asarray(self._vectors[block])).T
        return scores

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
        if possible <= max(COMPARED, k + EXTRA):
            every = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
            return self._all(query, every, k=k, margin=margin)
        faiss.omp_set_num_threads(1)
        options = faiss.SearchParametersIVF()
        if chosen is not None:
            options.sel = chosen
        # The fewer a filter leaves, the further away the nearest of them lie.
        widest = PROBED * (len(self) / possible) ** 0.75

        def ask(asked: int) -> tuple[Vector, Rows]:
            pool = min(possible, max(LEAST_SETTLED, SETTLED * asked))
            clusters = int(self._lists.nlist)
            probed = min(clusters, round(max(widest, 2 * clusters * pool / possible)))
            if allowed is not None:
                probed = self._widened(query, allowed, probed, possible=possible)
            options.nprobe = probed
            _, places = self._lists.search(query[np.newaxis], pool, params=options)
            met = np.sort(places[0, places[0] >= 0])
            scores = self.at(met) @ query
            best = np.argsort(-scores, kind="stable")[:asked]
            return scores[best], met[best]

        return widening(ask, k=k, possible=possible, margin=margin)

    def _widened(self, query: Vector, allowed: Mask, probed: int, *, possible: int) -> int:
        """How many of the nearest clusters to read, so that enough of the allowed are met.

        A filter that has nothing to do with the vectors leaves its share in every cluster. One by
        genre may leave the nearest clusters nearly empty: then what is allowed lies anywhere, and
        all clusters are read.
        """
        import faiss

        clusters = int(self._lists.nlist)
        held: Any = self._lists.invlists
        _, nearest = self._lists.quantizer.search(query[np.newaxis], probed)
        met = 0
        for number in nearest[0].tolist():
            size = held.list_size(number)
            if size:
                members = faiss.rev_swig_ptr(held.get_ids(number), size)
                met += int(np.count_nonzero(allowed[members]))
        return probed if met >= USUAL * possible * probed / clusters else clusters

    def _all(self, query: Vector, places: Rows, *, k: int, margin: float) -> Nearest:
        """The exact answer among some places."""
        if not len(places):
            return Nearest.none()
        parts = [
            self.at(places[at : at + _AT_ONCE]) @ query for at in range(0, len(places), _AT_ONCE)
        ]
        scores = np.concatenate(parts)
        most = min(k, len(scores))
        kept = scores >= np.partition(scores, len(scores) - most)[len(scores) - most] - margin
        return Nearest.ordered(places[kept], scores[kept])

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query, one by one: each reads clusters of its own."""
        return [self.search(query, k=k, allowed=allowed, margin=margin) for query in queries]

    def save(self, path: str) -> None:
        """Write the clusters to a file; the vectors are in theirs."""
        import faiss

        faiss.write_index(self._lists, path)

    @classmethod
    def load(cls, path: str, vectors: Path, *, error: float) -> Self:
        """Map what `save` wrote, and the vectors (``.npy``, float16), to memory."""
        import faiss

        lists: Any = faiss.read_index(path, faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        made = cls(lists, np.load(vectors, mmap_mode="r"), error=error)
        made._path = Path(path)
        hold(made._path.parent, by=made)
        return made

    def plain(self) -> Mapping[str, Any] | None:
        """See `segue.index.plain.Plain`."""
        if self._path is None or not isinstance(self._vectors, np.memmap):
            return None
        whole = Path(self._vectors.filename)  # type: ignore[arg-type]
        return {"path": self._path, "vectors": whole, "error": self.error}

    @classmethod
    def of_plain(cls, made_of: Mapping[str, Any]) -> Self:
        """One that lies in two files."""
        return cls.load(str(made_of["path"]), made_of["vectors"], error=made_of["error"])
