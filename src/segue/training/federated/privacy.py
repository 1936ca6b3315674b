"""What noise promises: ε at δ of what one catalogue sends.

A sum over playlists, each brought to length C at most, changes by at most C when a playlist is
added or taken away. With Gaussian noise of deviation σ C in every number it is (ε, δ)-private with

    δ(ε) = Φ(μ/2 − ε/μ) − e^ε Φ(−μ/2 − ε/μ)        μ = 1/σ

and no better: the equation is exact (Balle & Wang, "Improving the Gaussian mechanism for
differential privacy", ICML 2018). Several sums of the same playlists, even when what is asked later
depends on what was said before, are as one with μ² = Σ μ_i² (Dong, Roth & Su, "Gaussian
differential privacy", JRSS B 2022). Every playlist takes part in every round, however many there
are (`segue.training.federated.steps.within`), so there is no sampling to account for, and no bound
such as the moments accountant's (Abadi et al., CCS 2016) is needed, which lies above.

Whoever has k of the playlists is protected by k μ in place of μ: taking all of his away changes a
sum by at most k C.
"""

from __future__ import annotations

import math

from segue.errors import BadRequestError

_STEPS = 100
_MOST = 1e3


def delta(mu: float, epsilon: float) -> float:
    """δ of noise of strength `mu` at ε."""
    if mu == 0:
        return 0.0
    low, high = mu / 2 - epsilon / mu, -mu / 2 - epsilon / mu
    return max(0.0, _below(low) - math.exp(epsilon + _log_below(high)))


def epsilon_of(mu: float, delta_: float) -> float:
    """The least ε, 0 or more, that noise of strength `mu` keeps at δ; infinite beyond reason."""
    if mu == 0 or delta(mu, 0.0) <= delta_:
        return 0.0
    if mu > _MOST or delta(mu, _most(mu)) > delta_:
        return math.inf
    low, high = 0.0, _most(mu)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if delta(mu, middle) > delta_ else (low, middle)
    return high


def strength_of(epsilon: float, delta_: float) -> float:
    """The greatest μ that keeps ε at δ.

    Raises
    ------
    BadRequestError
        There is no such promise.
    """
    check(epsilon, delta_)
    low, high = 0.0, 1.0
    while delta(high, epsilon) <= delta_:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if delta(middle, epsilon) <= delta_ else (low, middle)
    return low


def check(epsilon: float, delta_: float) -> None:
    """Refuse a promise that makes no sense.

    Raises
    ------
    BadRequestError
        ε is not between 0.01 and 100, or δ not between 0 and 0.01.
    """
    if not 0.01 <= epsilon <= 100:
        raise BadRequestError(
            f"ε = {epsilon:g} is no promise that noise could keep",
            remedy="Take an ε between 0.01 and 100; 1 is strong, 8 is weak",
        )
    if not 0 < delta_ <= 0.01:
        raise BadRequestError(
            f"δ = {delta_:g} is no promise",
            remedy="Take a δ above 0 and at most 0.01, less than one in the number of playlists",
        )


def _most(mu: float) -> float:
    """An ε beyond which δ is nothing."""
    return mu * mu / 2 + 40 * mu


def _below(x: float) -> float:
    """Φ."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _log_below(x: float) -> float:
    """Logarithm of Φ, also far below zero."""
    if x > -30:
        return math.log(_below(x))
    square = x * x
    return -square / 2 - math.log(-x * math.sqrt(2 * math.pi)) - 1 / square
