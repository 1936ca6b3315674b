"""How well attributes are told from sound: by formulas, by the model at work, by the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import NotFoundError
from segue.evaluation import numbers
from segue.evaluation.overview.measured import of_means, of_weights, resampled
from segue.evaluation.overview.report import Method
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.evaluation.overview.gathering import Gathering
    from segue.library import Segue
    from segue.types import Floats, Vectors

NEAR = 0.04
"""How far a tempo may be off, as a share of the true one (Gouyon et al. 2006, accuracy 1)."""

FEWEST = 20
"""Tracks with given attributes that figures need."""


def tell(segue: Segue, into: Gathering, *, draws: int, seed: int) -> None:
    """Judge what is said of tracks that have given attributes and were heard.

    Raises
    ------
    NotFoundError
        There are too few of them.
    """
    from segue.jobs.catalogue_examples import from_catalogue
    from segue.jobs.guessing import predictor_of

    examples = from_catalogue(segue.database, settings=segue.settings).examples
    if len(examples) < FEWEST:
        raise NotFoundError(
            f"{len(examples)} tracks have both given attributes and analysed audio",
            remedy="Import a table with attributes of your files: `segue import tracks FILE`",
        )
    vectors = examples.features.astype(np.float32)
    said = {
        Method("mean", "simple", "the mean of these tracks, the most frequent key"): _usual(
            examples.values
        ),
        Method("formulas", "predictor", "what the signal says, without training"): _estimated(
            segue, vectors
        ),
    }
    model = predictor_of(segue.settings)
    if model is not None:
        words = "what the model at work predicts; it may have learned from these very tracks"
        said[Method(model.provenance, "predictor", words)] = model.predict(vectors)
    into.sizes["tracks with attributes and audio"] = len(examples)
    artists = examples.artists or [""] * len(examples)
    for method, told in said.items():
        _judge(into, method, examples.values, told, artists=list(artists), draws=draws, seed=seed)


def _judge(
    into: Gathering,
    method: Method,
    values: Mapping[str, Floats],
    told: Mapping[str, Floats],
    *,
    artists: list[str],
    draws: int,
    seed: int,
) -> None:
    resampling = resampled(artists, draws=draws, seed=seed)
    known = [name for name in CONTINUOUS if name in values and np.nanstd(values[name]) > 0]

    def mean_r2(weights: Floats) -> Floats:
        parts = [numbers.r2(values[name], told[name], weights=weights) for name in known]
        means: Floats = np.mean(parts, axis=0)
        return means

    if known:
        into.add("predicted_r2", method, of_weights(mean_r2, resampling, count=len(artists)))
    for name in ("key", "mode", "tempo"):
        if name not in values or name not in told:
            continue
        true, said = values[name], told[name]
        right = np.abs(said - true) <= (NEAR * true if name == "tempo" else 0)
        figure = np.where(np.isnan(true), np.nan, right.astype(np.float64))
        into.add(f"{name}_accuracy", method, of_means(figure, resampling))


def _usual(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The same for every track: the mean, of keys and modes the most frequent."""
    said = {}
    for name, column in values.items():
        there = column[~np.isnan(column)]
        if len(there):
            counted = np.bincount(there.astype(np.int64)) if name in {"key", "mode"} else None
            usual = there.mean() if counted is None else counted.argmax()
            said[name] = np.full(len(column), float(usual))
    return said


def _estimated(segue: Segue, vectors: Vectors) -> dict[str, Floats]:
    """What formulas and the signal say, NaN where they are unsure."""
    from segue.descriptors.hearing import estimates
    from segue.jobs.guessing import estimator_of

    estimator = estimator_of(segue.database)
    rows = [estimator.completed(estimates(vector), vector).known() for vector in vectors]
    names = (*CONTINUOUS, "tempo", "key", "mode")
    return {
        name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in names
    }
