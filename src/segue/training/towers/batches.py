"""Examples of a pass: every membership once, as a seed or as what is to be found.

Each playlist is shuffled and cut into pieces of `PIECE` tracks; of a piece of m tracks the first
1 … m − 1 are seeds and the others are to be found, so that one seed is learned from as many are.
Pieces come in random order, a batch at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.snapshot import Playlists
    from segue.types import Floats, Mask, Rows

PIECE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pieces of playlists.

    Attributes
    ----------
    playlists
        Whose pieces they are, shape (pieces,).
    pieces, tracks
        Every entry: which piece, and which of `rows`, shape (entries,).
    wanted
        Which entries are to be found; the others are seeds.
    rows
        All tracks of the batch, each once, rising.
    """

    playlists: Rows
    pieces: Rows
    tracks: Rows
    wanted: Mask
    rows: Rows


def learnable(playlists: Playlists) -> Rows:
    """Numbers of the playlists that hold two tracks or more."""
    return np.flatnonzero(np.diff(playlists.starts) >= 2)


def one_pass(
    playlists: Playlists, which: Rows, *, size: int, rng: np.random.Generator
) -> Iterator[Batch]:
    """Batches of `size` pieces of the playlists `which`, until each entry came once."""
    counts = np.diff(playlists.starts)[which]
    owner = np.repeat(np.arange(len(which)), counts)
    first = np.cumsum(counts) - counts
    at = np.repeat(playlists.starts[which] - first, counts) + np.arange(len(owner))
    rows = playlists.rows[at].astype(np.int64)[np.lexsort((rng.random(len(owner)), owner))]
    place = np.arange(len(owner)) - first[owner]
    # As even as they can be: no piece of one track is left over.
    parts = -(-counts // PIECE)
    part = place * parts[owner] // counts[owner]
    piece = (np.cumsum(parts) - parts)[owner] + part
    sizes = np.bincount(piece, minlength=int(parts.sum()))
    starts = np.concatenate([[0], np.cumsum(sizes)])
    owners = np.repeat(which, parts)
    order = rng.permutation(len(sizes))
    for begin in range(0, len(order), size):
        yield _batch(rows, starts, owners, order[begin : begin + size], rng)


def _batch(rows: Rows, starts: Rows, owners: Rows, chosen: Rows, rng: np.random.Generator) -> Batch:
    sizes = starts[chosen + 1] - starts[chosen]
    pieces = np.repeat(np.arange(len(chosen)), sizes)
    offset = np.cumsum(sizes) - sizes
    within = np.arange(len(pieces)) - offset[pieces]
    seeds = 1 + (rng.random(len(chosen)) * (sizes - 1)).astype(np.int64)
    distinct, tracks = np.unique(rows[starts[chosen][pieces] + within], return_inverse=True)
    return Batch(owners[chosen], pieces, tracks, within >= seeds[pieces], distinct)


def chances(playlists: Playlists, which: Rows, *, tracks: int, size: int) -> Floats:
    """How likely each track is to be in a batch of `size` pieces, shape (tracks,).

    Each entry is in one of the N pieces of a pass, so a track with c entries is in a batch with
    1 − exp(−c · size / N), its entries being rare and far between.
    """
    counts = np.diff(playlists.starts)[which]
    pieces = int((-(-counts // PIECE)).sum())
    inside = np.isin(np.repeat(np.arange(len(playlists)), np.diff(playlists.starts)), which)
    entries = np.bincount(playlists.rows[inside], minlength=tracks)
    chance: Floats = -np.expm1(-entries * min(1.0, size / max(1, pieces)))
    return chance
