"""Scores of unlike spaces on one scale, and what a score that is missing probably is.

A cosine of 0.9 is common in one space and unheard of in another. A *calibrated* score says how
rare a raw score x is among random pairs of the catalogue:

    s(x) = -ln P(X >= x)

0 for the least alike, 1 on average in a space without ties, 7 for one pair in a thousand (e^-7).
Unlike a percentile it keeps telling the best apart, and ties do no harm: 92 of 100 random pairs
share no word at all, and all of them score 0.

The tail is measured on about four million pairs (`Scale.fit`). Above the likeliest of them, up to
the likeness of a track to itself, s goes on in a straight line with its slope between the best
thousandth and the best pair seen: an exponential tail.

A single number that is the very same by chance is as rare as a track that is alike in all of a
space, and says nothing: of two features a track would win that has the one to the last digit and
is far off in the other. A facet says from which raw score b on a difference is hardly heard, and
with p = P(X >= b) its score is

    s(x) = c ln((1 + p) / (P(X >= x) + p))

where c makes it 1 on average for random pairs too. It orders tracks as before, and levels off at
the top.

A track may stand in one space and not in another. Leaving its missing score out, or taking the
average for it, hands nearly all or none of an answer to such tracks. `Joint` gives what the score
is *on average where the present scores are what they are*: E[s_b | sum of w_a s_a], measured on
random pairs that stand in all the spaces.

The score of a *set* of seeds is spread otherwise than that of one: it is read by a scale of its own
(`Scale.of_sets`), measured on random pairs of a set and a track. The sets are drawn from the
catalogue's playlists, for people ask about what goes together; where it has few, from all tracks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.snapshot import Corpus, Gathering, Space
    from segue.types import Floats, Mask, Rows, Vector, Vectors

SEED = 42
SEEDS = 256
"""Tracks whose likeness to others is sampled."""
OTHERS = 16_384
"""Most tracks each of them is compared with."""

SETS = 64
"""Sets whose likeness to tracks is sampled."""
FEW, MANY = 5, 25
"""Tracks of a drawn set that stands for sets of 2 to 9 seeds, and for sets of more."""

_BINS = 4096
_TAIL = 1e-3
_BLOCK = 16

_KEPT_BEST = 1e-3
_KEPT_OTHERS = 50_000
_STEPS = 64
_PRIOR = 50


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A function by its values at evenly spaced points; straight between, level beyond."""

    low: float
    step: float
    values: Floats

    def __call__(self, at: NDArray[Any]) -> NDArray[Any]:
        """Values at `at`, of any shape and in its precision."""
        values = self.values.astype(at.dtype)
        place = (at - self.low) / self.step
        left = np.clip(place, 0, len(values) - 2).astype(np.int64)
        # In place: millions of numbers are read at once.
        place -= left.astype(at.dtype)
        np.clip(place, 0, 1, out=place)
        place *= np.diff(values)[left]
        place += values[left]
        return place

    @property
    def steepest(self) -> float:
        """The largest slope."""
        return float(np.abs(np.diff(self.values)).max() / self.step)


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How raw scores of one space are read; `mean_raw` and `mean` are those of a random pair."""

    curve: Curve
    mean_raw: float
    mean: float

    @classmethod
    def fit(cls, space: Space, *, blur: float | None = None) -> Self:
        """Measure `space` on seeded random pairs of different tracks placed in it.

        A space that places fewer than two tracks has no pairs: its scale is the raw score itself.

        Parameters
        ----------
        space
            Any.
        blur
            The raw score from which on differences are hardly told; None for none such.
        """
        return cls._read(*_pairs([space]), blur=blur)

    @classmethod
    def of_sets(cls, space: Space, *, sets: Sequence[Rows], blur: float | None = None) -> Self:
        """Measure `space`, which must gather, on random pairs of a set and a track not of it.

        Parameters
        ----------
        space
            Keeps `segue.snapshot.Gathering`.
        sets
            From `drawn_sets`. Those of which nobody stands in the space count for nothing.
        blur
            As in `fit`.
        """
        return cls._read(*_set_pairs([space], sets), blur=blur)

    @classmethod
    def _read(cls, raw: Vectors, most: list[float], *, blur: float | None) -> Self:
        """From raw scores of pairs, shape (1, pairs), and the highest score there can be."""
        if raw.size == 0:
            return cls(Curve(-1.0, 2.0, np.array([-1.0, 1.0])), 0.0, 0.0)
        curve = rarity(raw[0], most=max(most[0], float(raw.max())))
        if blur is not None:
            curve = _blurred(curve, raw[0], blur)
        return cls(curve, float(raw.mean(dtype=np.float64)), float(curve(raw[0]).mean()))


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Random pairs of tracks that stand in all of some spaces.

    `raw` holds their raw scores, shape (spaces, pairs); `weights` how many pairs each stands for:
    the likeliest thousandth in each space is kept whole, of the others a random part.
    """

    raw: Vectors
    weights: Floats

    @classmethod
    def sample(cls, spaces: Sequence[Space]) -> Self:
        """Seeded pairs; none where fewer than two tracks stand in all of `spaces`."""
        return cls._thinned(_pairs(spaces)[0])

    @classmethod
    def of_sets(cls, spaces: Sequence[Space], *, sets: Sequence[Rows]) -> Self:
        """The same of pairs of a set and a track; all `spaces` must gather."""
        return cls._thinned(_set_pairs(spaces, sets)[0])

    @classmethod
    def _thinned(cls, raw: Vectors) -> Self:
        """Keep the likeliest pairs whole and a random part of the others."""
        pairs = raw.shape[1]
        if pairs <= _KEPT_OTHERS:
            return cls(raw, np.ones(pairs))
        place = int((1 - _KEPT_BEST) * pairs)
        best = np.zeros(pairs, dtype=np.bool_)
        for scores in raw:
            best |= scores > np.partition(scores, place)[place]
        others = np.flatnonzero(~best)
        drawn = np.random.default_rng(SEED).choice(others, _KEPT_OTHERS, replace=False)
        kept = np.concatenate([np.flatnonzero(best), drawn])
        weights = np.ones(len(kept))
        weights[-_KEPT_OTHERS:] = len(others) / _KEPT_OTHERS
        return cls(raw[:, kept], weights)


def expectation(target: NDArray[Any], *, given: NDArray[Any], weights: Floats) -> Curve:
    """What `target` is on average where `given` has a value.

    Means in 64 even steps of `given`. A step of few pairs leans on the step below it, as if that
    had given 50 pairs of its own, so that the rare top does not follow single pairs.

    Parameters
    ----------
    target, given
        Scores of the same pairs, shape (pairs,), at least one.
    weights
        How many pairs each stands for, shape (pairs,).
    """
    low, high = float(given.min()), float(given.max())
    step = (high - low) / _STEPS or 1.0
    place = np.clip((given - low) / step, 0, _STEPS - 1).astype(np.int64)
    count = np.bincount(place, minlength=_STEPS)
    weight = np.bincount(place, weights=weights, minlength=_STEPS)
    total = np.bincount(place, weights=weights * target, minlength=_STEPS)
    means = np.empty(_STEPS)
    before = float(total.sum() / weight.sum())
    for each in range(_STEPS):
        if count[each]:
            mean = total[each] / weight[each]
            before = (count[each] * mean + _PRIOR * before) / (count[each] + _PRIOR)
        means[each] = before
    return Curve(low + step / 2, step, means)


def rarity(raw: Vectors, *, most: float) -> Curve:
    """-ln P(X >= x) from a sample, up to `most`."""
    low = float(raw.min())
    step = (most - low) / _BINS or 1.0
    bins = np.minimum(((raw - low) / step).astype(np.int64), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    seen = np.flatnonzero(counts)
    rare = -np.log(counts[::-1].cumsum()[::-1][seen] / len(raw))
    values = np.interp(np.arange(_BINS + 1), seen, rare)
    # From the best thousandth to the best pair: the slope of the tail, carried on.
    start = min(int(np.searchsorted(rare, -np.log(_TAIL))), len(seen) - 2) if len(seen) > 1 else 0
    ahead = seen[-1] - seen[start]
    slope = (rare[-1] - rare[start]) / ahead if ahead else 1 / _BINS
    beyond = np.arange(seen[-1], _BINS + 1)
    values[beyond] = rare[-1] + slope * (beyond - seen[-1])
    return Curve(low, step, values)


def _blurred(curve: Curve, raw: Vector, blur: float) -> Curve:
    """The curve levelled off above the raw score `blur`; see the module."""
    hardly = float(np.exp(-curve(np.array([blur]))[0]))
    values = np.log1p(hardly) - np.log(np.exp(-curve.values) + hardly)
    level = Curve(curve.low, curve.step, values)
    mean = float(level(raw).mean(dtype=np.float64))
    return Curve(curve.low, curve.step, values / mean) if mean > 0 else level


def _pairs(spaces: Sequence[Space]) -> tuple[Vectors, list[float]]:
    """Raw scores of seeded random pairs of different tracks placed in all `spaces`.

    Returns
    -------
    raw
        Shape (spaces, pairs).
    most
        The highest score of a track with itself, by space.
    """
    rows = np.flatnonzero(np.logical_and.reduce([space.placed for space in spaces]))
    generator = np.random.default_rng(SEED)
    seeds = generator.choice(rows, min(SEEDS, len(rows)), replace=False)
    others = np.sort(generator.choice(rows, min(OTHERS, len(rows)), replace=False))
    most = [-np.inf] * len(spaces)
    blocks = []
    for start in range(0, len(seeds), _BLOCK):
        block = seeds[start : start + _BLOCK]
        different = block[:, np.newaxis] != others
        scores = []
        for place, space in enumerate(spaces):
            points = [space.point(int(row)) for row in block]
            scores.append(space.score(points, rows=others)[different])
            own = [space.score_exactly(p, rows=block[[i]])[0] for i, p in enumerate(points)]
            most[place] = max(most[place], *own)
        blocks.append(np.array(scores))
    empty = np.empty((len(spaces), 0), dtype=np.float32)
    return np.concatenate([empty, *blocks], axis=1), most


def size_of_set(seeds: int) -> int:
    """How many tracks a drawn set has that stands for sets of so many seeds; 1 for one track."""
    return 1 if seeds < 2 else FEW if seeds < 10 else MANY


def drawn_sets(corpus: Corpus, size: int) -> tuple[Rows, ...]:
    """Seeded sets of `size` different rows each, as people put them together.

    From playlists of at least as many tracks where there are `SETS` of them, else from all tracks.
    """
    generator = np.random.default_rng(SEED)
    lists = corpus.playlists
    long = np.flatnonzero(np.diff(lists.starts) >= size)
    if len(long) < SETS:
        everyone = np.arange(len(corpus))
        most = min(size, len(everyone))
        return tuple(generator.choice(everyone, most, replace=False) for _ in range(SETS))
    chosen = generator.choice(long, SETS, replace=False)
    whole = (lists.rows[lists.starts[each] : lists.starts[each + 1]] for each in chosen.tolist())
    return tuple(
        np.sort(generator.choice(rows, size, replace=False)).astype(np.int64) for rows in whole
    )


def _set_pairs(spaces: Sequence[Space], sets: Sequence[Rows]) -> tuple[Vectors, list[float]]:
    """Raw scores of random pairs of a set that stands in all `spaces` and a track that does.

    Returns
    -------
    raw
        Shape (spaces, pairs).
    most
        The highest score of a set with one of its own tracks, by space.
    """
    placed: Mask = np.logical_and.reduce([space.placed for space in spaces])
    rows = np.flatnonzero(placed)
    generator = np.random.default_rng(SEED)
    others = np.sort(generator.choice(rows, min(OTHERS, len(rows)), replace=False))
    most = [-np.inf] * len(spaces)
    blocks = []
    for members in sets:
        points = [_gathered(space, members) for space in spaces]
        different = ~np.isin(others, members)
        if any(point is None for point in points) or not different.any():
            continue
        scored = []
        for place, (space, point) in enumerate(zip(spaces, points, strict=True)):
            scored.append(space.score([point], rows=others)[0][different])
            own = space.score_exactly(point, rows=members[space.placed[members]])
            most[place] = max(most[place], float(own.max()))
        blocks.append(np.array(scored))
    empty = np.empty((len(spaces), 0), dtype=np.float32)
    return np.concatenate([empty, *blocks], axis=1), most


def _gathered(space: Space, members: Rows) -> object | None:
    """The point of those of `members` that stand in a space that gathers; None of nobody."""
    here = members[space.placed[members]]
    if not len(here):
        return None
    points = [space.point(int(row)) for row in here]
    weights = np.full(len(here), 1 / len(here))
    gathered: object | None = cast("Gathering", space).gather(points, weights=weights)
    return gathered
