"""Choosing the parameters of a playlist space on a validation split.

A small seeded search. The parameters that are given come first, or the ordinary ones. Then, in
turns, a set is drawn from all choices, or the best so far is changed in one of its parameters: the
first finds the region, the second what is best in it, and neither needs a model of the search
(Bergstra & Bengio, *Random search for hyper-parameter optimization*, JMLR 13, 2012). What counts is
the mean R-precision over the scenarios: half of a playlist, five seeds and one
(`segue.training.playlists.questions`).

What a search is given to learn from and to ask about is its caller's to part: playlists for
testing are in neither.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadRequestError
from segue.spaces.memberships import Weighting
from segue.training.playlists import factors, item2vec, together
from segue.training.playlists.factors import FactorsParameters
from segue.training.playlists.item2vec import Item2VecParameters
from segue.training.playlists.methods import OfSpace, Scorer
from segue.training.playlists.questions import HALF
from segue.training.playlists.trial import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.snapshot import Space
    from segue.training.playlists.fitted import Fitted
    from segue.training.playlists.material import Material
    from segue.types import Progress

SCENARIOS = (HALF, "5", "1")

METRIC = "r_precision"

Choices = MappingProxyType[str, tuple[float, ...]]

CHOICES: Mapping[str, Choices] = MappingProxyType(
    {
        "together": MappingProxyType(
            {
                "seed": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
                "track": (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
                "length": (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8),
                "shrinkage": (0.0, 1.0, 3.0, 10.0, 20.0, 40.0),
            }
        ),
        "playlists": MappingProxyType(
            {
                "dims": (64, 100, 128),
                "epochs": (3, 5, 8),
                "negative": (5, 10),
                "ns_exponent": (-0.5, 0.0, 0.5, 0.75, 1.0),
                "sample": (0.0, 1e-4, 1e-3),
                "min_count": (2, 3, 4, 5),
                "window": (25, 50, 100, 250),
                "alpha": (0.025, 0.05),
                "prior": (0.05, 0.075, 0.1, 0.125, 0.15, 0.2),
            }
        ),
        "factors": MappingProxyType(
            {
                "factors": (64, 96, 128, 192),
                "regularization": (0.01, 0.05, 0.5, 3.0, 10.0, 30.0),
                "alpha": (3.0, 10.0, 20.0, 30.0, 50.0),
                "iterations": (8, 12, 16),
                "min_count": (1, 2, 3),
            }
        ),
    }
)
"""What may be chosen, by space."""

Parameters = Weighting | Item2VecParameters | FactorsParameters

ORDINARY: Mapping[str, Parameters] = MappingProxyType(
    {
        "together": Weighting(),
        "playlists": Item2VecParameters(),
        "factors": FactorsParameters(),
    }
)
"""What is taken where nobody has chosen."""


@dataclass(frozen=True, slots=True)
class Try:
    """One set of parameters and what it found: mean R-precision, also by scenario."""

    parameters: Mapping[str, Any]
    score: float
    scores: Mapping[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """A search: every try in order; the first is with the parameters it began with, `base`."""

    space: str
    base: Parameters
    tries: tuple[Try, ...]

    @property
    def best(self) -> Try:
        """The first of the highest score."""
        return max(self.tries, key=lambda each: each.score)

    @property
    def parameters(self) -> Any:  # noqa: ANN401 (one of three dataclasses)
        """The best ones, as the space's `fit` takes them."""
        return replace(self.base, **self.best.parameters)

    def to_json(self) -> dict[str, Any]:
        """The best, how good those are that it began with, and how many were tried."""
        return {
            "parameters": dict(self.best.parameters),
            "score": round(self.best.score, 5),
            "scores": {name: round(value, 5) for name, value in self.best.scores.items()},
            "ordinary_score": round(self.tries[0].score, 5),
            "tries": len(self.tries),
        }


def tune(
    material: Material,
    space: str,
    *,
    base: Parameters | None = None,
    tries: int = 24,
    seconds: float | None = None,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> Tuned:
    """Search the parameters of `together`, `playlists` (item2vec) or `factors`.

    Parameters
    ----------
    material
        Playlists to learn from, and others, for validation, to be asked about.
    space
        Which.
    base
        What is tried first, and keeps what `CHOICES` has nothing of; the ordinary parameters if
        None.
    tries
        How many sets of parameters, with the first, 1 or more.
    seconds
        No further set is begun after so long.
    seed
        Settles which sets are tried, and every fit.
    on_progress
        Called after every try with (tries, in all, what).

    Raises
    ------
    BadRequestError
        There is nothing to choose of this space.
    """
    if space not in CHOICES:
        raise BadRequestError(
            f"{space!r} has no parameters to choose", remedy=f"Use one of: {', '.join(CHOICES)}"
        )
    base = ORDINARY[space] if base is None else base
    rng = np.random.default_rng(seed)
    began = time.perf_counter()
    done: list[Try] = []
    seen: set[tuple[float, ...]] = set()
    for number in range(tries):
        if done and seconds is not None and time.perf_counter() - began > seconds:
            break
        chosen = _next(space, base, done, seen=seen, rng=rng)
        if chosen is None:
            break
        done.append(_try(material, space, base, chosen, seed=seed))
        if on_progress is not None:
            best = max(each.score for each in done)
            on_progress(number + 1, tries, f"choosing for {space}: {best:.4f} so far")
    return Tuned(space, base, tuple(done))


def _next(
    space: str,
    base: Parameters,
    done: Sequence[Try],
    *,
    seen: set[tuple[float, ...]],
    rng: np.random.Generator,
) -> dict[str, Any] | None:
    """A set not tried yet; None where none is found."""
    choices = CHOICES[space]
    for _ in range(100):
        if not done:
            chosen = {name: getattr(base, name) for name in choices}
        elif len(done) % 2:
            chosen = {name: _drawn(values, rng) for name, values in choices.items()}
        else:
            best = max(done, key=lambda each: each.score).parameters
            name = list(choices)[int(rng.integers(len(choices)))]
            chosen = {**best, name: _drawn(choices[name], rng)}
        key = tuple(float(chosen[name]) for name in choices)
        if key not in seen:
            seen.add(key)
            return chosen
    return None


def _drawn(values: Sequence[float], rng: np.random.Generator) -> float:
    return values[int(rng.integers(len(values)))]


def fit(
    material: Material,
    space: str,
    parameters: Any,  # noqa: ANN401 (one of three dataclasses)
    *,
    seed: int = 42,
) -> Fitted:
    """Train a space of `CHOICES` with given parameters."""
    if space == together.NAME:
        return together.fit(material.corpus, parameters, seed=seed)
    if space == factors.NAME:
        return factors.fit(material.corpus, parameters, seed=seed)
    return item2vec.fit(material.corpus, parameters, seed=seed)


def _try(
    material: Material, space: str, base: Parameters, chosen: Mapping[str, Any], *, seed: int
) -> Try:
    began = time.perf_counter()
    fitted = fit(material, space, replace(base, **chosen), seed=seed)
    corpus = fitted.into(material.corpus)
    method = OfSpace(Scorer(corpus, {space: _built(space).build(corpus)}), space)
    trial = run(replace(material, corpus=corpus), {space: method}, scenarios=SCENARIOS)
    scores = {name: found[space].mean(METRIC) for name, found in trial.found.items()}
    mean = float(np.mean(list(scores.values())))
    return Try(dict(chosen), mean, scores, time.perf_counter() - began)


def _built(space: str) -> type[Space]:
    from segue.spaces.registry import discover

    return discover()[space]
