"""The best order of some tracks: by what neighbours cost, and by what a place costs.

The cost of an order o of n tracks is

    sum over k of c(o_k, o_k+1)  +  sum over k of u(o_k, k)

which without u is a shortest open tour (a travelling salesman who need not come home). It is
searched as tours are: from good beginnings, by two moves until neither helps, then again and again
from the best order with a small part of it thrown about (iterated local search; Lourenço, Martin
and Stützle 2003). The moves are turning a stretch round (2-opt; Croes 1958) and moving up to three
tracks elsewhere, either way round (Or-opt; Or 1976). What a move changes of u comes from running
sums along the diagonals of u, so all moves of one kind are weighed at once, and those that do not
touch each other are taken together. After a throw only the stretch around it is searched again.
Up to eight tracks are put in the best order there is.

The same costs give the same order: chance is seeded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.types import Floats, Rows

SEED = 42

_BLOCKS = (1, 2, 3)
_STARTS = 8
_PATIENCE = 40
_PART, _AROUND = 24, 16
_FEW, _MANY = 8, 60
_CANDIDATES = 400
_LEAST = 1e-9


def best_order(pairs: Floats, places: Floats | None = None, *, seed: int = SEED) -> Rows:
    """An order of low cost; never a dearer one than the order 0, 1, 2, ….

    Parameters
    ----------
    pairs
        What it costs to have two tracks side by side, the same both ways; shape (tracks, tracks),
        finite. The diagonal does not count.
    places
        What it costs to have a track at a place; shape (tracks, places), both as many. None for
        nothing.
    seed
        Settles chance.

    Returns
    -------
    Rows
        Tracks in order, each once; empty of none.
    """
    n = len(pairs)
    costs = _Costs(pairs, np.zeros((n, n)) if places is None else places)
    if n <= _FEW:
        return _exactly(costs)
    generator = np.random.default_rng(seed)
    begun = [costs.settled(order) for order in _beginnings(costs, placed=places is not None)]
    best = min(begun, key=costs.of)
    patience = _PATIENCE
    while patience:
        thrown = _thrown(costs, best, generator)
        patience = patience - 1 if thrown is best else _PATIENCE
        best = thrown
    given = np.arange(n)
    return best if costs.of(best) < costs.of(given) else given


def nearest_neighbours(pairs: Floats, start: int) -> Rows:
    """From `start` always on to the nearest of those left; of equal ones the first."""
    left = np.ones(len(pairs), dtype=np.bool_)
    order = [start]
    for _ in range(len(pairs) - 1):
        left[order[-1]] = False
        order.append(int(np.argmin(np.where(left, pairs[order[-1]], np.inf))))
    return np.array(order, dtype=np.int64)


def _exactly(costs: _Costs) -> Rows:
    """The best order of few tracks, from those of every part of them (Held and Karp 1962)."""
    n = len(costs.pairs)
    if not n:
        return np.arange(0)
    # best[part, last]: the least cost of the tracks of `part`, one bit each, that ends with `last`.
    best = np.full((1 << n, n), np.inf)
    before = np.zeros((1 << n, n), dtype=np.int64)
    for part in range(1, 1 << n):
        place = part.bit_count() - 1
        for last in range(n):
            if not part >> last & 1:
                continue
            rest = part & ~(1 << last)
            ways = best[rest] + costs.pairs[:, last] if rest else np.zeros(1)
            before[part, last] = ways.argmin()
            best[part, last] = ways.min() + costs.places[last, place]
    part, order = (1 << n) - 1, [int(best[-1].argmin())]
    while len(order) < n:
        earlier = int(before[part, order[-1]])
        part &= ~(1 << order[-1])
        order.append(earlier)
    return np.array(order[::-1], dtype=np.int64)


def _beginnings(costs: _Costs, *, placed: bool) -> Iterator[Rows]:
    """As given; by nearest neighbours from several tracks; and each at the place it likes best."""
    from scipy.optimize import linear_sum_assignment  # It loads slowly, for journeys alone.

    n = len(costs.pairs)
    if n <= _MANY:
        yield np.arange(n)
    starts = np.unique(np.linspace(0, n - 1, min(_STARTS, n)).astype(np.int64))
    walks = (nearest_neighbours(costs.pairs, int(start)) for start in starts)
    yield min(walks, key=costs.of)
    if placed:
        yield np.argsort(linear_sum_assignment(costs.places)[1])


def _thrown(costs: _Costs, order: Rows, generator: np.random.Generator) -> Rows:
    """Two neighbouring stretches change places (a double bridge), and what is around settles anew.

    Returns
    -------
    Rows
        The new order where it costs less, else `order`.
    """
    n = len(order)
    size = min(n, _PART)
    begin = int(generator.integers(n - size + 1))
    cuts = np.sort(generator.choice(size + 1, 3, replace=False))
    low, high = max(0, begin - _AROUND), min(n, begin + size + _AROUND)
    cut = [int(each) + begin - low for each in cuts]
    part = order[low:high]
    thrown = np.concatenate(
        [part[: cut[0]], part[cut[1] : cut[2]], part[cut[0] : cut[1]], part[cut[2] :]]
    )
    before = int(order[low - 1]) if low else None
    behind = int(order[high]) if high < n else None
    within = _Costs(costs.pairs, costs.places[:, low:high], before, behind)
    settled = within.settled(thrown)
    if within.of(settled) < within.of(part) - _LEAST:
        return np.concatenate([order[:low], settled, order[high:]])
    return order


@dataclass(frozen=True, slots=True)
class _Move:
    """An order of the stretch from `low` to `high`, both included, that costs `gain` less."""

    gain: float
    low: int
    high: int
    kind: str
    size: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Costs:
    """What orders cost, of all tracks or of a stretch between two that stay where they are."""

    pairs: Floats
    places: Floats
    before: int | None = None
    behind: int | None = None

    def of(self, order: Rows) -> float:
        """Of an order."""
        beside = self.pairs[order[:-1], order[1:]].sum()
        beside += 0.0 if self.before is None else self.pairs[self.before, order[0]]
        beside += 0.0 if self.behind is None else self.pairs[order[-1], self.behind]
        return float(beside + self.places[order, np.arange(len(order))].sum())

    def settled(self, order: Rows) -> Rows:
        """`order` after all moves that help."""
        while True:
            moves = sorted(self._moves(order), key=lambda move: -move.gain)
            if not moves:
                return order
            order = order.copy()
            touched = np.zeros(len(order) + 2, dtype=np.bool_)
            for move in moves:
                part = slice(move.low, move.high + 3)
                if not touched[part].any():
                    touched[move.low + 1 : move.high + 2] = True
                    order[move.low : move.high + 1] = _moved(order[move.low : move.high + 1], move)

    def _moves(self, order: Rows) -> list[_Move]:
        n = len(order)
        ends = np.zeros((n + 2, n + 2))
        ends[1:-1, 1:-1] = self.pairs[np.ix_(order, order)]
        if self.before is not None:
            ends[0, 1:-1] = ends[1:-1, 0] = self.pairs[self.before, order]
        if self.behind is not None:
            ends[-1, 1:-1] = ends[1:-1, -1] = self.pairs[self.behind, order]
        at = self.places[order]
        found = [_Move(*each, "turned") for each in _turned(ends, at)]
        back = ends[::-1, ::-1], at[::-1, ::-1]
        for size in _BLOCKS:
            if size >= n:
                break
            for turned in (False, True) if size > 1 else (False,):
                kind = "right, turned" if turned else "right"
                for gain, low, high in _shifted(ends, at, size, turned=turned):
                    found.append(_Move(gain, low, high, kind, size))
                kind = kind.replace("right", "left")
                for gain, low, high in _shifted(*back, size, turned=turned):
                    found.append(_Move(gain, n - 1 - high, n - 1 - low, kind, size))
        return found


def _moved(part: Rows, move: _Move) -> Rows:
    """A stretch after a move of it."""
    if move.kind == "turned":
        return part[::-1]
    if move.kind.startswith("left"):
        block, rest = part[-move.size :], part[: -move.size]
        return np.concatenate([block[::-1] if move.kind.endswith("turned") else block, rest])
    block, rest = part[: move.size], part[move.size :]
    return np.concatenate([rest, block[::-1] if move.kind.endswith("turned") else block])


def _turned(ends: Floats, at: Floats) -> list[tuple[float, int, int]]:
    """What is won by turning the stretch from i to j round.

    Parameters
    ----------
    ends
        Costs of the tracks in their order beside each other, with who stands before and behind;
        shape (n + 2, n + 2).
    at
        Costs of the tracks in their order at every place, shape (n, n).
    """
    n = len(at)
    edges = np.diagonal(ends, 1)
    change = ends[:n, 1 : n + 1] + ends[1 : n + 1, 2:]
    change = change - edges[:n, np.newaxis] - edges[np.newaxis, 1:]
    if at.any():
        # crossed[s, k]: the track at k goes to s - k, summed over all tracks up to k.
        tracks = np.arange(n)
        crossed = np.zeros((2 * n - 1, n + 1))
        sums, goes = np.arange(2 * n - 1)[:, np.newaxis], tracks[np.newaxis, :]
        to = sums - goes
        there = (to >= 0) & (to < n)
        costs = np.where(there, at[goes, np.clip(to, 0, n - 1)], 0.0)
        crossed[:, 1:] = costs.cumsum(axis=1)
        stays = np.concatenate([[0.0], np.diagonal(at).cumsum()])
        i, j = tracks[:, np.newaxis], tracks[np.newaxis, :]
        change = change + crossed[i + j, j + 1] - crossed[i + j, i] - stays[j + 1] + stays[i]
    return _best(np.where(np.triu(np.ones((n, n), dtype=np.bool_), 1), change, np.inf))


def _shifted(ends: Floats, at: Floats, size: int, *, turned: bool) -> list[tuple[float, int, int]]:
    """What is won by moving the `size` tracks from i on to the right, behind j; see `_turned`."""
    n = len(at)
    edges = np.diagonal(ends, 1)
    i = np.arange(n - size)[:, np.newaxis]
    j = np.arange(n)[np.newaxis, :]
    first, last = (i + size, i + 1) if turned else (i + 1, i + size)
    change = ends[i, i + size + 1] + ends[j + 1, first] + ends[last, j + 2]
    change = change - edges[i] - edges[i + size] - edges[j + 1]
    if at.any():
        goes = np.concatenate([[0.0], np.diagonal(at, -size).cumsum()])
        stays = np.concatenate([[0.0], np.diagonal(at).cumsum()])
        landing = np.clip(j - size + 1, 0, n - size)
        for step in range(size):
            to = landing + (size - 1 - step if turned else step)
            change = change + at[i + step, to]
        upto = np.maximum(j - size + 1, 0)
        change = change + goes[upto] - goes[i] - stays[j + 1] + stays[i]
    return _best(np.where(j >= i + size, change, np.inf))


def _best(change: Floats) -> list[tuple[float, int, int]]:
    """The moves that win most: (gain, from, to)."""
    flat = change.ravel()
    count = min(_CANDIDATES, len(flat))
    places = np.argpartition(flat, count - 1)[:count]
    places = places[flat[places] < -_LEAST]
    width = change.shape[1]
    return [(-float(flat[p]), int(p) // width, int(p) % width) for p in places]
