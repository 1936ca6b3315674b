"""The way through a row of places in exactly so many stops, by jumps as small as can be.

Places stand in a row and a way only goes forward, so no place comes twice. Of all ways of n stops
from the first place to the last, one of which the **largest** jump is smallest comes first; among
those, one of which the sum is smallest. Both are found by going over the stops one after the other
(Bellman 1957, with max and with + in turn):

    L_1(j) = 0 for the first place, else infinite;  L_k(j) = min over i < j of max(L_k-1(i), c_ij)

Most jumps are far too large to be on the best way. So the smallest ones are tried first, and more
only where no way is made of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.types import Floats, Rows

_TRIED = (0.02, 0.15, 1.0)
"""Which part of the jumps is tried, one after the other."""


@dataclass(frozen=True, slots=True)
class Route:
    """Places in order, the largest of their jumps, and the sum."""

    places: tuple[int, ...]
    largest: float
    total: float


def route(jumps: Floats, *, n: int, bound: float | None = None) -> Route | None:
    """The best way of exactly `n` stops; None where there is none.

    Parameters
    ----------
    jumps
        Shape (places, places); infinite where there is no going. What stands on and below the
        diagonal does not count.
    n
        Stops, 2 or more.
    bound
        Jumps up to this are as good as each other: only their sum counts. Where no way keeps it,
        and where it is None, the largest jump is made as small as can be.
    """
    forward = jumps[np.triu_indices(len(jumps), 1)]
    forward = np.sort(forward[np.isfinite(forward)])
    for part in _TRIED if len(forward) else ():
        limit = float(forward[max(0, int(part * len(forward)) - 1)])
        roads = _Roads.of(jumps, max(limit, bound or 0.0))
        largest = roads.walk(n, np.maximum)[-1][-1]
        if np.isfinite(largest):
            return _smoothest(_Roads.of(jumps, max(float(largest), bound or 0.0)), n)
    return None


def fewest_stops(jumps: Floats, *, bound: float, most: int) -> int | None:
    """Of how many stops the shortest way without a jump above `bound` is; None beyond `most`."""
    reached = _Roads.of(jumps, bound).walk(most, np.add)
    return next((n for n, costs in enumerate(reached, start=1) if np.isfinite(costs[-1])), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Roads:
    """Jumps that may be taken, in the order of where they lead; one entry each."""

    start: Rows
    end: Rows
    cost: Floats
    places: int

    @classmethod
    def of(cls, jumps: Floats, limit: float) -> _Roads:
        """Jumps forward up to `limit`."""
        taken = np.triu(jumps <= limit, 1) & np.isfinite(jumps)
        end, start = np.nonzero(taken.T)
        return cls(start, end, jumps[start, end].astype(np.float64), len(jumps))

    def walk(self, n: int, join: np.ufunc) -> list[Floats]:
        """The best cost of every place after 1, 2, … `n` stops."""
        reached = np.full(self.places, np.inf)
        reached[0] = 0.0
        found = [reached]
        targets, begins = np.unique(self.end, return_index=True)
        for _ in range(n - 1):
            after = np.full(self.places, np.inf)
            if len(targets):
                ways = join(found[-1][self.start], self.cost)
                after[targets] = np.minimum.reduceat(ways, begins)
            found.append(after)
        return found


def _smoothest(roads: _Roads, n: int) -> Route:
    """The way of the smallest sum; there must be one."""
    reached = roads.walk(n, np.add)
    places, taken = [roads.places - 1], []
    for before in reversed(reached[:-1]):
        here = np.flatnonzero(roads.end == places[-1])
        best = here[np.argmin(before[roads.start[here]] + roads.cost[here])]
        places.append(int(roads.start[best]))
        taken.append(float(roads.cost[best]))
    return Route(tuple(reversed(places)), max(taken), sum(taken))
