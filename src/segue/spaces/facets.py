"""Facets: single attributes of two tracks side by side, in numbers and in words.

Each facet has a distance of its own:

- a continuous attribute: the absolute difference;
- tempo: how far apart on the circle of octaves, |log2(a/b)| less its nearest whole number, in
  [0, 1/2]: 84 and 168 beats a minute are the same pulse counted twice;
- key: steps on the circle of fifths (`segue.spaces.fifths`), in [0, 7].

The likeness of two tracks is the share of random pairs of the catalogue that differ more, and 1
for the same. Words go by fixed limits, not by the catalogue: no track of a metal collection is
called calm for being the calmest there. A comparison of which either side is an estimate from
the signal says so.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segue.records import KEYS, Comparison
from segue.spaces import fifths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.types import Floats, Mask

PAIRS = 4096
"""Random pairs that likeness is measured against."""

SEED = 42

_TEMPO, _KEY, _MODE = 8, 9, 10

YEAR, POPULARITY = 12, 13
"""Columns beside the attributes of features that are none (`segue.spaces.single`)."""


class Matrix(Protocol):
    """Numbers of all tracks, read row by row."""

    def __len__(self) -> int:
        """How many tracks there are."""
        ...

    def __getitem__(self, rows: Any, /) -> NDArray[Any]:  # noqa: ANN401 (as numpy is indexed)
        """Those of a row or several."""
        ...


class Marks(Protocol):
    """Which of a row's numbers are estimates."""

    def __getitem__(self, row: int, /) -> NDArray[np.bool_]:
        """Shape (columns,)."""
        ...


class Facet(Protocol):
    """One feature read from a row of `Corpus.attributes`."""

    @property
    def name(self) -> str:
        """The word for it."""
        ...

    @property
    def columns(self) -> tuple[int, ...]:
        """What of a row it reads."""
        ...

    @property
    def heard(self) -> float:
        """The distance from which on two tracks are told apart in words; 0 for any."""
        ...

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """The distance; NaN where either is unknown."""
        ...

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """Both side by side, where both are known."""
        ...


@dataclass(frozen=True, slots=True)
class Continuous:
    """A continuous attribute, in `column` of a row.

    `words` are said up to `low`, between, and from `high` on; an empty one is not said. `less`
    and `more` compare the seed with the recommendation where they differ by `step` or more: in
    a catalogue of much the same music a difference nobody hears is still a rare one.
    """

    column: int
    name: str
    low: float
    high: float
    words: tuple[str, str, str]
    less: str
    more: str
    unit: str = ""
    step: float = 0.1
    digits: int = 2

    @property
    def columns(self) -> tuple[int, ...]:
        """Its own."""
        return (self.column,)

    @property
    def heard(self) -> float:
        """Its `step`."""
        return self.step

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """The absolute difference."""
        return abs(seed[self.column] - track[self.column])

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """With its digits and its unit."""
        mine, other = seed[self.column], track[self.column]
        ours, theirs = (_written(one, self.digits, self.unit) for one in (mine, other))
        middle = (mine + other) / 2
        word = self.words[0 if middle <= self.low else 2 if middle >= self.high else 1]
        contrast = ""
        if round(abs(mine - other), 6) >= self.step:
            contrast = f"{self.more if mine > other else self.less} ({ours} against {theirs})"
        return Comparison(self.name, ours, theirs, likeness, word, contrast)


@lru_cache(maxsize=4096)
def _written(value: float, digits: int, unit: str) -> str:
    return f"{value:.{digits}f} {unit}".rstrip().replace("-", "−")


TEMPO_STEP = 0.03
"""Part of a tempo by which another must differ to be called faster or slower."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Beats a minute on the circle of octaves."""

    name: str = "tempo"
    columns: tuple[int, ...] = (_TEMPO,)
    heard: float = math.log2(1 + TEMPO_STEP)

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """In octaves, [0, 1/2]."""
        mine, other = seed[_TEMPO], track[_TEMPO]
        if not (0 < mine < math.inf and 0 < other < math.inf):
            return math.nan
        octaves = math.log2(max(mine, other) / min(mine, other))
        return abs(octaves - round(octaves))

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """In whole beats a minute."""
        mine, other = seed[_TEMPO], track[_TEMPO]
        if abs(math.log2(mine / other)) < 0.5:
            word = f"near {(mine + other) / 2:.0f} BPM"
        else:
            word = f"with one pulse counted at {mine:.0f} and {other:.0f} BPM"
        ours, theirs = f"{mine:.0f} BPM", f"{other:.0f} BPM"
        contrast = f"{'faster' if mine > other else 'slower'} ({mine:.0f} against {theirs})"
        heard = abs(mine - other) >= TEMPO_STEP * other
        return Comparison(self.name, ours, theirs, likeness, word, contrast if heard else "")


@dataclass(frozen=True, slots=True)
class Key:
    """Key and mode on the circle of fifths."""

    name: str = "key"
    columns: tuple[int, ...] = (_KEY, _MODE)
    heard: float = 0.0

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """In steps, [0, 7]."""
        mine, other = seed[_KEY], track[_KEY]
        if not (0 <= mine < 12 and 0 <= other < 12):
            return math.nan
        return float(fifths.steps(int(mine), _mode(seed), int(other), _mode(track)))

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """By name: "A minor"."""
        ours, theirs = _key_name(seed), _key_name(track)
        if ours == theirs:
            return Comparison(self.name, ours, theirs, likeness, f"in {ours}")
        near = self.apart(seed, track) <= 1
        word = f"in neighbouring keys ({ours} and {theirs})" if near else ""
        return Comparison(self.name, ours, theirs, likeness, word, f"in {ours} (against {theirs})")


@dataclass(frozen=True, slots=True)
class Mode:
    """Major or minor, in whatever key."""

    name: str = "mode"
    columns: tuple[int, ...] = (_MODE,)
    heard: float = 0.0

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """0 for the same, else 1."""
        ours, theirs = _mode(seed), _mode(track)
        return math.nan if ours is None or theirs is None else float(ours != theirs)

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """By name."""
        ours, theirs = ("major" if row[_MODE] else "minor" for row in (seed, track))
        if ours == theirs:
            return Comparison(self.name, ours, theirs, likeness, f"in {ours}")
        return Comparison(self.name, ours, theirs, likeness, "", f"in {ours} (against {theirs})")


YEARS_APART = 5
"""Years from which on one track is called older than another."""


@dataclass(frozen=True, slots=True)
class Year:
    """The year that a track came out."""

    name: str = "year"
    columns: tuple[int, ...] = (YEAR,)
    heard: float = YEARS_APART

    def apart(self, seed: Sequence[float], track: Sequence[float]) -> float:
        """In years."""
        return abs(seed[YEAR] - track[YEAR])

    def say(self, seed: Sequence[float], track: Sequence[float], likeness: float) -> Comparison:
        """In figures."""
        mine, other = seed[YEAR], track[YEAR]
        ours, theirs = f"{mine:.0f}", f"{other:.0f}"
        word = f"from {ours}" if mine == other else f"from about {(mine + other) / 2:.0f}"
        if abs(mine - other) < YEARS_APART:
            return Comparison(self.name, ours, theirs, likeness, word)
        contrast = f"{'older' if mine < other else 'newer'} ({ours} against {theirs})"
        return Comparison(self.name, ours, theirs, likeness, "", contrast)


def _mode(row: Sequence[float]) -> int | None:
    return int(row[_MODE]) if row[_MODE] in {0.0, 1.0} else None


def _key_name(row: Sequence[float]) -> str:
    mode = {0.0: " minor", 1.0: " major"}.get(row[_MODE], "")
    return KEYS[int(row[_KEY])] + mode


FACETS: tuple[Facet, ...] = (
    Continuous(
        0, "energy", 0.4, 0.7, ("calm", "of medium energy", "energetic"), "calmer", "more energetic"
    ),
    Continuous(
        1,
        "valence",
        0.35,
        0.65,
        ("sombre", "of mixed mood", "cheerful"),
        "more sombre",
        "more cheerful",
    ),
    Continuous(
        2,
        "danceability",
        0.4,
        0.7,
        ("hardly danceable", "fairly danceable", "danceable"),
        "less danceable",
        "more danceable",
    ),
    Continuous(
        3,
        "loudness",
        -14,
        -6,
        ("quiet", "of medium loudness", "loud"),
        "quieter",
        "louder",
        unit="dB",
        step=1.5,
        digits=1,
    ),
    Continuous(
        4,
        "acousticness",
        0.1,
        0.6,
        ("hardly acoustic", "partly acoustic", "acoustic"),
        "less acoustic",
        "more acoustic",
    ),
    Continuous(
        5,
        "instrumentalness",
        0.1,
        0.5,
        ("with vocals", "partly instrumental", "instrumental"),
        "less instrumental",
        "more instrumental",
    ),
    Continuous(
        6, "liveness", 0.3, 0.8, ("", "", "live"), "less like a concert", "more like a concert"
    ),
    Continuous(
        7, "speechiness", 0.33, 0.66, ("", "partly spoken", "spoken"), "less spoken", "more spoken"
    ),
    Tempo(),
    Key(),
)
"""Every facet of the space `attributes`; the columns are those of `Corpus.attributes`."""

ALONE: tuple[Facet, ...] = (
    *FACETS,
    Mode(),
    Year(),
    Continuous(
        POPULARITY,
        "popularity",
        25,
        60,
        ("hardly known", "known to some", "popular"),
        "less popular",
        "more popular",
        step=15,
        digits=0,
    ),
)
"""Every facet that a lens can weigh by itself; see `segue.spaces.single`."""


class Facets:
    """Comparisons of attributes, with likeness measured against one catalogue.

    Parameters
    ----------
    values
        `Corpus.attributes`, shape (tracks, 12).
    estimated
        `Corpus.estimated`, of the same shape.
    facets
        What is compared.
    """

    def __init__(self, values: Matrix, estimated: Marks, *, facets: Sequence[Facet] = ()) -> None:
        self._values = values
        self._estimated = estimated
        self._facets = facets or FACETS

    def compare(self, point: Floats, row: int, *, estimated: Mask) -> tuple[Comparison, ...]:
        """Every facet known of both, the most telling first: the fewest random pairs as close.

        Parameters
        ----------
        point, estimated
            A row of both for what is compared with `row`.
        """
        seed, track = point.tolist(), self._values[row].tolist()
        guessed = set(np.flatnonzero(estimated | self._estimated[row]).tolist())
        found: list[tuple[float, float, Facet]] = []
        for facet, spread in self._spreads:
            apart = facet.apart(seed, track)
            if apart == apart:  # noqa: PLR0124 (NaN)
                found.append((bisect_right(spread, apart) / len(spread), apart, facet))
        found.sort(key=itemgetter(0))
        compared = []
        for closer, apart, facet in found:
            said = facet.say(seed, track, 1 - closer if apart else 1.0)
            if guessed and not guessed.isdisjoint(facet.columns):
                said = replace(said, estimated=True)
            compared.append(said)
        return tuple(compared)

    @cached_property
    def _spreads(self) -> tuple[tuple[Facet, list[float]], ...]:
        """Distances of random pairs by facet, sorted; known ones only, and at least one."""
        generator = np.random.default_rng(SEED)
        pairs = generator.integers(len(self._values), size=(PAIRS, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        seeds, tracks = (self._values[pairs[:, side]].tolist() for side in (0, 1))
        spreads = []
        for facet in self._facets:
            apart = map(facet.apart, seeds, tracks)
            spread = sorted(each for each in apart if not math.isnan(each))
            if spread:
                spreads.append((facet, spread))
        return tuple(spreads)
