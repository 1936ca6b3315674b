"""Scores of several spaces as one number: fast for all tracks, exact for the best.

The score of a track is the sum of weight × score over the lens's spaces in which the seed stands,
the weights brought to sum 1 over these. A score is the raw cosine or its calibrated reading, as
the lens says. Where the track does not stand in a space, the score there is what it is on average
for random pairs whose scores in the others sum to the same (`segue.spaces.calibration`).

All tracks are scored in float32. The best of them, with every near tie, are scored again in
float64 from the spaces' definitions and rounded to nine decimals: what is equal then is a tie,
and the lower row comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segue.index.best import highest
from segue.recommend.gaps import Gaps
from segue.recommend.measured import Measured
from segue.recommend.sets import set_space
from segue.snapshot import Blurred, Inferring, Rounded, Searchable
from segue.spaces.calibration import Joint, Scale, drawn_sets, size_of_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.recommend.lenses import Lens
    from segue.snapshot import Snapshot, Space
    from segue.types import Floats, Mask, Rows, Vector, Vectors

DECIMALS = 9
"""Digits to which exact scores are settled; float64 sums differ beyond them by their order."""

ERROR = 5e-6
"""More than a float32 cosine can be off."""

_KEPT = 64

_FEW = 64
"""Rows to leave out that are asked for and dropped."""

Points = tuple[object, ...]
"""Where one seed stands, by space of a blend."""


class Ranking(Protocol):
    """The tracks for one seed, from the best on."""

    def best(self, k: int) -> Rows:
        """At least the `k` best rows, in no promised order; fewer than `k` when that is all."""
        ...

    def without(self, rows: Rows) -> Rows:
        """Where `rows` would stand without each space, from 1, shape (rows, spaces).

        See `segue.recommend.gaps`.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """A ranking by scores of every row, -inf for those out of the question.

    `parts` are weight × score by space, each of shape (tracks,).
    """

    scores: Vector
    margin: float
    parts: tuple[Vector, ...]
    gaps: Gaps

    def best(self, k: int) -> Rows:
        """See `Ranking`."""
        return highest(self.scores, k=k, margin=self.margin)

    def without(self, rows: Rows) -> Rows:
        """See `Ranking`."""
        return self.gaps.places_without(self.parts, rows, out=self.scores == -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A ranking that asks a space that can search.

    `placed` are the rows that stand in it, `out` those to leave out beside the ones not `allowed`.
    """

    space: Searchable
    point: object
    placed: Mask
    allowed: Mask | None
    out: Rows
    margin: float

    def best(self, k: int) -> Rows:
        """See `Ranking`."""
        # A few more are asked for and left out: a mask of a million tracks takes longer.
        few = len(self.out) <= _FEW
        allowed = self.allowed if few else self._left()
        more = k + len(self.out) if few else k
        rows = self.space.nearest(self.point, k=more, allowed=allowed, margin=self.margin)
        return rows[~np.isin(rows, self.out)] if few else rows

    def without(self, rows: Rows) -> Rows:
        """Last of all, since without the one space nothing is left."""
        left = np.count_nonzero(self.placed & self._left())
        return np.full((len(rows), 1), left, dtype=np.int64)

    def _left(self) -> Mask:
        left = np.ones(len(self.placed), dtype=np.bool_)
        if self.allowed is not None:
            left &= self.allowed
        left[self.out] = False
        return left


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Exact scores of some rows, best first.

    `totals` has shape (rows,), `parts` (rows, spaces) holds the scores by space, `estimated`
    marks those that are expectations.
    """

    rows: Rows
    totals: Floats
    parts: Floats
    estimated: Mask


class Blends:
    """The blends of one snapshot, each made at its first use.

    What is measured on pairs of tracks does not go by weights: weights that are moved one after
    the other share it (`segue.recommend.measured`).

    Parameters
    ----------
    snapshot
        What is answered from.
    known
        What was measured of it before, as `measured` tells it.
    """

    def __init__(self, snapshot: Snapshot, known: Mapping[str, Any] | None = None) -> None:
        known = known or {}
        self._corpus = snapshot.corpus
        self._snapshot = snapshot
        self._scales: Measured[tuple[str, int], Scale] = Measured(known=known.get("scales"))
        self._sets: Measured[int, tuple[Rows, ...]] = Measured(known=known.get("sets"))
        self._joints: Measured[tuple[tuple[str, ...], int | None], Joint] = Measured(
            most=_KEPT, known=known.get("joints")
        )
        self._made: dict[tuple[object, ...], Blend] = {}

    def measured(self) -> dict[str, Any]:
        """All that has been measured of the snapshot so far, by kind."""
        return {
            "scales": self._scales.known(),
            "sets": self._sets.known(),
            "joints": self._joints.known(),
        }

    def of(self, lens: Lens, names: tuple[str, ...], *, size: int | None = None) -> Blend:
        """`lens` over the spaces `names` only, for a track, or for a set of `size` seeds."""
        drawn = None if size is None else size_of_set(size)
        key = (lens.key, names, drawn)
        blend = self._made.get(key)
        if blend is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            blend = self._made[key] = self._make(lens, names, drawn)
        return blend

    def _make(self, lens: Lens, names: tuple[str, ...], drawn: int | None) -> Blend:
        if drawn is None:
            spaces = {name: self._snapshot.weighable(name) for name in names}
            scales = {name: self._scale(name) for name in names}
            return Blend(lens, spaces, scales, joint=partial(self._joint, names))
        # One seed that others shift is read as that seed is alone.
        spaces = {name: set_space(self._snapshot.weighable(name)) for name in names}
        scales = {name: self._scale(name, drawn) for name in names}
        return Blend(lens, spaces, scales, joint=partial(self._joint, names, drawn))

    def _joint(self, names: tuple[str, ...], drawn: int | None = None) -> Joint:
        """Pairs that stand in all of some spaces, for one seed or for sets of the size `drawn`."""
        return self._joints.of((names, drawn), partial(self._sampled, names, drawn))

    def _sampled(self, names: tuple[str, ...], drawn: int | None) -> Joint:
        if drawn is None:
            return Joint.sample([self._snapshot.weighable(name) for name in names])
        spaces = [set_space(self._snapshot.weighable(name)) for name in names]
        if drawn == 1:
            return Joint.sample(spaces)
        return Joint.of_sets(spaces, sets=self._drawn(drawn))

    def _drawn(self, size: int) -> tuple[Rows, ...]:
        return self._sets.of(size, partial(drawn_sets, self._corpus, size))

    def _scale(self, name: str, drawn: int = 1) -> Scale:
        """How scores of a space are read, for one seed or for sets of the size `drawn`."""
        return self._scales.of((name, drawn), partial(self._fitted, name, drawn))

    def _fitted(self, name: str, drawn: int) -> Scale:
        space = self._snapshot.weighable(name)
        blur = space.blur if isinstance(space, Blurred) else None
        if drawn == 1:
            return Scale.fit(space, blur=blur)
        return Scale.of_sets(set_space(space), sets=self._drawn(drawn), blur=blur)


class Blend:
    """One lens over the spaces that a seed stands in; made once for an epoch.

    Parameters
    ----------
    lens
        What similar means.
    spaces
        Those of the lens that the seed stands in, at least one, by name.
    scales
        How each is read, by name.
    joint
        Gives random pairs that stand in all of the spaces, when they are needed; of sets and
        tracks where the seeds are sets: the spaces gather then.

    Attributes
    ----------
    inferred
        By space, who stands there by their content alone; None where that is nobody.
    """

    def __init__(
        self,
        lens: Lens,
        spaces: Mapping[str, Space],
        scales: Mapping[str, Scale],
        *,
        joint: Callable[[], Joint],
    ) -> None:
        self.names = tuple(spaces)
        self.spaces = tuple(spaces.values())
        self._scales = tuple(scales[name] for name in spaces)
        self._calibrated = lens.calibrated
        self.inferred = tuple(
            space.inferred if isinstance(space, Inferring) else None for space in self.spaces
        )
        total = sum(lens.weights[name] for name in spaces)
        self.weights = tuple(lens.weights[name] / total for name in spaces)
        self.expected = tuple(s.mean if lens.calibrated else s.mean_raw for s in self._scales)
        steepness = [s.curve.steepest if lens.calibrated else 1.0 for s in self._scales]
        errors = [
            4 * ERROR + (2 * space.error if isinstance(space, Rounded) else 0.0)
            for space in self.spaces
        ]
        parts = zip(self.weights, steepness, errors, strict=True)
        self._margin = sum(weight * steep * error for weight, steep, error in parts)
        self._gaps = Gaps(
            self.spaces,
            weights=self.weights,
            expected=self.expected,
            read=self._read,
            joint=joint,
        )

    def rank(
        self,
        points: Sequence[Points],
        *,
        allowed: Mask | None,
        without: Sequence[int | Rows | None],
    ) -> list[Ranking]:
        """A ranking for every seed.

        Parameters
        ----------
        points
            Where the seeds stand.
        allowed
            Rows that may be recommended, shape (tracks,); None for all.
        without
            The row, or rows, to leave out of each seed's ranking: its own.
        """
        alone = self.spaces[0]
        if len(self.spaces) == 1 and isinstance(alone, Searchable) and not self._calibrated:
            pairs = zip(points, without, strict=True)
            return [
                Searched(alone, point[0], alone.placed, allowed, _rows_of(rows), 4 * ERROR)
                for point, rows in pairs
            ]
        parts = self._parts(points)
        scores = self._gaps.totals(parts, kept=self._gaps.full)
        if allowed is not None:
            scores[:, ~allowed] = -np.inf
        for place, rows in enumerate(without):
            if rows is not None:
                scores[place, rows] = -np.inf
        return [
            Scanned(each, self._margin, tuple(part[place] for part in parts), self._gaps)
            for place, each in enumerate(scores)
        ]

    def count(self, allowed: Mask | None) -> dict[str, int]:
        """How many allowed tracks stand in each space."""
        masks = (
            space.placed if allowed is None else space.placed & allowed for space in self.spaces
        )
        return {
            name: int(np.count_nonzero(mask)) for name, mask in zip(self.names, masks, strict=True)
        }

    def alone(self, point: Sequence[object | None], rows: Rows) -> Floats:
        """Exact scores of `rows`; where the seed stands nowhere, what random pairs have."""
        total = np.zeros(len(rows))
        for place, (each, weight) in enumerate(zip(point, self.weights, strict=True)):
            if each is None:
                total += weight * self.expected[place]
            else:
                raw = self.spaces[place].score_exactly(each, rows=rows)
                total += weight * self._read(place, raw)
        return total

    def settle(self, point: Points, rows: Rows, *, k: int) -> Settled:
        """Score `rows` exactly and give the `k` best, in order."""
        raw = np.empty((len(rows), len(self.spaces)))
        for place, space in enumerate(self.spaces):
            raw[:, place] = space.score_exactly(point[place], rows=rows)
        parts, estimated = self.read(raw, rows)
        totals = np.round(parts @ np.array(self.weights), DECIMALS)
        order = np.lexsort((rows, -totals))[:k]
        return Settled(rows[order], totals[order], parts[order], estimated[order])

    def read(self, raw: Floats, rows: Rows) -> tuple[Floats, Mask]:
        """Raw scores of `rows` by space as the lens reads them; both of shape (rows, spaces).

        Where a row does not stand in a space, its score there is what is to be expected, whatever
        `raw` holds; the mask says where.
        """
        parts = np.empty(raw.shape)
        for place in range(len(self.spaces)):
            parts[:, place] = self._read(place, raw[:, place])
        estimated = np.zeros(parts.shape, dtype=np.bool_)
        for pattern, gap in self._gaps.among(self._gaps.full).items():
            here = self._gaps.pattern[rows] == pattern
            sums = parts[np.ix_(here, gap.present)] @ np.take(self.weights, gap.present)
            for place, curve in gap.missing.items():
                parts[here, place] = curve(sums)
                estimated[here, place] = True
        return parts, estimated

    def scan(self, points: Sequence[Points]) -> Vectors:
        """Scores of every row, shape (seeds, tracks); -inf for rows that stand nowhere."""
        return self._gaps.totals(self._parts(points), kept=self._gaps.full)

    def _parts(self, points: Sequence[Points]) -> list[NDArray[Any]]:
        """Weight × score of every row by space, each of shape (seeds, tracks)."""
        return [
            self._read(place, space.score([point[place] for point in points])) * weight
            for place, (space, weight) in enumerate(zip(self.spaces, self.weights, strict=True))
        ]

    def _read(self, place: int, raw: NDArray[Any]) -> NDArray[Any]:
        """Raw scores of a space as the lens reads them."""
        return self._scales[place].curve(raw) if self._calibrated else raw


def _rows_of(rows: int | Rows | None) -> Rows:
    """A row, several or none, as several."""
    return np.empty(0, dtype=np.int64) if rows is None else np.atleast_1d(np.asarray(rows))
