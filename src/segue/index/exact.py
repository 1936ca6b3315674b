"""Exact search by inner product over a FAISS flat index, in single or half precision.

Every vector is compared with the query, so nothing is ever missed; rows that a filter takes out
are left out before the best are chosen. A scan takes as long as the memory takes to give the
numbers, so half precision is twice as fast where they do not fit into the processor's cache.

Many queries at once are products of matrices, block by block: the numbers are fetched once for
all. FAISS only multiplies matrices from `distance_compute_blas_threshold` queries on, and that is
128,000 in its wheels; it is lowered here.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from segue.index.nearest import EXTRA, Nearest, widening

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from faiss import IndexFlatCodes
    from numpy.typing import NDArray

    from segue.types import Mask, Rows, Vector, Vectors

_BATCH = 16_384
"""Vectors of a block of a batch: 8 MB of 128 numbers."""

_BLAS_FROM = 20
"""Queries from which FAISS is to multiply matrices."""

_WIDENED = 512

_MANTISSA = np.int32(0x8FFFE000 - (1 << 32))
_SCALE = np.float32(2.0**112)


class ExactIndex:
    """All inner products, over ``faiss.IndexFlatIP`` or ``faiss.IndexScalarQuantizer``.

    Parameters
    ----------
    vectors
        Shape (places, dims), float32 or float16.
    half
        Whether they are held in float16; within its range then.
    """

    def __init__(self, vectors: NDArray[np.floating], *, half: bool = False) -> None:
        self._take(_flat(len(vectors), vectors.shape[1], half=half), half=half)
        self._fill([vectors])

    @classmethod
    def filled(
        cls, blocks: Iterable[NDArray[np.floating]], *, count: int, dims: int, half: bool = False
    ) -> Self:
        """One of `count` vectors that come in blocks, so that they are never held twice."""
        made = cls.over(_flat(count, dims, half=half), half=half)
        made._fill(blocks)
        return made

    @classmethod
    def over(cls, flat: IndexFlatCodes, *, half: bool) -> Self:
        """One over a FAISS index that holds the vectors already."""
        made = cls.__new__(cls)
        made._take(flat, half=half)
        return made

    def plain(self) -> Mapping[str, Any]:
        """See `segue.index.plain.Plain`."""
        return {"vectors": self.vectors, "half": self._half, "error": self.error}

    @classmethod
    def of_plain(cls, made_of: Mapping[str, Any]) -> Self:
        """One whose vectors stay where they lie, such as in a file; FAISS reads them there."""
        made = cls.__new__(cls)
        made.vectors, made._half = made_of["vectors"], made_of["half"]
        made.error, made.dims = made_of["error"], made.vectors.shape[1]
        made.tier = "half" if made._half else "exact"
        return made

    @cached_property
    def _flat(self) -> IndexFlatCodes:
        """A FAISS index over the vectors, which it does not hold itself."""
        import faiss

        flat: Any = _flat(0, self.dims, half=self._half)
        if len(self.vectors):
            lying = faiss.swig_ptr(self.vectors.reshape(-1).view(np.uint8))
            owner = flat.codes.owner
            flat.codes = faiss.MaybeOwnedVectorUInt8.create_view(  # type: ignore[attr-defined]
                lying, self.vectors.nbytes, owner
            )
            flat.ntotal = len(self.vectors)
        held: IndexFlatCodes = flat
        return held

    def _take(self, flat: IndexFlatCodes, *, half: bool) -> None:
        self._flat = flat
        self._half = half
        self.tier = "half" if half else "exact"
        self.dims = int(flat.d)
        self.error = 0.0
        kind = np.float16 if half else np.float32
        self.vectors: NDArray[Any] = np.empty((0, self.dims), dtype=kind)
        if flat.ntotal:
            held = _Held(flat, flat.ntotal * flat.code_size)
            self.vectors = np.asarray(held).view(kind).reshape(flat.ntotal, self.dims)

    def _fill(self, blocks: Iterable[NDArray[np.floating]]) -> None:
        start = 0
        for block in blocks:
            held = self.vectors[start : start + len(block)]
            held[:] = block
            start += len(block)
            if self._half and len(block):
                off = np.asarray(block, dtype=np.float32) - widened(held)
                furthest = np.einsum("ij,ij->i", off, off, dtype=np.float64).max()
                self.error = max(self.error, float(np.sqrt(furthest)))

    def only(self, places: Rows) -> Self:
        """One of the vectors of some places alone."""
        fewer = type(self)(self.vectors[places], half=self._half)
        fewer.error = self.error
        return fewer

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self.vectors)

    def at(self, places: Rows) -> Vectors:
        """The vectors of places, as they are held."""
        found = self.vectors[places]
        return widened(found) if self._half else found

    def score(self, queries: Vectors) -> Vectors:
        """All products, shape (queries, places)."""
        if not self._half:
            products: Vectors = queries @ self.vectors.T
            return products
        scores = np.empty((len(queries), len(self)), dtype=np.float32)
        # A few hundred at a time, so that what is widened never leaves the processor's cache.
        for start in range(0, len(self), _WIDENED):
            block = slice(start, start + _WIDENED)
            scores[:, block] = queries @ widened(self.vectors[block]).T
        return scores

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

        def ask(asked: int) -> tuple[Vector, Rows]:
            scores, places = self._flat.search(query[np.newaxis], asked, params=options)
            return scores[0], places[0]

        return widening(ask, k=k, possible=possible, margin=margin)

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query, as products of matrices; see `Index.search_many`."""
        possible = len(self) if allowed is None else int(np.count_nonzero(allowed))
        asked = min(k + EXTRA, possible)
        if not asked:
            return [Nearest.none()] * len(queries)
        scores, places = self._best(np.ascontiguousarray(queries), asked, allowed)
        found = []
        for query, these, at in zip(queries, scores, places, strict=True):
            kept = these >= these[min(k, asked) - 1] - margin
            if kept[-1] and asked < possible:
                found.append(self.search(query, k=k, allowed=allowed, margin=margin))
            else:
                found.append(Nearest.ordered(at[kept], these[kept]))
        return found

    def _best(self, queries: Vectors, asked: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """The highest products of every query, highest first, and their places."""
        import faiss

        faiss.omp_set_num_threads(1)
        faiss.cvar.distance_compute_blas_threshold = _BLAS_FROM
        scores = np.empty((len(queries), 0), dtype=np.float32)
        places = np.empty((len(queries), 0), dtype=np.int64)
        for start in range(0, len(self), _BATCH):
            block = self.vectors[start : start + _BATCH]
            here = np.arange(start, start + len(block))
            if allowed is not None:
                chosen = np.flatnonzero(allowed[start : start + _BATCH])
                block, here = block[chosen], here[chosen]
            if not len(block):
                continue
            whole = widened(block) if self._half else np.ascontiguousarray(block)
            most = min(asked, len(whole))
            found, at = faiss.knn(queries, whole, most, metric=faiss.METRIC_INNER_PRODUCT)
            scores = np.concatenate([scores, found], axis=1)
            places = np.concatenate([places, here[at]], axis=1)
            order = np.argsort(-scores, axis=1, kind="stable")[:, :asked]
            scores = np.take_along_axis(scores, order, axis=1)
            places = np.take_along_axis(places, order, axis=1)
        return scores, places


class _Held:
    """The bytes of a FAISS index as an array, which keeps the index alive."""

    def __init__(self, flat: IndexFlatCodes, size: int) -> None:
        import faiss

        address = faiss.rev_swig_ptr(flat.codes.data(), size).ctypes.data
        self._flat = flat
        self.__array_interface__ = {
            "data": (address, False),
            "shape": (size,),
            "typestr": "|u1",
            "version": 3,
        }


def widened(halves: NDArray[np.float16]) -> Vectors:
    """Finite half-precision numbers in single precision, bit by bit the same.

    The bits are moved to where float32 has them and the exponent is set right by a product: four
    times as fast as a cast.
    """
    bits = halves.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _MANTISSA
    numbers: Vectors = bits.view(np.float32)
    numbers *= _SCALE
    return numbers


def _flat(count: int, dims: int, *, half: bool) -> IndexFlatCodes:
    """A FAISS index with room for `count` vectors, to be written into."""
    import faiss

    if half:
        kind = faiss.ScalarQuantizer.QT_fp16
        flat: IndexFlatCodes = faiss.IndexScalarQuantizer(dims, kind, faiss.METRIC_INNER_PRODUCT)
    else:
        flat = faiss.IndexFlatIP(dims)
    flat.codes.resize(count * flat.code_size)
    flat.ntotal = count
    return flat
