"""Updates of several instances into the next round, and what is left of the last one as a model.

The order in which updates are named makes no difference: they are added in the order of their
digests. What is refused, and why, is said by `check`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadFileError, BadRequestError
from segue.spaces.federated import FederatedModel
from segue.training.federated.plan import Round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.training.federated.files import Named
    from segue.training.federated.plan import Plan, Update
    from segue.types import Floats, Vectors

FEWEST = 2
"""Instances without which nothing is shared."""

POWER = 0.5
"""How much less a feature weighs the more it is met."""

STRENGTH = 2.0
"""How much company counts beside content when all directions stand out."""

_SURE = 6.0
"""Deviations that noise is taken to keep within."""

_BEYOND = 4.0


def merged(where: Named[Round], updates: Sequence[Named[Update]]) -> Round:
    """The next round.

    Raises
    ------
    BadRequestError
        There are too few updates, two of one instance, or nothing more to do.
    BadFileError
        An update belongs elsewhere, or no honest instance could have made it.
    """
    here = where.held
    if here.finished:
        raise BadRequestError(
            f"all {here.number} rounds are done",
            where=str(where.path),
            remedy="Use the model: `segue federate use FILE`",
        )
    if len(updates) < FEWEST:
        raise BadRequestError(
            f"{len(updates)} update shares nothing", remedy=f"Merge those of {FEWEST} or more"
        )
    by_instance: dict[str, Named[Update]] = {}
    for each in updates:
        check(where, each)
        other = by_instance.setdefault(each.held.instance, each)
        if other is not each:
            raise BadRequestError(
                f"{other.path} and {each.path} come from the same instance ({each.held.instance})",
                remedy="Leave one of them out: nobody counts twice",
            )
    ordered = sorted(updates, key=lambda each: each.digest)
    total = np.zeros(here.weights.shape)
    for each in ordered:
        total += each.held.values.astype(np.float64)
    noise = here.plan.noise(here.number) * math.sqrt(len(ordered))
    return turned(here, total, noise=noise, peers=len(ordered))


def check(where: Named[Round], update: Named[Update]) -> None:
    """Refuse an update that does not belong to a round, or that nobody can have made honestly.

    Raises
    ------
    BadFileError
        It is of another federation or round, answers another file, bears other noise, has another
        shape, numbers that are none, or is longer than all playlists of an instance could make it.
    """
    here, there, at = where.held, update.held, str(update.path)
    plan = here.plan
    if there.federation != plan.federation:
        raise BadFileError(
            f"the update belongs to the federation {there.federation}, the round to"
            f" {plan.federation}",
            where=at,
        )
    if there.number != here.number or there.answers != where.digest:
        raise BadFileError(
            f"the update answers round {there.number} ({there.answers[:12]}), this is round"
            f" {here.number} ({where.digest[:12]})",
            where=at,
            remedy="Let its sender answer this file: `segue federate update ROUND --out FILE`",
        )
    if there.values.shape != here.weights.shape:
        raise BadFileError(
            f"the update has shape {there.values.shape}, the weights {here.weights.shape}", where=at
        )
    if not np.isfinite(there.values).all():
        raise BadFileError("the update holds numbers that are none (NaN or infinite)", where=at)
    if not math.isclose(there.noise, plan.noise(here.number), rel_tol=1e-9):
        raise BadFileError(
            f"the update says that it bears noise of {there.noise:g}, agreed were"
            f" {plan.noise(here.number):g}",
            where=at,
        )
    length = float(np.linalg.norm(there.values.astype(np.float64)))
    most = longest(plan, here.number)
    if length > most:
        raise BadFileError(
            f"the update has length {length:,.1f}; {plan.most:,} playlists and noise make at most"
            f" {most:,.1f}",
            where=at,
            remedy="Ask its sender: somebody who wants the model to be his alone could make it so",
        )


def longest(plan: Plan, number: int) -> float:
    """What no honest update is longer than: all playlists alike, and noise within 6 deviations."""
    numbers = plan.columns * plan.dims
    playlists = plan.most * plan.length(number)
    return playlists * (1 + 1e-6) + plan.noise(number) * (math.sqrt(numbers) + _SURE)


def edge(plan: Plan, number: int, peers: int) -> float:
    """How far noise alone makes a direction stand out: σ C √peers (√columns + √dims + 4).

    The greatest singular value of noise lies beyond it with a chance below e⁻⁸ (Davidson & Szarek;
    Vershynin, "Introduction to the non-asymptotic analysis of random matrices", 2010, corollary
    5.35).
    """
    deviation = plan.noise(number) * math.sqrt(peers)
    return deviation * (math.sqrt(plan.columns) + math.sqrt(plan.dims) + _BEYOND)


def model(done: Round) -> FederatedModel:
    """What a finished federation has learned.

    Directions that do not stand out of the noise are left out, and company counts the less, the
    fewer are left.

    Raises
    ------
    BadRequestError
        It is not finished.
    """
    if not done.finished:
        raise BadRequestError(
            f"{done.number} of {done.plan.rounds} rounds are done",
            remedy="Go on: everybody answers the file with `segue federate update`",
        )
    kept = kept_of(done)
    return FederatedModel(
        weights=done.weights[:, :kept],
        scales=done.scales.astype(np.float64),
        artists=done.plan.artists,
        releases=done.plan.releases,
        strength=STRENGTH * math.sqrt(kept / done.plan.dims),
    )


def kept_of(done: Round) -> int:
    """How many directions stand out of the noise."""
    limit = edge(done.plan, done.number - 1, done.peers[-1])
    return sum(height > limit for height in done.heights)


def turned(here: Round, total: Floats, *, noise: float, peers: int) -> Round:
    """The round that follows from the sum of all updates.

    Parameters
    ----------
    total
        Shape (columns, dims).
    noise
        Deviation of the noise in each of its numbers.
    peers
        Of how many instances it is the sum.
    """
    together = (*here.peers, peers)
    if here.number == 0:
        weights = np.linalg.qr(total)[0].astype(np.float32)
        return Round(here.plan, 1, weights, _scales(total, noise=noise), together)
    found, heights, _ = np.linalg.svd(total, full_matrices=False)
    weights = found.astype(np.float32)
    falling = tuple(float(height) for height in heights)
    return Round(here.plan, here.number + 1, weights, here.scales, together, falling)


def _scales(total: Floats, *, noise: float) -> Vectors:
    """What features weigh: 1 / √(length of the row), noise taken out; 1 for the rarest.

    A row of the sum is the longer, the more playlists have the feature. Below what noise makes
    alone, and below the middle one, nothing is told apart.
    """
    dims = total.shape[1]
    squares = np.einsum("ij,ij->i", total, total) - dims * noise**2
    lengths = np.sqrt(np.maximum(squares, 0.0))
    met = lengths[lengths > 0]
    middle = float(np.median(met)) if len(met) else 1.0
    scales = np.maximum(lengths, max(2.0 * noise * dims**0.25, middle)) ** -POWER
    found: Vectors = (scales / scales.max()).astype(np.float32)
    return found
