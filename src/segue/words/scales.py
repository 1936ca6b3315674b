"""What a word for a number means in one catalogue: from what value on is a track "fast".

Numbers that come in every degree go by the catalogue's quantiles: "fast" is its fastest quarter,
"very fast" its fastest tenth. Four of the attributes say rather whether something is so than how
much (`YES_OR_NO`): of most catalogues the quarter that is sung the least is sung all the same. They
go by the fixed limits of `segue.spaces.facets`, and "very" takes half of what lies beyond.

==========  =========================  ==========================================
degree      high, of the tracks        high, of what is so or not (limits l, h)
==========  =========================  ==========================================
very        the highest tenth          from (h + 1) / 2 on
(none)      the highest quarter        from h on
quite       the highest third          from (l + h) / 2 on
a bit       from .55 to .80 of them    between l and h
medium      the middle third           between l and h
==========  =========================  ==========================================

Low is the mirror image. What is aimed at is the middle of the part.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.records import CONTINUOUS
from segue.spaces.facets import FACETS, Continuous
from segue.words.vocabulary import HIGH, LOW, MIDDLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.snapshot import Corpus

YES_OR_NO = ("acousticness", "instrumentalness", "liveness", "speechiness")
"""Attributes that say whether something is so."""

PARTS: dict[str, tuple[float, float]] = {
    "very": (0.9, 1.0),
    "": (0.75, 1.0),
    "quite": (2 / 3, 1.0),
    "a bit": (0.55, 0.8),
}
"""Which part of the tracks, from the lowest to the highest, a degree of "high" takes."""

MEDIUM = (1 / 3, 2 / 3)

STEPS: dict[str, tuple[float, float]] = {
    "very": (0.2, 1.0),
    "": (0.08, 1.0),
    "quite": (0.08, 1.0),
    "a bit": (0.02, 0.25),
}
"""Which part of the tracks lies between what is compared with and "more": at least, at most."""

_GRID = 1000


@dataclass(frozen=True, slots=True)
class Range:
    """From `least` to `most`, None for no end, aiming at `value`."""

    value: float
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How one number is spread over the catalogue; `quantiles` ascend, empty where none is known.

    `limits` are those of what is so or not.
    """

    quantiles: tuple[float, ...]
    limits: tuple[float, float] | None = None

    def at(self, part: float) -> float:
        """The value that this part of the tracks, in [0, 1], does not exceed."""
        return self.quantiles[round(min(max(part, 0.0), 1.0) * (len(self.quantiles) - 1))]

    def part(self, value: float) -> float:
        """Which part of the tracks lies below a value, in [0, 1]; ties count half."""
        low, high = bisect_left(self.quantiles, value), bisect_right(self.quantiles, value)
        return (low + high) / 2 / len(self.quantiles)

    def range(self, end: int, *, degree: str = "") -> Range:
        """What counts as high, low or medium, in this degree."""
        if self.limits is not None:
            return self._by_limits(end, degree)
        least, most = MEDIUM if end == MIDDLE else PARTS[degree]
        if end == LOW:
            least, most = 1 - most, 1 - least
        middle = self.at((least + most) / 2)
        return Range(
            middle,
            None if least <= 0 else self.at(least),
            None if most >= 1 else self.at(most),
        )

    def beyond(self, value: float, end: int, *, degree: str = "") -> Range:
        """What is higher, or lower, than `value`, where anything is."""
        step, reach = STEPS[degree]
        here = self.part(value)
        near, far = here + end * step, here + end * reach
        nearest = _next(value, end)
        bound = max(self.at(near), nearest) if end == HIGH else min(self.at(near), nearest)
        # Beyond the last there is nothing: what is as high as it counts.
        bound = min(max(bound, self.at(0.0)), self.at(1.0))
        other = None if (far >= 1 or far <= 0) else self.at(far)
        if other is not None and (other - bound) * end < 0:
            other = None
        aim = self.at(here + end * min(max(2.5 * step, 0.1), reach))
        aim = max(aim, bound) if end == HIGH else min(aim, bound)
        return Range(aim, bound, other) if end == HIGH else Range(aim, other, bound)

    def _by_limits(self, end: int, degree: str) -> Range:
        low, high = self.limits or (0.0, 1.0)
        if end == MIDDLE or degree == "a bit":
            return Range((low + high) / 2, low, high)
        if end == HIGH:
            least = {"very": (high + 1) / 2, "quite": (low + high) / 2}.get(degree, high)
            return Range((least + 1) / 2, least, None)
        most = {"very": low / 2, "quite": (low + high) / 2}.get(degree, low)
        return Range(most / 2, None, most)


def _next(value: float, end: int) -> float:
    """The next number a corpus can hold beyond one: they are float32."""
    return float(np.nextafter(np.float32(value), np.float32(end * math.inf)))


def limits() -> dict[str, tuple[float, float]]:
    """Up to what value each attribute is said to be low, and from what value on high."""
    return {each.name: (each.low, each.high) for each in FACETS if isinstance(each, Continuous)}


def scales(corpus: Corpus) -> dict[str, Scale]:
    """The scale of every number of a track, by its name in `segue.words.vocabulary.NUMBERS`."""
    known = limits()
    found = {
        name: Scale(
            _quantiles(corpus.attributes[:, column]),
            known[name] if name in YES_OR_NO else None,
        )
        for column, name in enumerate(CONTINUOUS)
    }
    tempo = corpus.attributes[:, len(CONTINUOUS)]
    found["tempo"] = Scale(_quantiles(tempo[tempo > 0]))
    found["popularity"] = Scale(_quantiles(corpus.popularity))
    found["seconds"] = Scale(_quantiles(corpus.duration))
    found["year"] = Scale(_quantiles(corpus.year[corpus.year > 0]))
    return found


def _quantiles(values: NDArray[np.generic]) -> tuple[float, ...]:
    known = np.sort(values[np.isfinite(values)].astype(np.float64))
    if not known.size:
        return ()
    places = np.round(np.linspace(0, known.size - 1, _GRID + 1)).astype(np.int64)
    return tuple(known[places].tolist())
