"""ε at δ: against published accounts, against a looser bound, and by its laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError
from segue.training.federated.privacy import delta, epsilon_of, strength_of

STRENGTHS = st.floats(0.02, 20)
DELTAS = st.sampled_from([1e-3, 1e-5, 1e-6, 1e-9])


def renyi(sigma: float, steps: int, delta_: float) -> float:
    """ε by Rényi's divergence (Mironov, CSF 2017): α steps / 2σ² + ln(1/δ) / (α − 1), the least."""
    orders = np.linspace(1.01, 400, 40_000)
    return float((orders * steps / (2 * sigma**2) + math.log(1 / delta_) / (orders - 1)).min())


@pytest.mark.parametrize(
    ("sigma", "steps", "delta_", "known"),
    [
        # dp-accounting 0.6.0, PLDAccountant, which rounds up.
        (2.0, 10, 1e-5, 7.511275904062699),
        # Balle & Wang 2018: σ = 1 keeps ε = 1 at δ = 0.1269.
        (1.0, 1, 0.126936737507, 1.0),
    ],
)
def test_published_values(sigma: float, steps: int, delta_: float, known: float) -> None:
    assert epsilon_of(math.sqrt(steps) / sigma, delta_) == pytest.approx(known, rel=1e-6)


@given(st.floats(0.3, 30), st.integers(1, 50), DELTAS)
def test_it_is_never_above_what_renyi_bounds(sigma: float, steps: int, delta_: float) -> None:
    exact = epsilon_of(math.sqrt(steps) / sigma, delta_)
    assert exact <= renyi(sigma, steps, delta_) * (1 + 1e-6)


@given(STRENGTHS, DELTAS)
def test_epsilon_keeps_its_delta_and_nothing_less_does(mu: float, delta_: float) -> None:
    epsilon = epsilon_of(mu, delta_)
    assert delta(mu, epsilon) <= delta_ * (1 + 1e-9)
    if epsilon > 1e-6:
        assert delta(mu, epsilon * 0.999 - 1e-9) > delta_


@given(STRENGTHS, st.floats(1.01, 3), DELTAS)
def test_more_noise_tells_less_and_more_updates_tell_more(
    mu: float, times: float, delta_: float
) -> None:
    assert epsilon_of(mu / times, delta_) <= epsilon_of(mu, delta_)
    assert epsilon_of(mu * times, delta_) >= epsilon_of(mu, delta_)


@given(st.floats(0.01, 100), DELTAS)
def test_the_noise_of_a_promise_keeps_it(epsilon: float, delta_: float) -> None:
    assert epsilon_of(strength_of(epsilon, delta_), delta_) == pytest.approx(epsilon, rel=1e-6)


def test_no_update_tells_nothing_and_no_noise_tells_all() -> None:
    assert epsilon_of(0.0, 1e-5) == 0.0
    assert epsilon_of(1e6, 1e-5) == math.inf


@pytest.mark.parametrize(("epsilon", "delta_"), [(0.0, 1e-5), (-1, 1e-5), (1, 0.0), (1, 0.5)])
def test_promises_that_make_no_sense_are_refused(epsilon: float, delta_: float) -> None:
    with pytest.raises(BadRequestError, match="no promise"):
        strength_of(epsilon, delta_)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    with pytest.raises(BadRequestError, match="no promise"):
        strength_of(value, 1e-5)
