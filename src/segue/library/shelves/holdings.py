"""What there is, in numbers: how values are spread, what goes with what, who says so.

A **distribution** counts the tracks that have a value, in bins of equal width, with the quantiles
that say where most lie; what is unknown is counted beside, never left out in silence. What **goes
together** is told by Pearson's correlation over the tracks that have both values.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.snapshot import Corpus
    from segue.types import Floats, Frames

BINS = 24
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST = 10
"""Tracks that must have both values for a correlation."""

_COLUMNS = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")
_UNIT = frozenset(CONTINUOUS) - {"loudness"}
MEASURED = (*CONTINUOUS, "tempo")
"""Attributes that are amounts, in the order of `together`."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How one value is spread over the tracks.

    Attributes
    ----------
    name
        Of an attribute, or ``duration``, ``year``.
    counts, edges
        Tracks by bin, and where bins begin and end. What lies beyond the edges, less than one in a
        hundred at either end, is counted in the outermost bins.
    quantiles
        Of 5, 25, 50, 75 and 95 percent; () where nothing is known.
    known, unknown
        Tracks with and without a value.
    origins
        Tracks by where the value comes from (`segue.snapshot.Corpus.provenances`).
    """

    name: str
    counts: tuple[int, ...]
    edges: tuple[float, ...]
    quantiles: tuple[float, ...]
    known: int
    unknown: int
    origins: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All figures of one corpus; `together` has a row and a column for each of `MEASURED`."""

    distributions: tuple[Distribution, ...]
    together: tuple[tuple[float | None, ...], ...]
    keys: Mapping[tuple[int, int], int]
    signatures: Mapping[int, int]
    seconds: float
    playable: int
    synthetic: int


def holdings(corpus: Corpus) -> Holdings:
    """Everything there is to count in a corpus; in an empty one that is nothing."""
    values = corpus.attributes
    spread = [
        _distribution(name, values[:, column].astype(np.float64), _origins(corpus, column))
        for column, name in enumerate(_COLUMNS)
        if name in MEASURED
    ]
    year = np.where(corpus.year > 0, corpus.year, np.nan).astype(np.float64)
    spread.append(_distribution("duration", corpus.duration.astype(np.float64) / 60, {}))
    spread.append(_distribution("year", year, {}))
    key, mode = (values[:, _COLUMNS.index(name)] for name in ("key", "mode"))
    both = np.isfinite(key) & np.isfinite(mode)
    pairs = zip(key[both].astype(int).tolist(), mode[both].astype(int).tolist(), strict=True)
    beats = values[:, _COLUMNS.index("time_signature")]
    return Holdings(
        distributions=tuple(spread),
        together=_together(values[:, : len(MEASURED)]),
        keys=Counter(pairs),
        signatures=Counter(beats[np.isfinite(beats)].astype(int).tolist()),
        seconds=float(np.nansum(corpus.duration, dtype=np.float64)),
        playable=int(corpus.playable.sum()),
        synthetic=int(corpus.synthetic.sum()),
    )


def _origins(corpus: Corpus, column: int) -> dict[str, int]:
    codes = corpus.origins[:, column]
    counts = np.bincount(codes[codes >= 0], minlength=len(corpus.provenances)).tolist()
    return {name: n for name, n in zip(corpus.provenances, counts, strict=False) if n}


def _distribution(name: str, column: Floats, origins: Mapping[str, int]) -> Distribution:
    values = column[np.isfinite(column)]
    unknown = len(column) - len(values)
    if not len(values):
        return Distribution(name, (), (), (), 0, unknown, origins)
    edges = _edges(name, values)
    counts = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)[0]
    return Distribution(
        name,
        tuple(counts.tolist()),
        tuple(edges.tolist()),
        tuple(np.quantile(values, QUANTILES).tolist()),
        len(values),
        unknown,
        origins,
    )


def _edges(name: str, values: Floats) -> Floats:
    """Bins of equal width over all but the outermost hundredths, whole years for years."""
    if name in _UNIT:
        return np.linspace(0.0, 1.0, BINS + 1)
    low, high = (float(end) for end in np.quantile(values, [0.01, 0.99]))
    if name == "year":
        wide = max(1, -(-int(high - low + 1) // BINS))
        first = int(low) // wide * wide
        return np.arange(first, int(high) + wide + 1, wide, dtype=np.float64)
    if high <= low:
        low, high = low - 0.5, low + 0.5
    return np.linspace(low, high, BINS + 1)


def _together(values: Frames) -> tuple[tuple[float | None, ...], ...]:
    """Pearson's correlation of each pair of columns, over the rows that have both."""
    size = values.shape[1]
    known = np.isfinite(values)
    found: list[list[float | None]] = [[None] * size for _ in range(size)]
    for a in range(size):
        for b in range(a, size):
            both = known[:, a] & known[:, b]
            one, two = (values[both, at].astype(np.float64) for at in (a, b))
            if len(one) >= FEWEST and one.std() > 0 and two.std() > 0:
                found[a][b] = found[b][a] = float(np.clip(np.corrcoef(one, two)[0, 1], -1, 1))
    return tuple(map(tuple, found))
