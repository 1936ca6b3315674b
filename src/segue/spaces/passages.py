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
from segue.snapshot import WindowPair
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
        return tuple(
            Comparison(
                feature=FEATURE,
                seed=f"{pair.seed + 1} of {pair.of_seed}",
                track=f"{pair.track + 1} of {pair.of_track}",
                likeness=pair.likeness,
                agreement=self._agreement,
            )
            for pair in self.closest(windows, place, most=1)
        )

    def closest(
        self, windows: NDArray[np.float16], place: int, *, most: int
    ) -> tuple[WindowPair, ...]:
        """The closest pairs of windows of a seed and the embedded track at `place`; none twice."""
        theirs = self._embeddings.windows[place]
        found = []
        for cosine, ours, other in _closest(windows, theirs, most=most):
            likeness = bisect_left(self._spread, cosine) / max(len(self._spread), 1)
            likeness = 1.0 if cosine >= 1.0 else likeness
            found.append(WindowPair(ours, len(windows), other, len(theirs), likeness))
        return tuple(found)

    @cached_property
    def _spread(self) -> list[float]:
        """Cosines of the closest windows of random pairs of tracks, sorted."""
        generator = np.random.default_rng(SEED)
        pairs = generator.integers(len(self._embeddings), size=(PAIRS, 2))
        windows = self._embeddings.windows
        return sorted(
            _closest(windows[one], windows[other], most=1)[0][0]
            for one, other in pairs.tolist()
            if one != other
        )


def _closest(
    ours: NDArray[np.float16], theirs: NDArray[np.float16], *, most: int
) -> list[tuple[float, int, int]]:
    """The highest cosines of a window of ours and one of theirs, and which these are.

    No window comes twice. Rounded, so that of equal ones the first is found.
    """
    cosines = to_units(ours.astype(np.float64)) @ to_units(theirs.astype(np.float64)).T
    cosines = np.round(cosines, _DECIMALS)
    found = []
    for _ in range(min(most, *cosines.shape)):
        mine, other = divmod(int(cosines.argmax()), cosines.shape[1])
        found.append((float(cosines[mine, other]), mine, other))
        cosines[mine], cosines[:, other] = -np.inf, -np.inf
    return found
