"""Which numbers of a track an encoder takes.

Up to 26: the eight of `records.CONTINUOUS`; the binary logarithm of the tempo; the key as a point
on the circle of fifths, so that C lies beside G; mode, time signature, the logarithm of the
duration, year, popularity and explicit, which makes 17; and nine occasions that a track may be
good for, 1 or 0, where a table has them. An encoder takes those that enough of the tracks it
learned from have (`segue.training.latent.material`). What is unknown is NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Floats

OCCASIONS = (
    "party",
    "work/study",
    "relaxation/meditation",
    "exercise",
    "running",
    "yoga/stretching",
    "driving",
    "social gatherings",
    "morning routine",
)
"""What a track may be good for, as the layout ``emotion`` of tables says it."""

NUMBERS = (
    *CONTINUOUS,
    "tempo",
    "key across",
    "key along",
    "mode",
    "time signature",
    "duration",
    "year",
    "popularity",
    "explicit",
    *(f"good for {occasion}" for occasion in OCCASIONS),
)
"""All of them by name, in the order of every matrix that holds them."""

ATTRIBUTES = len(CONTINUOUS)
"""How many of them, the first, are continuous attributes."""

_FIFTHS = 7


def numbers(
    attributes: NDArray[np.floating],
    *,
    duration: NDArray[np.floating],
    year: NDArray[np.floating],
    popularity: NDArray[np.floating],
    explicit: NDArray[np.floating],
    occasions: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Numbers of tracks from what is said of them, shape (tracks, 26); NaN for the unknown.

    Parameters
    ----------
    attributes
        Shape (tracks, 12), as in `segue.snapshot.Corpus`.
    duration, year, popularity, explicit
        Shape (tracks,); seconds, 0 to 100, 1 or 0. NaN where unknown.
    occasions
        Shape (tracks, 9), 1 or 0.
    """
    tempo, key, mode, signature = (attributes[:, column] for column in range(8, 12))
    angle = 2 * np.pi * np.mod(key * _FIFTHS, 12) / 12
    found = np.column_stack(
        [
            attributes[:, :ATTRIBUTES],
            _logarithm(tempo, np.log2),
            np.sin(angle),
            np.cos(angle),
            mode,
            signature,
            _logarithm(duration, np.log),
            year,
            popularity,
            explicit,
            occasions,
        ]
    ).astype(np.float32)
    found[~np.isfinite(found)] = np.nan
    return found


def _logarithm(values: NDArray[np.floating], logarithm: np.ufunc) -> Floats:
    """Of what is above 0; NaN for the rest, as tables write 0 for "none found"."""
    kept = np.asarray(values, dtype=np.float64)
    out = np.full(kept.shape, np.nan)
    logarithm(kept, out=out, where=kept > 0)
    return out
