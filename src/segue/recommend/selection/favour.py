"""Hubs: what tracks that are near to everything are given for nothing, and taken back.

In a space of many dimensions some tracks are among the nearest of very many others, and most are
among those of none (Radovanović, Nanopoulos and Ivanović, JMLR 11, 2010). The *favour* of a track
is how high it scores with those random tracks of a fixed sample that like it best, beyond what is
usual for tracks:

    favour(y) = mean of its `BEST` highest scores among `SAMPLE` random seeds - mean over all y

which is cross-domain similarity local scaling (CSLS; Conneau and others, ICLR 2018) with a sample
in place of all neighbours: the part of the seed is the same for all candidates and changes no
order. With a dial h a row is moved by -h × favour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from segue.recommend.blending import Blend
    from segue.types import Vector

SEED = 42
SAMPLE = 256
"""Random seeds that every track is scored with."""

BEST = 3
"""How many of its highest scores count."""

_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Favour:
    """What each track of a snapshot is favoured by in one blend, shape (tracks,), mean 0.

    It is 0 for a track that stands in no space. `spread` is the standard deviation of the scores
    of random pairs: the unit that other moves are measured in.
    """

    of: Vector
    spread: float

    @classmethod
    def fit(cls, blend: Blend) -> Favour:
        """Score every track with a seeded sample; nobody is favoured where nobody can be asked."""
        placed = np.logical_and.reduce([space.placed for space in blend.spaces])
        tracks = len(placed)
        rows = np.flatnonzero(placed)
        drawn = np.random.default_rng(SEED).choice(rows, min(SAMPLE, len(rows)), replace=False)
        best = np.full((BEST, tracks), -np.inf, dtype=np.float32)
        count, total, squares = 0, 0.0, 0.0
        at_once = max(1, _AT_ONCE // max(1, tracks))
        for start in range(0, len(drawn), at_once):
            block = drawn[start : start + at_once]
            scores = blend.scan(
                [tuple(space.point(int(row)) for space in blend.spaces) for row in block]
            )
            scores[np.arange(len(block)), block] = -np.inf
            known = scores[:, rows].astype(np.float64)
            known = known[np.isfinite(known)]
            count, total, squares = (
                count + known.size, total + known.sum(), squares + np.square(known).sum()
            )  # fmt: skip
            both = np.concatenate([best, scores])
            best = np.partition(both, len(both) - BEST, axis=0)[len(both) - BEST :]
        if count < 2:
            return cls(np.zeros(tracks, dtype=np.float32), 0.0)
        favour = np.mean(best, axis=0)
        known = np.isfinite(favour)
        favour -= favour[known].mean() if known.any() else 0.0
        favour[~known] = 0.0
        spread = np.sqrt(max(0.0, squares / count - (total / count) ** 2))
        return cls(favour.astype(np.float32), float(spread))


class Favours:
    """The favour in each blend of one snapshot, measured at its first use."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Blend, Favour] = WeakKeyDictionary()

    def of(self, blend: Blend) -> Favour:
        """In one blend."""
        found = self._known.get(blend)
        if found is None:
            found = self._known[blend] = Favour.fit(blend)
        return found
