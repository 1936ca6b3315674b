"""Figures of one method trained several times: what its seeds say each, together and apart.

What a network finds depends on the seed it was trained with. Each figure is the mean over seeds of
its mean over queries; its **spread** is the standard deviation of the seeds around it (n - 1 below
the bar), and its interval is that of each query's mean over seeds, by artist. So the spread tells
of the luck of training, and the interval of the choice of tracks.

The documents here are what ``benchmarks/results/ears.json`` holds, and what
`segue.evaluation.ears_page` reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation.hubness import kept, nearest
from segue.evaluation.report import plain
from segue.evaluation.retrieval import METRICS, NEAREST, together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.intervals import Interval
    from segue.evaluation.retrieval import Gallery, Retrieval
    from segue.types import Floats, Rows


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Mean and spread of what each seed said; the spread of one is 0."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    told: dict[str, Any] = plain(
        {"mean": float(np.mean(values)), "spread": spread, "seeds": list(map(float, values))}
    )
    return told


def method(gallery: Gallery, runs: Sequence[Retrieval]) -> dict[str, Any]:
    """Every metric of one method, and its hubness.

    Parameters
    ----------
    gallery
        The tracks.
    runs
        What each seed found; one for a method without seeds.

    Returns
    -------
    dict
        By metric: `summary` with ``low``, ``high`` and ``queries``; and ``hubness``.
    """
    whole = together(runs)
    told: dict[str, Any] = {}
    for metric in METRICS:
        figure = gallery.figure(whole, metric)
        means = [gallery.figure(run, metric).value for run in runs]
        ends = {"low": figure.low, "high": figure.high, "queries": figure.queries}
        told[metric] = {**summary(means), **plain(ends)}
    return {**told, "hubness": summary([run.hubness for run in runs])}


def pair(
    gallery: Gallery, first: Sequence[Retrieval], second: Sequence[Retrieval]
) -> dict[str, Any]:
    """One method beside another on the same draws of artists, each query's mean over seeds.

    Returns
    -------
    dict
        By metric: ``difference`` and ``ratio``, each with ``value``, ``low`` and ``high``.
    """
    ours, theirs = together(first), together(second)
    return {
        metric: {
            "difference": _interval(gallery.difference(ours, theirs, metric)),
            "ratio": _interval(gallery.ratio(ours, theirs, metric)),
        }
        for metric in METRICS
    }


def robustness(scores: Floats, altered: Mapping[str, Floats], *, queries: Rows) -> dict[str, float]:
    """The mean share of ten neighbours kept, by alteration.

    Parameters
    ----------
    scores
        Shape (n, n): likeness of all tracks.
    altered
        By alteration, shape (queries, n): likeness of altered tracks to all as they are.
    queries
        Rows of the tracks that were altered.
    """
    shares = shares_kept(scores, altered, queries=queries)
    return {name: round(float(np.mean(each)), 6) for name, each in shares.items()}


def shares_kept(
    scores: Floats, altered: Mapping[str, Floats], *, queries: Rows
) -> dict[str, Floats]:
    """The share of ten neighbours that each query keeps, by alteration; see `robustness`."""
    before = nearest(scores[queries], queries=queries, most=NEAREST)
    return {name: kept(before, nearest(each, queries=queries)) for name, each in altered.items()}


def _interval(told: Interval) -> dict[str, Any]:
    written: dict[str, Any] = plain({"value": told.value, "low": told.low, "high": told.high})
    return written
