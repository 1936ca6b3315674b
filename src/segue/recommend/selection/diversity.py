"""Rows that are unlike each other: maximal marginal relevance.

Each next row is the one of the highest

    value - diversity × max over the rows before it of max(0, likeness - expected)

where likeness is the blend's own score of the two, so that both sides are in one unit, and
`expected` is that of a random pair: to be less alike than chance earns nothing. With the weights
λ and 1 - λ of Carbonell and Goldstein (SIGIR 1998) a dial of 1 is their λ = ½.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats


class Unlike:
    """What candidates give way to the rows that are taken.

    Parameters
    ----------
    likeness
        Of the first candidates to one another, shape (pool, pool).
    count
        How many candidates there are. Those beyond the pool count as like as the likest in it.
    expected
        The likeness of a random pair.
    dial
        How much it counts, in [0, 1].
    """

    def __init__(self, likeness: Floats, *, count: int, expected: float, dial: float) -> None:
        self._above = dial * np.maximum(likeness - expected, 0.0)
        self.given: Floats = np.zeros(count)
        """Of each candidate, 0 or less."""

    def take(self, place: int) -> None:
        """A candidate becomes a row: all others like it fall."""
        pool = len(self._above)
        if place < pool:
            np.minimum(self.given[:pool], -self._above[place], out=self.given[:pool])
            self.given[pool:] = self.given[:pool].min()
