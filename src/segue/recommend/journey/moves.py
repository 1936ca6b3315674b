"""What changes from one track to the next beside its likeness: tempo, key, energy.

Tempo goes round the circle of octaves: 84 and 168 beats a minute are one pulse counted twice. Keys
go round the Camelot wheel (`segue.recommend.keys`). What is unknown of either side is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend import keys
from segue.records import Attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Track
    from segue.types import Floats, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """Tempo in octaves, key as a code and energy of some tracks; each of shape (tracks,).

    Tempo and energy are NaN where unknown, the code of a key `keys.UNKNOWN`.
    """

    octaves: Floats
    codes: Rows
    energy: Floats

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> Music:
        """As the attributes of tracks say."""
        known = [track.attributes or Attributes() for track in tracks]
        tempo = _column([each.tempo for each in known])
        with np.errstate(divide="ignore", invalid="ignore"):
            octaves = np.where((tempo > 0) & np.isfinite(tempo), np.log2(tempo), np.nan)
        codes = keys.codes(_column([e.key for e in known]), _column([e.mode for e in known]))
        return cls(octaves, codes, _column([each.energy for each in known]))

    def tempo_changes(self) -> Floats:
        """How many octaves faster one is than another, [-0.5, 0.5]; shape (tracks, tracks)."""
        apart = self.octaves[np.newaxis, :] - self.octaves[:, np.newaxis]
        changes: Floats = apart - np.round(apart)
        return changes

    def key_changes(self) -> Floats:
        """Steps on the wheel between every two, 0 to 7; shape (tracks, tracks)."""
        steps: Floats = keys.steps()[np.ix_(self.codes, self.codes)]
        return steps


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def faster(octaves: float) -> float:
    """By which part a tempo so many octaves higher is faster."""
    return float(2.0**octaves - 1)
