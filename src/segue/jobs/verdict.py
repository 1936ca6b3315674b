"""The verdict on a network: whether it finds better neighbours than descriptors do, and where.

It is judged where it will be used, on artists of this very library that were held back
(`segue.jobs.held_back`), by what their tracks find among each other (`segue.evaluation.retrieval`):

========  ==========================================  =====================================
network   is at work if, on artists held back,        because
========  ==========================================  =====================================
sound     the sum of the cosines of ``sound`` and     that sum is the lens that a listener
          ``descriptors`` has a higher artist P@10    would get instead of descriptors
          than the cosine of descriptors alone
genre     the cosine of ``genre`` has a higher genre  artists are no part of what it
          P@10 than that of descriptors, the          is for
          artist's own tracks taken out
========  ==========================================  =====================================

The figure itself decides, not whether its interval holds 0: descriptors have no better claim than
what was measured, and waiting for certainty would keep most libraries from ever hearing a network
that helps. The interval of the difference, over artists, is told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.embedding.windows import HALF_RANGE, restored, windows
from segue.errors import BadRequestError
from segue.evaluation.retrieval import METRICS, Gallery, cosines
from segue.spaces.descriptors import DescriptorsSpace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.embedding.embedder import Embedder
    from segue.embedding.material import Material
    from segue.evaluation.intervals import Interval
    from segue.evaluation.retrieval import Figure
    from segue.snapshot import Corpus
    from segue.types import Floats, Rows, Vectors

BASELINE = "descriptors"
"""What a network is measured against."""

DECIDING: Mapping[str, str] = {"sound": "artist_precision_10", "genre": "genre_precision_10"}
"""The metric that decides, by network."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What came of judging one network.

    Attributes
    ----------
    space
        The network's.
    metric
        What decided.
    method
        What of it was judged: the space alone, or its sum with descriptors.
    figures
        By method and metric.
    difference
        By how much `method` is above descriptors, with its interval.
    tracks, artists
        How many it was judged on.
    invented
        Whether all of these are invented music, which says little of real music.
    """

    space: str
    metric: str
    method: str
    figures: Mapping[str, Mapping[str, Figure]]
    difference: Interval
    tracks: int
    artists: int
    invented: bool = False

    @property
    def helps(self) -> bool:
        """Whether it is better than descriptors alone."""
        return bool(self.difference.value > 0)

    @property
    def ours(self) -> Figure:
        """The deciding figure of the network."""
        return self.figures[self.method][self.metric]

    @property
    def theirs(self) -> Figure:
        """The deciding figure of descriptors alone."""
        return self.figures[BASELINE][self.metric]

    def to_json(self) -> dict[str, Any]:
        """What a manifest's `metrics` keep of it: `held_out` and `decision`."""
        told = {
            method: {
                metric: {
                    "value": each.value,
                    "low": each.low,
                    "high": each.high,
                    "queries": each.queries,
                }
                for metric, each in figures.items()
            }
            for method, figures in self.figures.items()
        }
        return {
            "held_out": {"tracks": self.tracks, "artists": self.artists, "figures": told},
            "decision": {
                "at_work": self.helps,
                "invented": self.invented,
                "metric": self.metric,
                "method": self.method,
                "baseline": BASELINE,
                "ours": self.ours.value,
                "theirs": self.theirs.value,
                "difference": self.difference.value,
                "low": self.difference.low,
                "high": self.difference.high,
            },
        }


def judge(embedder: Embedder, held: Material, corpus: Corpus, *, seed: int = 42) -> Verdict:
    """Judge a network on tracks of a catalogue that it was not taught with.

    Parameters
    ----------
    embedder
        What was trained.
    held
        The tracks held back; their ids are those of `corpus`.
    corpus
        The catalogue, described.
    seed
        Of the draws that the intervals are made of.

    Raises
    ------
    BadRequestError
        Nothing of what decides can be asked: too few of the tracks have descriptors.
    """
    baseline, rows = _described(held, corpus)
    held = held.at(rows)
    return decided(embedder.space, cosines(averages(embedder, held)), baseline, held, seed=seed)


def decided(
    space: str, own: Floats, baseline: Floats, held: Material, *, seed: int = 42
) -> Verdict:
    """The verdict on scores.

    Parameters
    ----------
    space
        Of the network.
    own, baseline
        Cosines of every track to every track, by the network and by descriptors.
    held
        The tracks.
    seed
        As `judge`.

    Raises
    ------
    BadRequestError
        Nothing of what decides can be asked.
    """
    both = f"{space} + {BASELINE}"
    scores = {BASELINE: baseline, space: own, both: own + baseline}
    gallery = Gallery(held.artists, held.genres, seed=seed)
    found = {method: gallery.judge(each) for method, each in scores.items()}
    metric = DECIDING[space]
    method = both if space == "sound" else space
    verdict = Verdict(
        space=space,
        metric=metric,
        method=method,
        figures={method: gallery.figures(each) for method, each in found.items()},
        difference=gallery.difference(found[method], found[BASELINE], metric),
        tracks=len(held),
        artists=len(set(held.artists) - {""}),
        invented=held.synthetic,
    )
    if not np.isfinite(verdict.difference.value):
        raise BadRequestError(
            f"there is nothing to judge {space} by: no track held back asks for {METRICS[metric]}",
            remedy="Analyse all files (`segue analyse`), and run the same command again",
        )
    return verdict


def averages(embedder: Embedder, material: Material) -> Vectors:
    """Where tracks stand by an embedder: the mean of their windows' vectors, (tracks, width)."""
    width, count = embedder.manifest.width, embedder.manifest.windows
    means = np.zeros((len(material), width), dtype=np.float32)
    for row, kept in enumerate(material.spectrograms):
        # As decibels again: windows are cut and normalised as they are in serving.
        cut = windows(restored(kept) * HALF_RANGE, count=count)
        means[row] = embedder.embed_windows(cut).mean(axis=0)
    return means


def _described(held: Material, corpus: Corpus) -> tuple[Floats, Rows]:
    """Cosines of descriptors among the tracks that have them, and which rows those are."""
    space = DescriptorsSpace.build(corpus)
    known = [corpus.row_of.get(name, -1) for name in held.ids]  # type: ignore[call-overload]
    there = [row for row, of in enumerate(known) if of >= 0 and space.placed[of]]
    places = np.array([known[row] for row in there], dtype=np.int64)
    points = [point for of in places.tolist() if (point := space.point(of)) is not None]
    scores = space.score(points, rows=places).astype(np.float64)
    return scores, np.array(there, dtype=np.int64)
