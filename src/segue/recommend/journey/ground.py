"""The ground that journeys go over: how alike tracks are by one lens.

A score means little by itself: 0.9 is common by one lens and unheard of by another. A **jump** is a
score read as the share of random pairs of the catalogue that are more alike,

    jump(x) = P(X >= x)

0 for a track and itself, 0.5 for two drawn at random. It is measured on about four million pairs
and goes on beyond them as calibrated scores do (`segue.spaces.calibration.rarity`).

A **stop** is a track where it stands in the spaces of the lens. From a stop that stands in some of
them only, a track's score in the others is what random pairs have.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from segue.errors import BadRequestError
from segue.spaces.calibration import rarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.blending import Blend
    from segue.recommend.engine import Engine
    from segue.recommend.lenses import Lens
    from segue.recommend.seeds import Seed, Standing
    from segue.records import Track
    from segue.spaces.calibration import Curve
    from segue.types import Floats, Rows, Vector

SEED = 42

PAIRS = 4_000_000
"""Random pairs that jumps are measured against, about."""
FEWEST, MOST = 16, 256
"""Tracks that these pairs start from."""

_SCORES_AT_ONCE = 1_000_000

_KNOWN: WeakKeyDictionary[Blend, Curve] = WeakKeyDictionary()
"""How rare scores are, by blend; measured once for as long as its epoch lives."""


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """A track on the way: its `row`, None from outside, and where it stands by space."""

    seed: Seed
    row: int | None
    points: tuple[object | None, ...]

    @property
    def track(self) -> Track:
        """The track."""
        return self.seed.track

    @property
    def whole(self) -> bool:
        """Whether it stands in all the spaces."""
        return all(point is not None for point in self.points)


class Ground:
    """Tracks of one snapshot by one lens.

    Parameters
    ----------
    engine
        Of the snapshot.
    lens
        What similar means.
    names
        Which of its spaces count, at least one.
    """

    def __init__(self, engine: Engine, lens: Lens, names: tuple[str, ...]) -> None:
        self.engine = engine
        self.lens = lens
        self.blend = engine.over(lens, names)
        self._expected = np.array(self.blend.expected)
        self._weights = np.array(self.blend.weights)

    def stop(self, standing: Standing) -> Stop:
        """Where a track stands."""
        points = tuple(standing.points.get(name) for name in self.blend.names)
        return Stop(standing.seed, standing.row, points)

    def stop_at(self, row: int) -> Stop:
        """Where the track of a row stands."""
        from segue.recommend.seeds import Seed

        points = tuple(
            space.point(row) if space.placed[row] else None for space in self.blend.spaces
        )
        return Stop(Seed(self.engine.track_at(row), row), row, points)

    def scores(self, stop: Stop) -> Vector:
        """The likeness of every track to a stop that stands in all the spaces.

        Shape (tracks,), float32; -inf for tracks that stand in no space.
        """
        if not stop.whole:
            everyone = np.arange(len(self.engine.snapshot.corpus), dtype=np.int64)
            return self._from(stop, everyone).astype(np.float32)
        found: Vector = self.blend.scan([stop.points])[0]
        return found

    def between(self, stops: Sequence[Stop], others: Sequence[Stop]) -> Floats:
        """The likeness of every stop to every other; shape (stops, others), float64.

        A pair is looked at from the one that stands in all the spaces; from both sides, and the
        mean taken, where neither does. Between two from outside it is what random pairs have:
        nobody can compare them.
        """
        there = self._forward(stops, others)
        if all(stop.whole for stop in stops) and not np.isnan(there).any():
            return there
        back = self._forward(others, stops).T
        from_stop = np.array([stop.whole for stop in stops])[:, np.newaxis]
        from_other = np.array([other.whole for other in others])[np.newaxis, :]
        known = np.isfinite(there), np.isfinite(back)
        both = known[0] & known[1] & (from_stop == from_other)
        found = np.where(known[0] & (from_stop | ~known[1]), there, back)
        found = np.where(both, (there + back) / 2, found)
        return np.where(np.isnan(found), float(self._expected @ self._weights), found)

    def exactly(self, one: Stop, other: Stop) -> float:
        """The likeness of two stops from the spaces' definitions; the same both ways."""
        ways = [
            (start.whole, float(self._from(start, np.array([end.row]))[0]))
            for start, end in ((one, other), (other, one))
            if end.row is not None
        ]
        best = [score for whole, score in ways if whole or not any(each for each, _ in ways)]
        return sum(best) / len(best) if best else float(self._expected @ self._weights)

    def jump(self, one: Stop, other: Stop) -> float:
        """How large the jump between two stops is, exactly."""
        return float(self.jumps(np.array([self.exactly(one, other)]))[0])

    def jumps(self, scores: Floats) -> Floats:
        """Scores as jumps, of the same shape."""
        found: Floats = np.exp(-self._rarity(scores))
        return found

    def _forward(self, stops: Sequence[Stop], others: Sequence[Stop]) -> Floats:
        """Likeness of others as stops see them; NaN of those from outside."""
        inside = [place for place, other in enumerate(others) if other.row is not None]
        rows = np.array([others[place].row for place in inside], dtype=np.int64)
        found = np.full((len(stops), len(others)), np.nan)
        if not len(rows) or not len(stops):
            return found
        raw = np.full((len(stops), len(rows), len(self.blend.spaces)), np.nan)
        for at, space in enumerate(self.blend.spaces):
            there = [place for place, stop in enumerate(stops) if stop.points[at] is not None]
            if there:
                raw[there, :, at] = space.score([stops[i].points[at] for i in there], rows=rows)
        # Those that stand in the same spaces are read in one go.
        alike: dict[tuple[bool, ...], list[int]] = defaultdict(list)
        for place, stop in enumerate(stops):
            alike[tuple(point is None for point in stop.points)].append(place)
        for places in alike.values():
            pairs = raw[places].reshape(-1, raw.shape[2])
            read = self._read(pairs, np.tile(rows, len(places)))
            found[np.ix_(places, inside)] = read.reshape(len(places), len(rows))
        return found

    def _from(self, stop: Stop, rows: Rows) -> Floats:
        """Exact likeness of `rows` to a stop."""
        raw = np.full((len(rows), len(self.blend.spaces)), np.nan)
        for place, (space, point) in enumerate(zip(self.blend.spaces, stop.points, strict=True)):
            if point is not None:
                raw[:, place] = space.score_exactly(point, rows=rows)
        return self._read(raw, rows)

    def _read(self, raw: Floats, rows: Rows) -> Floats:
        """Raw scores as likeness, from stops that stand in the same spaces; shape (rows,).

        Where these stand in a space nowhere, its column is NaN.
        """
        unknown = np.isnan(raw).all(axis=0)
        parts, _ = self.blend.read(np.where(np.isnan(raw), 0.0, raw), rows)
        parts[:, unknown] = self._expected[unknown]
        found: Floats = parts @ self._weights
        return found

    @cached_property
    def _rarity(self) -> Curve:
        known = _KNOWN.get(self.blend)
        if known is None:
            known = _KNOWN[self.blend] = self._measured()
        return known

    def _measured(self) -> Curve:
        """How rare every score is among random pairs of tracks."""
        spaces = self.blend.spaces
        rows = np.flatnonzero(np.logical_and.reduce([space.placed for space in spaces]))
        if not len(rows):
            return rarity(np.array([0.0, 1.0], dtype=np.float32), most=1.0)
        wanted = int(np.clip(PAIRS // len(self.engine.snapshot.corpus), FEWEST, MOST))
        generator = np.random.default_rng(SEED)
        drawn = generator.choice(rows, min(wanted, len(rows)), replace=False)
        at_once = max(1, _SCORES_AT_ONCE // len(self.engine.snapshot.corpus))
        found, most = [], -np.inf
        for begin in range(0, len(drawn), at_once):
            some = drawn[begin : begin + at_once]
            scores = self.blend.scan([self.stop_at(row).points for row in some.tolist()])
            own = np.arange(len(some)), some
            most = max(most, float(scores[own].max()))
            scores[own] = -np.inf
            found.append(scores[np.isfinite(scores)])
        pairs = np.concatenate(found)
        if not len(pairs):
            return rarity(np.array([most - 1, most], dtype=np.float32), most=most)
        return rarity(pairs, most=max(most, float(pairs.max())))


def common_ground(engine: Engine, lens: Lens, standings: Sequence[Standing]) -> Ground:
    """The ground over those spaces of a lens in which all stand.

    Raises
    ------
    BadRequestError
        There is no such space.
    """
    names = tuple(name for name in lens.weights if all(name in each.points for each in standings))
    if not names:
        here = "; ".join(
            f"{each.seed.track.name} in {', '.join(each.among(lens.weights)) or 'none'}"
            for each in standings
        )
        raise BadRequestError(
            f"no space of the lens {lens.name!r} holds both ends: {here}",
            remedy="Take a lens that looks through a space both stand in",
        )
    return Ground(engine, lens, names)
