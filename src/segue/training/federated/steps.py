"""One instance's update: what its playlists would make of the weights, clipped and noised.

Of each playlist two things are known here and sent nowhere: m, the unit vector of what is said of
all its tracks, scaled, and m (mᵀ W), where it would move the weights. The latter is brought to the
round's length where it is longer, all are summed, and noise is added before anything is written.
"""

from __future__ import annotations

from secrets import randbits
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

_SECRET = 256


def moved(corpus: Corpus, where: Round, *, seed: int | None = None) -> tuple[Vectors, int]:
    """Where the playlists of a corpus would move the weights, with noise.

    Parameters
    ----------
    seed
        Settles noise, and which playlists take part where there are too many. None, as it must be
        wherever something is sent: nobody can guess it.

    Returns
    -------
    values, playlists
        Shape (columns, dims), float32; and how many playlists took part, which is not sent.

    Raises
    ------
    UnavailableError
        No playlist can take part.
    """
    plan = where.plan
    rng = np.random.default_rng(randbits(_SECRET) if seed is None else seed)
    held = profiles(corpus, plan)
    if held.shape[0] == 0:
        raise UnavailableError(
            "no playlist has two tracks of which anything is said",
            where="the catalogue",
            remedy="Import some: `segue import playlists FILE`",
        )
    if held.shape[0] > plan.most:
        held = held[np.sort(rng.choice(held.shape[0], plan.most, replace=False))]
    total = summed(held, where)
    if plan.sigma:
        total = total + plan.noise(where.number) * rng.normal(size=total.shape)
    return total.astype(np.float32), int(held.shape[0])


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
