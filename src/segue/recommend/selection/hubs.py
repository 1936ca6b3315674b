"""Hubs: tracks that are near to everything around a seed step back.

In a space of many dimensions some tracks are among the nearest of very many others, and most are
among those of none (Radovanović, Nanopoulos and Ivanović, JMLR 11, 2010). Which ones depends on
where one looks: what is a hub among ballads is none among marches. So it is counted where the
question is, among the P candidates nearest to the seed:

    N(y) = of how many candidates y is among the nearest `NEAR` × P, by the blend's own score
    y steps back by  hubs × `STRENGTH` × spread × max(0, ln((N(y) + 1) / (mean N + 1)))

with the spread of the candidates' scores. Only who is near to more than is usual moves: tracks
near to few are not pushed forward, or they would be the next hubs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats

NEAR = 0.3
"""Part of the candidates that are a candidate's nearest."""

STRENGTH = 2.5
"""How many spreads a track steps back at most dial that is near to e times as many as usual."""


def stepping_back(likeness: Floats) -> Floats:
    """How far each candidate steps back at most dial, in spreads; 0 or less.

    Parameters
    ----------
    likeness
        Of the candidates to one another, shape (candidates, candidates).
    """
    count = len(likeness)
    if count < 2:
        return np.zeros(count)
    others = likeness.copy()
    np.fill_diagonal(others, -np.inf)
    near = max(1, round(NEAR * count))
    last = min(near, count - 1)
    least = np.partition(others, count - last, axis=1)[:, count - last]
    times = (others >= least[:, np.newaxis]).sum(axis=0)
    favour = np.log((times + 1) / (times.mean() + 1))
    found: Floats = -STRENGTH * np.maximum(favour, 0.0)
    return found
