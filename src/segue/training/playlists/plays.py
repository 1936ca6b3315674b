"""The playlists of a corpus as a matrix, without tracks that stand in too few of them.

Where a track stands in two playlists, little says whose company it keeps; where it stands in one,
that playlist alone does. Such tracks teach nothing and are placed by content instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_matrix

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.types import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Plays:
    """Who stands where.

    Attributes
    ----------
    matrix
        1 where a track stands in a playlist, shape (playlists, kept tracks), float32; entries of
        a playlist in its own order.
    rows
        Rows of the kept tracks, ascending.
    """

    matrix: csr_matrix
    rows: Rows

    @classmethod
    def of(cls, corpus: Corpus, *, min_count: int) -> Self:
        """Of the playlists of `corpus`, tracks in fewer than `min_count` of them left out.

        Raises
        ------
        UnavailableError
            There is nothing to learn from.
        """
        playlists = corpus.playlists
        if len(playlists.rows) == 0:
            raise UnavailableError(
                "there is no playlist to learn from",
                where="the catalogue",
                remedy="Import some: `segue import playlists FILE`",
            )
        count = np.bincount(playlists.rows, minlength=len(corpus))
        rows = np.flatnonzero(count >= min_count)
        place = np.full(len(corpus), -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        columns = place[playlists.rows]
        which = np.repeat(np.arange(len(playlists)), np.diff(playlists.starts))[columns >= 0]
        columns = columns[columns >= 0]
        lengths = np.bincount(which, minlength=len(playlists))
        if lengths.max() < 2:
            raise UnavailableError(
                f"no two tracks that stand in {min_count} playlists or more share one",
                where=f"{len(playlists):,} playlists",
                remedy="Import more playlists, or ask less of a track with --min-count",
            )
        starts = np.concatenate(([0], np.cumsum(lengths)))
        ones = np.ones(len(columns), dtype=np.float32)
        matrix = csr_matrix((ones, columns, starts), shape=(len(playlists), len(rows)))
        return cls(matrix, rows)

    def origin(self, corpus: Corpus) -> dict[str, Any]:
        """How much was learned from, as JSON."""
        return {
            "playlists": int(np.count_nonzero(np.diff(self.matrix.indptr))),
            "entries": int(self.matrix.nnz),
            "tracks": len(self.rows),
            "tracks_in_playlists": len(np.unique(corpus.playlists.rows)),
        }
