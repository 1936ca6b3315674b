"""Sliding medians, exact, in plain NumPy.

The rows are cut into blocks as long as the window, so that every window is the end of one block
and the beginning of the next (van Herk, Pattern Recognition Letters 13(7), 1992, who slides
minima). All ends and beginnings are kept sorted, each from the one shorter by a row: putting a
row in takes one minimum and one maximum a place. Of two sorted lists A and B, the k smallest of
both are the i smallest of A and the k - i smallest of B for some i, so the k-th smallest is

    min over i of max(A[i], B[k - i])

where A[i] is the i-th smallest and A[0] lies below everything. Places of a list that cannot be
the median of any window it will be part of are dropped: of s rows, ``min(s, width + 1 - s)`` stay.

Only minima and maxima of whole rows are taken. NumPy does those with vector instructions, four
times as fast on bytes as on float32: where the order of values is all that counts, a median of
bytes says as much.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)

_SLAB = 32_768


def sliding_median(values: NDArray[Number], *, width: int) -> NDArray[Number]:
    """Median of every row and its neighbours, column by column.

    Parameters
    ----------
    values
        Shape (rows, columns), at least one row, without NaN.
    width
        Rows in the window, odd. At the ends the rows are mirrored, the last row twice
        (``d c b a | a b c d | d c b a``), as ``scipy.ndimage.median_filter`` does by default.

    Returns
    -------
    NDArray
        Same shape and type; every value is one of the window's.
    """
    rows, columns = values.shape
    half = width // 2
    blocks = -(-rows // width)
    spare = (blocks + 1) * width - rows - half
    mirrored = np.pad(np.arange(rows), (half, spare), mode="symmetric")
    lanes = np.take(values, mirrored.reshape(blocks + 1, width).T, axis=0)
    medians = np.empty((blocks, width, columns), dtype=values.dtype)
    slabs = max(1, min(blocks, medians.nbytes // (width * _SLAB)))
    edges = np.linspace(0, blocks, slabs + 1).astype(int)
    work = _work(width, lanes[0, : int(np.diff(edges).max())])
    for first, last in pairwise(edges):
        here = [part[:, : last - first] for part in work]
        _slab(lanes[:, first : last + 1], here, medians[first:last])
    return medians.reshape(-1, columns)[:rows]


def _work(width: int, row: NDArray[Number]) -> list[NDArray[Number]]:
    """Room for one slab, in one piece: every sorted end, two beginnings, and the pairs of both."""
    half = width // 2
    kept = [min(rows, width + 1 - rows) for rows in range(1, width + 1)]
    parts = [*kept, half + 1, half + 1, half, 1]
    work = np.empty((sum(parts), *row.shape), dtype=row.dtype)
    return np.split(work, np.cumsum(parts)[:-1])


def _slab(
    lanes: NDArray[Number], work: Sequence[NDArray[Number]], medians: NDArray[Number]
) -> None:
    """Medians of the windows that begin in all but the last block.

    Parameters
    ----------
    lanes
        Shape (width, blocks + 1, columns): the rows by their place in a block.
    work
        From `_work`; overwritten.
    medians
        Shape (blocks, width, columns); filled.
    """
    width = len(lanes)
    *room, even, odd, pairs, lowest = work
    ends = list(_sorted(lanes[::-1, :-1], room))
    turns = [(odd if place % 2 else even)[: len(end)] for place, end in enumerate(ends)]
    beginnings = _sorted(lanes[:-1, 1:], turns[:-1])
    medians[:, 0] = ends[-1][0]
    for place, beginning in enumerate(beginnings, start=1):
        end = ends[width - 1 - place]
        longer, shorter = (end, beginning) if len(end) > len(beginning) else (beginning, end)
        larger = np.maximum(longer[:-1], shorter[::-1], out=pairs[: len(shorter)])
        np.minimum.reduce(larger, axis=0, out=lowest[0])
        np.minimum(lowest[0], longer[-1], out=medians[:, place])


def _sorted(rows: NDArray[Number], room: Sequence[NDArray[Number]]) -> Iterator[NDArray[Number]]:
    """The first row sorted, then the first two, and so on, each without the places dropped."""
    room[0][0] = rows[0]
    yield room[0]
    for row, before, after in zip(rows[1:], room[:-1], room[1:], strict=True):
        if len(after) > len(before):
            np.minimum(before, row, out=after[:-1])
            np.maximum(before[:-1], after[1:-1], out=after[1:-1])
            np.maximum(before[-1], row, out=after[-1])
        else:
            np.minimum(before[1:], row, out=after)
            np.maximum(before[:-1], after, out=after)
        yield after
