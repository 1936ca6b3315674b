"""Two faults of a space that precision does not show: hubs, and neighbours that do not hold.

**Hubs.** In a space of many dimensions some tracks are near to everything and turn up in every
answer, others in none. N₁₀(x) is how many tracks have x among their ten nearest; its mean is 10
whatever the space, and its skewness, E[(N₁₀ - µ)³] / σ³, tells how unevenly that is spread: 0 for
none favoured, above 1 or so a few tracks crowd the answers (Radovanović, Nanopoulos and Ivanović,
JMLR 11, 2010).

**Neighbours that do not hold.** The same recording at another bit rate, louder, or begun a second
later is the same music. `kept` is the share of a track's ten nearest that are still its ten
nearest when the altered version asks in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadRequestError
from segue.evaluation.ranking import Ranking
from segue.evaluation.weighing import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.types import Floats, Rows


def skewness(occurrences: Floats) -> float:
    """Skewness of how often each track is a neighbour; 0 where all are equally often, or none is.

    Parameters
    ----------
    occurrences
        Shape (n,), as `segue.evaluation.retrieval.Retrieval` has them.
    """
    if len(occurrences) == 0:
        return 0.0
    apart = occurrences - occurrences.mean()
    deviation = np.sqrt(np.square(apart).mean())
    # Equal ones that were summed of parts differ by rounding.
    if deviation <= 1e-9 * (1.0 + np.abs(occurrences).max()):
        return 0.0
    return float(np.mean((apart / deviation) ** 3))


def kept(before: Rows, after: Rows) -> Floats:
    """The share of each query's neighbours that it keeps, in [0, 1].

    Parameters
    ----------
    before, after
        Shape (queries, k): rows of the nearest tracks, -1 where there are fewer, of the tracks as
        they are and of their altered versions; the query's own track is in neither.

    Returns
    -------
    Floats
        Shape (queries,); NaN where a query had no neighbour.

    Raises
    ------
    BadRequestError
        They are not of the same shape.
    """
    if before.shape != after.shape:
        raise BadRequestError(
            f"neighbours of shape {before.shape} cannot be set against those of {after.shape}",
            remedy="Ask for the same queries and as many neighbours in both",
        )
    there = before >= 0
    again = (before[:, :, np.newaxis] == after[:, np.newaxis, :]).any(axis=2) & there
    return ratio(again.sum(axis=1, dtype=np.float64), there.sum(axis=1, dtype=np.float64))


def nearest(scores: NDArray[np.floating[Any]], *, queries: Rows, most: int = 10) -> Rows:
    """Rows of the `most` nearest tracks of each query, never the query's own row.

    Parameters
    ----------
    scores
        Shape (queries, n), finite: likeness of each query, or of its altered version, to all
        tracks.
    queries
        The row of each query's own track.
    most
        How many.

    Returns
    -------
    Rows
        Shape (queries, most): equal ones by row; -1 where there are fewer.
    """
    own = np.arange(scores.shape[1]) == queries[:, np.newaxis]
    best = Ranking.of(scores, out=own).best(most)
    rows = np.full((len(scores), most), -1, dtype=np.int64)
    rows[:, : best.shape[1]] = best
    return rows
