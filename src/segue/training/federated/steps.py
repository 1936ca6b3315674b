"""One instance's update: what its playlists would make of the weights, clipped and noised.

Of each playlist two things are known here and sent nowhere: m, the unit vector of what is said of
all its tracks, scaled, and m (mᵀ W), where it would move the weights. The latter is brought to the
round's length where it is longer, and all are summed. A sum longer than `Plan.most` playlists could
make it is brought to that length: no instance outweighs all others by having more, and, as bringing
points into a ball moves no two of them apart, a playlist still moves the sum by its length at most.
Then noise is added, before anything is written.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from segue.errors import UnavailableError
from segue.spaces import buckets

if TYPE_CHECKING:
    from segue.snapshot import Corpus
    from segue.training.federated.plan import Plan, Round
    from segue.types import Floats, Vectors

LEAST = 2
"""Tracks of a playlist without which it says nothing of what goes together."""

_BITS = 53
"""Of a float64: as many of a random number are used."""


def moved(corpus: Corpus, where: Round, *, seed: int | None = None) -> Vectors:
    """Where the playlists of a corpus would move the weights, with noise.

    Parameters
    ----------
    seed
        Settles the noise: for simulations alone. None, as it must be wherever something is sent,
        draws it from the operating system, whose numbers nobody can guess from others of them.

    Returns
    -------
    values
        Shape (columns, dims), float32.

    Raises
    ------
    UnavailableError
        No playlist can take part.
    """
    plan = where.plan
    held = profiles(corpus, plan)
    if held.shape[0] == 0:
        raise UnavailableError(
            "no playlist has two tracks of which anything is said",
            where="the catalogue",
            remedy="Import some: `segue import playlists FILE`",
        )
    total = within(summed(held, where), plan.most * plan.length(where.number))
    if plan.sigma:
        shape = total.shape
        drawn = unguessed(shape) if seed is None else np.random.default_rng(seed).normal(size=shape)
        total = total + plan.noise(where.number) * drawn
    values: Vectors = total.astype(np.float32)
    return values


def within(total: Floats, most: float) -> Floats:
    """A sum, brought to the length `most` where it is longer."""
    return total * min(1.0, most / max(float(np.linalg.norm(total)), 1e-300))


def unguessed(shape: tuple[int, ...]) -> Floats:
    """Normal numbers of deviation 1, made of the operating system's random bytes.

    √(−2 ln u) cos 2πv and √(−2 ln u) sin 2πv for u in (0, 1], v in [0, 1) (Box & Muller, "A note on
    the generation of random normal deviates", 1958); beyond 8.5 deviations there is none.
    """
    count = math.prod(shape)
    half = (count + 1) // 2
    bits = np.frombuffer(os.urandom(16 * half), dtype=np.uint64) >> np.uint64(64 - _BITS)
    u, v = (bits.reshape(2, half) + np.array([[1.0], [0.0]])) * 2.0**-_BITS
    far, angle = np.sqrt(-2.0 * np.log(u)), 2.0 * np.pi * v
    return np.concatenate([far * np.cos(angle), far * np.sin(angle)])[:count].reshape(shape)


def profiles(corpus: Corpus, plan: Plan) -> csr_array:
    """What is said of all tracks of each playlist, added up, shape (playlists, columns)."""
    lists = corpus.playlists
    rows = np.unique(lists.rows).astype(np.int64)
    table = buckets.folded(
        buckets.of_rows(corpus, rows), artists=plan.artists, releases=plan.releases
    )
    place = np.searchsorted(rows, lists.rows)
    ones = np.ones(len(place), dtype=np.float32)
    holding = csr_array((ones, place, lists.starts), shape=(len(lists), len(rows)))
    long = np.diff(lists.starts) >= LEAST
    found = csr_array(holding[np.flatnonzero(long)] @ table)
    found.eliminate_zeros()
    return csr_array(found[np.flatnonzero(np.diff(found.indptr))])


def summed(held: csr_array, where: Round) -> Floats:
    """Σ_p clip(m_p (m_pᵀ W)), shape (columns, dims), float64.

    |m (mᵀ W)| = |Wᵀ m|, for m has length 1: each playlist is as long as what W tells of it.
    """
    units = csr_array(held @ diags_array(where.scales.astype(np.float64)))
    lengths = np.sqrt(np.asarray(units.multiply(units).sum(axis=1))).ravel()
    units = csr_array(diags_array(1.0 / np.maximum(lengths, 1e-300)) @ units)
    told = units @ where.weights.astype(np.float64)
    size = np.linalg.norm(told, axis=1, keepdims=True)
    most = where.plan.length(where.number)
    total: Floats = units.T @ (told * np.minimum(1.0, most / np.maximum(size, 1e-300)))
    return total
