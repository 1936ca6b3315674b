"""How well playlists are continued: hidden tracks against a ranking of candidates.

*Conventions.* G are the hidden tracks of one playlist, each once; R is the ranking, best first,
without the seeds, of at most 500 tracks; h_i is 1 where the track at rank i (from 1) stands in G
and 0 elsewhere. A hidden track that nothing could recommend stays in G.

The metrics are those of the RecSys Challenge 2018 (Zamani, Schedl, Lamere and Chen, ACM TIST
10(5), 2019). Published texts differ in two of them, so both are given:

========================  ======================================================================
``r_precision``           Σ_{i ≤ |G|} h_i / |G|
``r_precision_artist``    `r_precision` + 0.25 |A(G') ∩ A(R')| / |A(G')|, where G' are the hidden
                          tracks not among the first |G| of R, R' those of the first |G| of R that
                          are not hidden, and A(·) the artists of tracks, each once
``ndcg``                  DCG / Σ_{i ≤ min(|G|, 500)} 1 / log2(i + 1), where
                          DCG = Σ_i h_i / log2(i + 1): what the best ranking could have
``ndcg_found``            DCG / Σ_{i ≤ |G ∩ R|} 1 / log2(i + 1); 0 where nothing is found: how far
                          up stands what was found (the challenge's page and evaluation code)
``clicks``                ⌊(first rank with h_i = 1, less 1) / 10⌋; 51 where nothing is found
``recall_10``, ``_50``,   Σ_{i ≤ k} h_i / |G|
``_500``
========================  ======================================================================

DCG written as h_1 + Σ_{i ≥ 2} h_i / log2(i + 1) (Yang et al., 2018) is the same number, as
log2(2) is 1. Where the artist part is divided by |G| instead, it comes out lower; `r_precision`
alone is free of such doubt.

`Found` holds the figures of one method for every playlist; `compare` and `interval_of` say how far
they would move with other playlists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation import intervals
from segue.evaluation.weighing import mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from segue.evaluation.intervals import Interval
    from segue.types import Floats, Mask, Rows

MOST = 500
"""Candidates that count."""

NO_CLICK = 51.0
"""Clicks where nothing is found: one page more than there are."""

ARTIST = 0.25
"""What the artist part counts beside the tracks."""

TOP = 10
"""Places looked at where it is told what a method likes to recommend."""

METRICS: Mapping[str, str] = MappingProxyType(
    {
        "r_precision": "R-precision",
        "r_precision_artist": "with artists",
        "ndcg": "NDCG@500",
        "ndcg_found": "NDCG (found)",
        "clicks": "clicks",
        "recall_10": "recall@10",
        "recall_50": "recall@50",
        "recall_500": "recall@500",
    }
)
"""Every metric by name, with its label."""


def r_precision(hits: Mask, hidden: int) -> float:
    """Σ_{i ≤ |G|} h_i / |G|, in [0, 1].

    Parameters
    ----------
    hits
        h_i by rank, shape (candidates,).
    hidden
        |G|, at least 1.
    """
    return float(hits[:hidden].sum()) / hidden


def artist_part(
    ranking: Rows, hits: Mask, hidden: Rows, *, artists: Sequence[Collection[str]]
) -> float:
    """|A(G') ∩ A(R')| / |A(G')|, in [0, 1]; 0 where A(G') is empty.

    Parameters
    ----------
    ranking, hits
        R and h_i.
    hidden
        G, distinct.
    artists
        Artists by row; a row beyond the last has none.
    """
    first = ranking[: len(hidden)]
    matched = set(first[hits[: len(hidden)]].tolist())
    wanted = _artists(set(hidden.tolist()) - matched, artists)
    got = _artists(first[~hits[: len(hidden)]].tolist(), artists)
    return len(wanted & got) / len(wanted) if wanted else 0.0


def _artists(rows: Collection[int], artists: Sequence[Collection[str]]) -> set[str]:
    return {name for row in rows if row < len(artists) for name in artists[row]}


def gain(hits: Mask) -> float:
    """Σ_i h_i / log2(i + 1) over the first 500."""
    at = np.flatnonzero(hits[:MOST])
    return float((1.0 / np.log2(at + 2.0)).sum())


def best_gain(count: int) -> float:
    """Σ_{i ≤ min(count, 500)} 1 / log2(i + 1): `gain` with hits at the first `count` ranks."""
    return gain(np.ones(min(count, MOST), dtype=np.bool_))


def ndcg(hits: Mask, hidden: int) -> float:
    """`gain` over that of the best ranking there could be, in [0, 1]."""
    return gain(hits) / best_gain(hidden)


def ndcg_found(hits: Mask) -> float:
    """`gain` over that with all that was found on top, in [0, 1]; 0 where nothing was found."""
    count = int(hits[:MOST].sum())
    return gain(hits) / best_gain(count) if count else 0.0


def clicks(hits: Mask) -> float:
    """⌊(first rank with a hit - 1) / 10⌋, 0 to 49; 51 where there is none in 500."""
    at = np.flatnonzero(hits[:MOST])
    return float(at[0] // 10) if len(at) else NO_CLICK


def recall(hits: Mask, hidden: int, *, at: int) -> float:
    """Σ_{i ≤ at} h_i / |G|, in [0, 1]."""
    return float(hits[:at].sum()) / hidden


def judge(
    ranking: Rows, hidden: Rows, *, artists: Sequence[Collection[str]] = ()
) -> dict[str, float]:
    """Every metric of one ranking.

    Parameters
    ----------
    ranking
        Rows, best first, each once, without seeds; what lies beyond the first 500 does not count.
    hidden
        Rows, each once, at least one.
    artists
        Artists by row.
    """
    ranking = ranking[:MOST]
    hits = np.isin(ranking, hidden)
    plain = r_precision(hits, len(hidden))
    return {
        "r_precision": plain,
        "r_precision_artist": plain + ARTIST * artist_part(ranking, hits, hidden, artists=artists),
        "ndcg": ndcg(hits, len(hidden)),
        "ndcg_found": ndcg_found(hits),
        "clicks": clicks(hits),
        "recall_10": recall(hits, len(hidden), at=10),
        "recall_50": recall(hits, len(hidden), at=50),
        "recall_500": recall(hits, len(hidden), at=MOST),
    }


@dataclass(slots=True, eq=False)
class Found:
    """What one method found for every playlist, in the order in which they were asked.

    Attributes
    ----------
    values
        One number a playlist, by metric.
    tops
        The first ten rows of every ranking.
    """

    values: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in METRICS})
    tops: list[Rows] = field(default_factory=list)

    def __len__(self) -> int:
        """How many playlists were asked."""
        return len(self.tops)

    def add(self, ranking: Rows, hidden: Rows, *, artists: Sequence[Collection[str]] = ()) -> None:
        """Judge one more ranking; see `judge`."""
        for name, value in judge(ranking, hidden, artists=artists).items():
            self.values[name].append(value)
        self.tops.append(ranking[:TOP])

    def mean(self, metric: str) -> float:
        """Mean over the playlists; NaN without any."""
        return float(np.mean(self.values[metric])) if self.values[metric] else float("nan")

    def liking(self, counts: Rows) -> dict[str, float]:
        """What the method likes to recommend, seen over the first ten of every ranking.

        Parameters
        ----------
        counts
            In how many playlists of training each row stands, shape (tracks,).

        Returns
        -------
        dict
            ``distinct``: how many different tracks; ``coverage``: those as a share of all tracks
            that stand in any; ``popularity``: the median of the counts of what is recommended;
            ``head``: the share of it that is among the hundredth of tracks that stand in most.
        """
        shown = np.concatenate([np.empty(0, dtype=np.int64), *self.tops])
        standing = np.sort(counts[counts > 0])
        if not len(shown) or not len(standing):
            return dict.fromkeys(("distinct", "coverage", "popularity", "head"), 0.0)
        from_here = standing[-max(1, len(standing) // 100)]
        distinct = len(np.unique(shown))
        return {
            "distinct": float(distinct),
            "coverage": len(np.unique(shown[counts[shown] > 0])) / len(standing),
            "popularity": float(np.median(counts[shown])),
            "head": float(np.mean(counts[shown] >= from_here)),
        }


def average(true: Floats, predicted: Floats, /, *, weights: Floats | None = None) -> Floats:
    """Mean of `predicted`, as `segue.evaluation.intervals` asks for a metric; `true` is unused."""
    return mean(predicted, np.ones(len(true)) if weights is None else weights)


def interval_of(found: Found, metric: str, *, seed: int = 42) -> Interval:
    """The mean over playlists with its 95 % interval; whole playlists are drawn."""
    values = np.array(found.values[metric])
    return intervals.bootstrap(average, values, values, seed=seed)


def compare(first: Found, second: Found, metric: str, *, seed: int = 42) -> Interval:
    """By how much `first` is above `second` on the same playlists, with its 95 % interval."""
    ours, theirs = (np.array(each.values[metric]) for each in (first, second))
    return intervals.paired(average, ours, ours, theirs, seed=seed)
