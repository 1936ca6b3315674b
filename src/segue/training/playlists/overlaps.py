"""Playlists that say the same: one with a track more or less teaches what the other asks.

Two playlists are alike by the part of their tracks that they share, the Jaccard index
|A ∩ B| / |A ∪ B|. Whoever learned from one of two nearly the same knows the answers of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Playlists
    from segue.types import Floats, Mask, Rows

ALIKE = 0.8
"""From this Jaccard index up, two playlists count as one."""


def overlapping(playlists: Playlists, lists: Sequence[Rows], *, least: float = ALIKE) -> Mask:
    """Which playlists are nearly, or wholly, one of those that were learned from.

    Parameters
    ----------
    playlists
        Learned from.
    lists
        Distinct rows of each playlist in question, in any order; rows that no playlist of
        `playlists` holds, such as strangers', count as not shared.
    least
        Jaccard index in (0, 1] from which up two overlap.

    Returns
    -------
    Mask
        Shape (lists,).
    """
    return np.array([nearest >= least for nearest in likeness(playlists, lists)], dtype=np.bool_)


def likeness(playlists: Playlists, lists: Sequence[Rows]) -> Floats:
    """The highest Jaccard index of each list with any of the playlists, shape (lists,)."""
    lengths = np.diff(playlists.starts)
    owners = np.repeat(np.arange(len(playlists), dtype=np.int32), lengths)
    order = np.argsort(playlists.rows, kind="stable")
    tracks, owners = playlists.rows[order], owners[order]
    found = np.zeros(len(lists))
    for number, rows in enumerate(lists):
        if len(rows) == 0 or len(playlists) == 0:
            continue
        begins, ends = (np.searchsorted(tracks, rows, side=side) for side in ("left", "right"))
        holders = [owners[slice(*span)] for span in zip(begins, ends, strict=True)]
        shared = np.bincount(np.concatenate(holders), minlength=len(playlists))
        found[number] = (shared / (lengths + len(rows) - shared)).max()
    return found
