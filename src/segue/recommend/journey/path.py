"""A path from one track to another: so many tracks, by jumps as small as the catalogue allows.

Every track of a path is nearer to the end, beside how near it is to the beginning, than the one
before it. With the likenesses s_A and s_B to both ends, it stands further along

    p = s_B - s_A

which where likeness is a cosine is the place along the straight line from A to B. So a path goes
forward and no track comes twice. Of all such paths over the tracks that were looked at, that one
is taken of which the largest jump is smallest, and then the sum (`segue.recommend.journey.routes`).

Looked at are first the tracks that are about as like both ends as somebody there should be. Then,
again and again, those that best stand between two neighbours of the path, over the whole catalogue,
until none makes it better.

Versions of one recording count as one track. Two tracks by one artist stand at least `apart` tracks
of others apart, where that can be.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError
from segue.names import artist_keys
from segue.recommend.journey.ground import common_ground
from segue.recommend.journey.routes import fewest_stops, route
from segue.recommend.journey.telling import told
from segue.records import Filters, Journey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.recommend.engine import Engine
    from segue.recommend.journey.ground import Ground, Stop
    from segue.recommend.seeds import Seed
    from segue.recommend.selection import Recordings
    from segue.types import Floats, Mask, Rows, Vector

MOST = 100
"""Most tracks of a path, both ends among them."""

MOST_APART, APART = 20, 2
"""Most tracks of others that can be asked for between two by one artist; how many usually are."""

_LOOKED_AT = 320
_AT_A_PLACE = 8
_BETWEEN = 6
_ROUNDS = 6


def path(
    engine: Engine,
    start: Seed,
    end: Seed,
    *,
    n: int = 10,
    lens: str | Mapping[str, float] | None = None,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    longest: float | None = None,
    apart: int = APART,
) -> Journey:
    """Tracks that lead from one to another.

    Parameters
    ----------
    engine
        Of the catalogue.
    start, end
        Both stand on the path.
    n
        How many tracks, both ends among them: 2 to 100. Where the catalogue has fewer that lead
        from one to the other, the path is shorter and says so.
    lens
        What near means; chosen by where `start` stands when None.
    filters
        What may stand between the ends.
    longest
        The jump that none should be larger than, above 0 and up to 1 (`segue.records.Step.jump`).
        When None, and where it cannot be kept, the largest jump is as small as can be.
    apart
        Tracks of others between two by one artist, 0 to 20; the ends are as they are.

    Raises
    ------
    BadRequestError
        Both ends are one track or one recording, or stand together in no space of the lens; or a
        number makes no sense.
    NotFoundError
        An end is no longer in the catalogue.
    """
    began = time.perf_counter()
    check(n, apart=apart, longest=longest)
    _differ(engine.recordings, start, end)
    standings = [engine.stand(start), engine.stand(end)]
    chosen = engine.chosen(lens, standings[0])
    ground = common_ground(engine, chosen, standings)
    ends = (ground.stop(standings[0]), ground.stop(standings[1]))
    allowed = engine.allowed(filters)
    lost = "" if allowed is None or allowed.any() else engine.lost(filters)
    search = _Search(ground, ends, allowed, lost=lost, longest=longest, apart=apart)
    stops, notes = search.best(n)
    steps = told(ground, stops)
    largest = max(step.jump for step in steps[1:] if step.jump is not None)
    if longest is not None and largest > longest:
        notes += search.unkept(longest, largest, n=len(stops))
    return Journey(
        kind="path",
        lens=chosen.name,
        weights=dict(zip(ground.blend.names, ground.blend.weights, strict=True)),
        epoch=engine.epoch,
        steps=steps,
        largest=largest,
        bound=longest,
        kept=not notes,
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )


def check(n: int, *, apart: int, longest: float | None) -> None:
    """BadRequestError where a number makes no sense."""
    if not isinstance(n, int) or isinstance(n, bool) or not 2 <= n <= MOST:
        raise BadRequestError(
            f"{n!r} tracks are asked for",
            remedy=f"A path has 2 to {MOST} tracks, both ends among them",
        )
    if not isinstance(apart, int) or isinstance(apart, bool) or not 0 <= apart <= MOST_APART:
        raise BadRequestError(
            f"apart is {apart!r}", remedy=f"Give a whole number from 0 to {MOST_APART}"
        )
    if longest is not None and not (math.isfinite(longest) and 0 < longest <= 1):
        raise BadRequestError(
            f"the longest jump is {longest!r}",
            remedy="Give a share of random pairs above 0 and up to 1, such as 0.01",
        )


def _differ(recordings: Recordings, start: Seed, end: Seed) -> None:
    remedy = "Name two tracks, or ask for tracks like this one with `segue similar`"
    if start is end or (start.track.id and start.track.id == end.track.id):
        raise BadRequestError(f"both ends are {start.track.name}", remedy=remedy)
    if recordings.of_seed(start).same(recordings.of_seed(end)):
        raise BadRequestError(
            f"both ends are one recording: {start.track.name}, and {end.track.name}", remedy=remedy
        )


class _Search:
    """Tracks that were looked at for one path, and the best way over them."""

    def __init__(
        self,
        ground: Ground,
        ends: tuple[Stop, Stop],
        allowed: Mask | None,
        *,
        lost: str,
        longest: float | None,
        apart: int,
    ) -> None:
        self._ground = ground
        self._ends = ends
        self._lost = lost
        self._longest = longest
        self._apart = apart
        self._recordings = ground.engine.recordings
        self._to_ends = [ground.scores(stop) for stop in ends]
        with np.errstate(invalid="ignore"):  # -inf less -inf, of tracks that stand nowhere
            self._along = self._to_ends[1] - self._to_ends[0]
        self._possible = self._candidates(allowed)
        self._rows: list[int] = []
        # Rows that hold a recording which is looked at already: an end, or a track between.
        self._taken: set[int] = set()
        for stop in ends:
            self._taken.update(self._recordings.versions(self._recordings.of_seed(stop.seed)))
        self._possible[list(self._taken)] = False
        self._stops: list[Stop] = list(ends)
        self._jumps: Floats = ground.jumps(ground.between(ends, ends))

    def best(self, n: int) -> tuple[list[Stop], list[str]]:
        """The stops of the best path of `n`, or of as many as there are, and what to say of it."""
        if n == 2:
            return list(self._ends), []
        self._look_at(self._halfway(n))
        found, notes = self._solved(n)
        for _ in range(_ROUNDS):
            known = len(self._rows)
            self._look_at(self._between(found))
            if len(self._rows) == known:
                break
            better, said = self._solved(n)
            if self._worth(better) >= self._worth(found):
                break
            found, notes = better, said
        return [self._stops[place] for place in found], notes

    def unkept(self, longest: float, largest: float, *, n: int) -> list[str]:
        """That the bound cannot be kept, and from how many tracks on it could."""
        words = f"No path of {n} tracks was found without a jump above {longest:.3g}"
        costs = self._jumps[np.ix_(self._order, self._order)]
        enough = fewest_stops(costs, bound=longest, most=MOST)
        if enough is None or enough <= n:
            return [f"{words}; the largest is {largest:.3g}"]
        return [f"{words}; the largest is {largest:.3g}. With {enough} tracks there is one"]

    def _candidates(self, allowed: Mask | None) -> Mask:
        """Rows that lead forward from the one end to the other and pass the filters."""
        low, high = (
            -np.inf if self._ends[0].row is None else self._along[self._ends[0].row],
            np.inf if self._ends[1].row is None else self._along[self._ends[1].row],
        )
        possible: Mask = np.isfinite(self._along) & (self._along > low) & (self._along < high)
        if allowed is not None:
            possible &= allowed
        for stop in self._ends:
            if stop.row is not None:
                possible[stop.row] = False
        return possible

    def _halfway(self, n: int) -> list[int]:
        """For every place on the way the tracks about as like both ends as one should be there."""
        here = np.flatnonzero(self._possible)
        if len(here) <= _LOOKED_AT:
            return [int(row) for row in here]
        at_each = max(_AT_A_PLACE, _LOOKED_AT // (n - 2))
        to_start, to_end = (scores[here] for scores in self._to_ends)
        across = self._ground.exactly(*self._ends)
        tops = [float(scores.max()) for scores in (to_start, to_end)]
        found: list[int] = []
        for share in np.arange(1, n - 1) / (n - 1):
            wanted = (tops[0] + share * (across - tops[0]), across + share * (tops[1] - across))
            worth = np.minimum(to_start - wanted[0], to_end - wanted[1])
            found += here[_highest(worth, at_each)].tolist()
        return found

    def _between(self, found: Sequence[int]) -> list[int]:
        """Tracks that stand between neighbours of a path, or in the place of one of its tracks."""
        rows: list[int] = []
        here = np.flatnonzero(self._possible)
        scores: list[Vector] = []
        for place in found:
            stop = self._stops[place]
            ends = {0: self._to_ends[0], 1: self._to_ends[1]}
            scores.append((ends[place] if place in ends else self._ground.scores(stop))[here])
            for before in scores[-3:-1]:
                worth = np.minimum(before, scores[-1])
                rows += here[_highest(worth, _BETWEEN)].tolist()
            if len(scores) > 2:
                scores[-3] = scores[-3][:0]
        return rows

    def _look_at(self, rows: Iterable[int]) -> None:
        """Add tracks that are no version of one that is known."""
        known = len(self._stops)
        for row in rows:
            if row in self._taken:
                continue
            self._taken.update((row, *self._recordings.versions(self._recordings.of(row))))
            self._rows.append(row)
            self._stops.append(self._ground.stop_at(row))
        added = self._stops[known:]
        if added:
            new = self._ground.jumps(self._ground.between(added, self._stops))
            grown = np.empty((len(self._stops), len(self._stops)))
            grown[:known, :known] = self._jumps
            grown[known:] = new
            grown[:known, known:] = new[:, :known].T
            self._jumps = grown

    def _solved(self, n: int) -> tuple[list[int], list[str]]:
        """The best path over what is known, as numbers of stops, and what to say of it."""
        order = self._order
        artists = [frozenset(artist_keys(stop.track.artists)) for stop in self._stops]
        costs = self._jumps[np.ix_(order, order)]
        keys = [artists[place] for place in order]
        found, crowded = _spaced(costs, keys, n=n, bound=self._longest, apart=self._apart)
        notes = []
        if len(found) < n and self._lost:
            notes.append(self._lost)
        elif len(found) < n:
            between = len(found) - 2
            lead = "1 track leads" if between == 1 else f"{between:,} tracks lead"
            notes.append(f"Only {lead} from one to the other; {n - 2:,} were asked")
        if crowded:
            notes.append(f"{crowded} stands closer than {self._apart} tracks apart")
        return [int(order[place]) for place in found], notes

    @property
    def _order(self) -> Rows:
        """Stops from the one end to the other."""
        along = np.concatenate([[-np.inf, np.inf], self._along[self._rows]])
        order: Rows = np.lexsort((np.arange(len(along)), along))
        return order

    def _worth(self, found: Sequence[int]) -> tuple[float, float, float]:
        """What makes a path worse: too few tracks, its largest jump above the bound, the sum."""
        taken = self._jumps[found[:-1], found[1:]]
        above = max(float(taken.max()), self._longest or 0.0)
        return (-len(found), above, float(taken.sum()))


def _spaced(
    costs: Floats,
    artists: Sequence[frozenset[str]],
    *,
    n: int,
    bound: float | None,
    apart: int,
) -> tuple[list[int], str]:
    """The best way with artists apart, and an artist that stands too close, "" where none does.

    Neighbours by one artist are no neighbours. A way that comes back to an artist too soon loses
    the worse of both tracks, and is searched again.
    """
    kept = np.arange(len(costs))
    open_costs = costs
    if apart:
        alike = np.array([[bool(one & other) for other in artists] for one in artists])
        alike[0, -1] = alike[-1, 0] = False
        open_costs = np.where(alike, np.inf, costs)
    last = _way(open_costs, n, bound) or _way(costs, n, bound) or [0, len(costs) - 1]
    crowded = ""
    found: list[int] | None = last
    while found is not None and len(found) == len(last):
        last = found
        pairs = _too_close([artists[place] for place in last], apart)
        crowded = (
            sorted(artists[last[pairs[0][0]]] & artists[last[pairs[0][1]]])[0] if pairs else ""
        )
        worst = {_worse(costs, last, pair) for pair in pairs} - {0, len(costs) - 1}
        if not worst:
            break
        kept = kept[~np.isin(kept, list(worst))]
        way = _way(open_costs[np.ix_(kept, kept)], n, bound)
        found = None if way is None else kept[way].tolist()
    return last, crowded


def _way(costs: Floats, n: int, bound: float | None) -> list[int] | None:
    """The best way of `n` stops, or of as many as there are."""
    for stops in range(min(n, len(costs)), 1, -1):
        found = route(costs, n=stops, bound=bound)
        if found is not None:
            return list(found.places)
    return None


def _worse(costs: Floats, way: Sequence[int], pair: tuple[int, int]) -> int:
    """Of two places of a way, neither both ends, that with the larger jumps around it."""
    inner = [at for at in pair if 0 < at < len(way) - 1]
    return way[max(inner, key=lambda at: costs[way[at - 1], way[at]] + costs[way[at], way[at + 1]])]


def _too_close(artists: Sequence[frozenset[str]], apart: int) -> list[tuple[int, int]]:
    """Pairs of places by one artist with fewer than `apart` others between; not both ends."""
    ends = (0, len(artists) - 1)
    return [
        (one, other)
        for one, names in enumerate(artists)
        for other in range(one + 1, min(one + apart + 1, len(artists)))
        if names & artists[other] and (one, other) != ends
    ]


def _highest(worth: Floats | Vector, count: int) -> Rows:
    """Places of the highest values, in no order."""
    if count >= len(worth):
        return np.arange(len(worth), dtype=np.int64)
    return np.argpartition(worth, len(worth) - count)[len(worth) - count :].astype(np.int64)
