"""A map as few bytes for the browser: where every point is, and what it may be coloured by.

Two bytes for x and two for y (0 to 65535, y upwards), all x first, then all y, little-endian; then
a byte a point for every `Column`: a code of its names, or a place on its scale from 0 to 254. 255
says that nothing is known. 89,741 points take 1.2 MB, and half of that on the way.
"""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.maps.shown import TrackMap
    from segue.types import Floats, Mask

    Codes = NDArray[np.uint8]

GRID = 65_535
"""The highest number of a place."""

UNKNOWN = 255
SCALE = 254

GENRES = 11
"""Genres with a colour of their own; all others share one."""

_QUANTILES = (2.0, 98.0)

_SCALES = {
    "energy": "Energy",
    "valence": "Valence",
    "danceability": "Danceability",
    "acousticness": "Acousticness",
    "instrumentalness": "Instrumentalness",
}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Something points may be coloured by.

    Attributes
    ----------
    name, label
        In addresses, and for people.
    codes
        One a point, shape (points,).
    names
        By code, each with how many points have it; () for a scale.
    ends
        What the ends of a scale mean; None for names.
    """

    name: str
    label: str
    codes: Codes
    names: tuple[tuple[str, int], ...] = ()
    ends: tuple[float, float] | None = None

    def legend(self) -> dict[str, Any]:
        """What the browser has to know of it."""
        unknown = int(np.count_nonzero(self.codes == UNKNOWN))
        told: dict[str, Any] = {"name": self.name, "label": self.label, "unknown": unknown}
        if self.ends is not None:
            return told | {"ends": list(self.ends)}
        return told | {"names": [{"name": name, "count": count} for name, count in self.names]}


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """A map for the browser.

    Attributes
    ----------
    columns
        What it may be coloured by, those alone of which something is known.
    raw, packed
        The bytes, as they are and with gzip.
    """

    columns: tuple[Column, ...]
    raw: bytes
    packed: bytes

    @classmethod
    def of(cls, shown: TrackMap) -> Points:
        """Those of a map."""
        made = (_regions(shown), _genres(shown), *_scales(shown), _playable(shown))
        columns = tuple(column for column in made if (column.codes != UNKNOWN).any())
        places = np.round(shown.places.astype(np.float64) * GRID).astype("<u2")
        parts = [places[:, 0].tobytes(), places[:, 1].tobytes()]
        raw = b"".join([*parts, *(column.codes.tobytes() for column in columns)])
        return cls(columns, raw, gzip.compress(raw, 5, mtime=0))

    def hidden(self, name: str, codes: tuple[int, ...]) -> Mask | None:
        """Which points have one of these codes of a column; None where there is no such column."""
        for column in self.columns:
            if column.name == name:
                return np.isin(column.codes, codes)
        return None


def _regions(shown: TrackMap) -> Column:
    names = tuple((region.name, region.count) for region in shown.regions)
    return Column("region", "Region", shown.region.astype(np.uint8), names)


def _genres(shown: TrackMap) -> Column:
    """The first genre of a track that is among the commonest, else "other"."""
    genres = [shown.corpus.genres[row] for row in shown.rows.tolist()]
    counts = Counter(name for names in genres for name in names)
    common = sorted(counts, key=lambda name: (-counts[name], name))[:GENRES]
    code = {name: place for place, name in enumerate(common)}
    other = len(common)
    codes = np.fromiter(
        (min((code.get(n, other) for n in names), default=UNKNOWN) for names in genres),
        dtype=np.uint8,
        count=len(genres),
    )
    sizes = np.bincount(codes[codes != UNKNOWN], minlength=other + 1).tolist()
    names = [*common, "Other genres"]
    return Column("genre", "Genre", codes, tuple(zip(names, sizes, strict=True)))


def _scales(shown: TrackMap) -> list[Column]:
    corpus, rows = shown.corpus, shown.rows
    years = corpus.year[rows].astype(np.float64)
    found = [_scale("year", "Year", np.where(years > 0, years, np.nan))]
    for name, label in _SCALES.items():
        values = corpus.attributes[rows, CONTINUOUS.index(name)].astype(np.float64)
        found.append(_scale(name, label, values, ends=(0.0, 1.0)))
    tempo = corpus.attributes[rows, len(CONTINUOUS)].astype(np.float64)
    found.append(_scale("tempo", "Tempo", np.where(tempo > 0, tempo, np.nan)))
    found.append(_scale("popularity", "Popularity", corpus.popularity[rows].astype(np.float64)))
    return found


def _scale(
    name: str, label: str, values: Floats, *, ends: tuple[float, float] | None = None
) -> Column:
    """Numbers between the ends of a scale; what lies beyond is at its end."""
    known = np.isfinite(values)
    codes = np.full(len(values), UNKNOWN, dtype=np.uint8)
    if not known.any():
        return Column(name, label, codes, ends=(0.0, 0.0))
    if ends is None:
        low, high = np.percentile(values[known], _QUANTILES).tolist()
        ends = (low, high)
    width = max(ends[1] - ends[0], 1e-9)
    shares = np.clip((values[known] - ends[0]) / width, 0.0, 1.0)
    codes[known] = np.round(shares * SCALE).astype(np.uint8)
    return Column(name, label, codes, ends=ends)


def _playable(shown: TrackMap) -> Column:
    playable = shown.corpus.playable[shown.rows]
    count = int(playable.sum())
    names = (("Can be played here", count), ("No file here", len(playable) - count))
    return Column("audio", "Audio", (~playable).astype(np.uint8), names)
