"""Passages: which windows of two tracks are the most alike, for reasons.

The likeness of two tracks in this is the share of random pairs of tracks whose most alike windows
are less so, and 1 where they are the same. Windows lie evenly over the excerpt of a track, so
"3 of 10" is a place in it.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.records import Comparison
from segue.spaces.units import to_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.spaces.embeddings import Embeddings

PAIRS = 1_024
"""Random pairs that likeness is measured against."""

SEED = 42

FEATURE = "closest passages"

_DECIMALS = 6


class Passages:
    """Comparisons of windows within one catalogue.

    Parameters
    ----------
    embeddings
        Of its tracks.
    agreement
        What a sentence says of two tracks whose closest passages are closer than most.
    """

    def __init__(self, embeddings: Embeddings, *, agreement: str) -> None:
        self._embeddings = embeddings
        self._agreement = agreement

    def compare(self, windows: NDArray[np.float16], place: int) -> tuple[Comparison, ...]:
        """The windows of a seed beside those of the embedded track at `place`."""
        theirs = self._embeddings.windows[place]
        closest, ours, other = _closest(windows, theirs)
        likeness = bisect_left(self._spread, closest) / max(len(self._spread), 1)
        return (
            Comparison(
                feature=FEATURE,
                seed=f"{ours + 1} of {len(windows)}",
                track=f"{other + 1} of {len(theirs)}",
                likeness=1.0 if closest >= 1.0 else likeness,
                agreement=self._agreement,
            ),
        )

    @cached_property
    def _spread(self) -> list[float]:
        """Cosines of the closest windows of random pairs of tracks, sorted."""
        generator = np.random.default_rng(SEED)
        pairs = generator.integers(len(self._embeddings), size=(PAIRS, 2))
        windows = self._embeddings.windows
        return sorted(
            _closest(windows[one], windows[other])[0]
            for one, other in pairs.tolist()
            if one != other
        )


def _closest(ours: NDArray[np.float16], theirs: NDArray[np.float16]) -> tuple[float, int, int]:
    """The highest cosine of a window of ours and one of theirs, and which these are.

    Rounded, so that of equal ones the first is found.
    """
    cosines = to_units(ours.astype(np.float64)) @ to_units(theirs.astype(np.float64)).T
    cosines = np.round(cosines, _DECIMALS)
    place = int(cosines.argmax())
    return float(cosines.flat[place]), place // len(theirs), place % len(theirs)
