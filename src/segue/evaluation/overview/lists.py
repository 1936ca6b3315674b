"""What lists of recommendations are like, whoever asked: the side that accuracy does not see.

Every method answers the same seeds with ten tracks each. Of all lists together:

``coverage``       different tracks / the most there could be, min(tracks, rows);
``concentration``  how many times more often than by chance two lists share a track. With c_t the
                   number of lists that hold track t, S their rows and n the tracks,
                   n · Σ c_t (c_t - 1) / (S (S - 1)) (Simpson's index of concentration, Nature 163,
                   1949): 1 where every track is drawn alike, and the same whatever the number of
                   lists, which the share of the first hundredth is not;
``head``           the share of the rows that the most recommended hundredth of tracks takes.

Of each list, the mean over lists:

``novelty``        mean of -log₂ p_t, p_t the share of playlists that hold the track, the
                   self-information of Vargas and Castells (RecSys 2011); one more playlist is
                   counted everywhere, so that a track in none has a number;
``diversity``      mean over pairs of 1 - cosine in one space for all methods (Ziegler et al., WWW
                   2005);
``popularity_bias``  mean percentile of popularity (0 to 100) of the rows minus that of the seed;
``repetition``     most rows that one artist has.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.snapshot import Corpus, Space
    from segue.types import Floats, Mask, Rows

LENGTH = 10
"""Rows of a list."""


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Rows that one method recommends for seeds.

    `rows` has shape (seeds, `LENGTH`), -1 where a list is shorter; all of it where a seed was not
    answered.
    """

    rows: Rows

    @property
    def answered(self) -> Mask:
        """Which seeds were answered, shape (seeds,)."""
        answered: Mask = np.any(self.rows >= 0, axis=1)
        return answered

    def counts(self, tracks: int, counted: Mask) -> Rows:
        """How many of the lists that count hold each track, shape (tracks,)."""
        shown = self.rows[counted]
        return np.bincount(shown[shown >= 0], minlength=tracks).astype(np.int64)


def coverage(counts: Rows) -> float:
    """Different tracks as a share of as many as there could be, in [0, 1]; NaN of no row."""
    most = min(len(counts), int(counts.sum()))
    return np.count_nonzero(counts) / most if most else np.nan


def concentration(counts: Rows) -> float:
    """How many times more often than by chance two rows are the same track, 0 or more.

    NaN of fewer than two rows. 0 where no track comes twice.
    """
    rows = int(counts.sum())
    if rows < 2:
        return np.nan
    twice = float((counts.astype(np.float64) * (counts - 1)).sum())
    return len(counts) * twice / (rows * (rows - 1))


def head(counts: Rows) -> float:
    """Share of the rows that the most recommended hundredth of tracks takes; NaN of no row."""
    rows = int(counts.sum())
    first = max(1, len(counts) // 100)
    return float(np.sort(counts)[-first:].sum()) / rows if rows else np.nan


def novelty(lists: Lists, shares: Floats) -> Floats:
    """Mean of -log₂ of each list's shares, shape (seeds,); NaN where not answered.

    Parameters
    ----------
    shares
        By track, above 0.
    """
    return _means(lists, -np.log2(shares))


def shares_of(corpus: Corpus) -> Floats:
    """The share of playlists that hold each track, one more counted everywhere, shape (tracks,).

    Empty where there are no playlists.
    """
    if not len(corpus.playlists):
        return np.empty(0)
    held = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    shares: Floats = (held + 1) / (len(corpus.playlists) + 1)
    return shares


def popularity_of(corpus: Corpus) -> Floats:
    """Percentile of how popular each track is, 0 to 100, equal ones sharing theirs.

    By the playlists that hold it, where there are any; else by the popularity that a table says,
    NaN where it says none. Shape (tracks,); empty where nothing is known.
    """
    if len(corpus.playlists):
        known = np.bincount(corpus.playlists.rows, minlength=len(corpus)).astype(np.float64)
    else:
        known = corpus.popularity.astype(np.float64)
    there = np.isfinite(known)
    if not there.any():
        return np.empty(0)
    from scipy.stats import rankdata

    found = np.full(len(known), np.nan)
    found[there] = 100 * (rankdata(known[there]) - 0.5) / there.sum()
    return found


def popularity_bias(lists: Lists, seeds: Rows, popularity: Floats) -> Floats:
    """How much more popular each list is than its seed, shape (seeds,); NaN where unknown."""
    bias: Floats = _means(lists, popularity) - popularity[seeds]
    return bias


def repetition(lists: Lists, artists: Sequence[Sequence[str]]) -> Floats:
    """Most rows that one artist has in each list, shape (seeds,); NaN where not answered."""
    found = np.full(len(lists.rows), np.nan)
    for place, rows in enumerate(lists.rows):
        shown = rows[rows >= 0].tolist()
        if shown:
            heard = Counter(name for row in shown for name in set(artists[row]))
            found[place] = max(heard.values(), default=1)
    return found


def diversity(lists: Lists, space: Space) -> Floats:
    """Mean distance, 1 - score, over the pairs of each list, shape (seeds,).

    Rows that do not stand in the space are left out; NaN where fewer than two stand there.
    """
    found = np.full(len(lists.rows), np.nan)
    for place, rows in enumerate(lists.rows):
        shown = rows[rows >= 0]
        shown = shown[space.placed[shown]]
        if len(shown) < 2:
            continue
        points = [space.point(row) for row in shown.tolist()]
        scores = space.score([point for point in points if point is not None], rows=shown)
        pairs = [scores[a, b] for a, b in combinations(range(len(shown)), 2)]
        found[place] = 1 - float(np.mean(pairs))
    return found


def _means(lists: Lists, values: Floats) -> Floats:
    """The mean of the known values of each list's tracks, shape (seeds,); NaN of none."""
    there = lists.rows >= 0
    of_rows = np.where(there, values[np.where(there, lists.rows, 0)], np.nan)
    known = ~np.isnan(of_rows)
    sums = np.where(known, of_rows, 0.0).sum(axis=1)
    counts = known.sum(axis=1)
    means: Floats = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return means
