"""The nearest neighbours of every vector among all others.

Up to `COMPARED` vectors, all are compared. Beyond, vectors are sorted into clusters (Jégou, Douze &
Schmid, *Product quantization for nearest neighbor search*, IEEE TPAMI 33(1), 2011, the inverted
file alone), and the `READ` clusters nearest to a vector are compared with it. That misses one
neighbour in a hundred, which a picture does not show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from faiss import Index

    from segue.types import Rows, Vectors

COMPARED = 20_000
"""Up to so many vectors every pair is looked at."""

READ = 16
"""Clusters that are read for one vector."""

_LEARNED = 64
"""Vectors a cluster that the centres are learned from."""

_ROUNDS = 8
_AT_ONCE = 4_096


def nearest(
    among: Vectors,
    queries: Vectors,
    *,
    k: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rows:
    """Places in `among` of the `k` vectors with the highest product, shape (queries, k).

    Parameters
    ----------
    among, queries
        Of length 1, shape (n, dims), so that the highest product is the shortest distance.
    k
        At most as many as there are vectors.
    seed
        Settles which vectors the centres of clusters are learned from.
    on_progress
        Told how many queries of how many are answered.

    Returns
    -------
    Rows
        Nearest first; -1 where too few were found.
    """
    index = _index(among, seed)
    found = np.empty((len(queries), k), dtype=np.int64)
    for start in range(0, len(queries), _AT_ONCE):
        part = np.ascontiguousarray(queries[start : start + _AT_ONCE])
        found[start : start + len(part)] = index.search(part, k)[1]
        if on_progress is not None:
            on_progress(start + len(part), len(queries))
    return found


def compared(among: Vectors, queries: Vectors, *, k: int) -> Rows:
    """The same where every pair is looked at, however many there are."""
    import faiss

    faiss.omp_set_num_threads(1)
    asked, held = np.ascontiguousarray(queries), np.ascontiguousarray(among)
    found: Rows = faiss.knn(asked, held, k, metric=faiss.METRIC_INNER_PRODUCT)[1]
    return found


def _index(vectors: Vectors, seed: int) -> Index:
    """All vectors, as they are or in clusters."""
    import faiss

    faiss.omp_set_num_threads(1)
    held, dims = np.ascontiguousarray(vectors), vectors.shape[1]
    flat = faiss.IndexFlatIP(dims)
    if len(vectors) <= COMPARED:
        flat.add(held)
        return flat
    lists = int(np.sqrt(len(vectors)))
    clusters = faiss.IndexIVFFlat(flat, dims, lists, faiss.METRIC_INNER_PRODUCT)
    clusters.cp.niter, clusters.cp.seed = _ROUNDS, seed
    clusters.nprobe = READ
    chosen = np.random.default_rng(seed).permutation(len(vectors))[: lists * _LEARNED]
    clusters.train(np.ascontiguousarray(vectors[np.sort(chosen)]))
    clusters.add(held)
    return clusters


def others(
    vectors: Vectors,
    *,
    k: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rows:
    """The `k` nearest of every vector among all others, shape (n, k); n is more than `k`."""
    found = nearest(vectors, vectors, k=k + 1, seed=seed, on_progress=on_progress)
    itself = found == np.arange(len(vectors))[:, np.newaxis]
    # Among many that are equal a vector may not find itself: then the last one goes.
    itself[~itself.any(axis=1), -1] = True
    kept: Rows = found[~itself].reshape(len(vectors), k)
    return kept
