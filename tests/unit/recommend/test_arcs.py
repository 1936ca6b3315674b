"""Arcs of energy as what each place should have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError
from segue.recommend.journey.arcs import targets

ENERGY = np.array([0.9, 0.1, 0.5, 0.7, 0.3])
ENERGIES = st.lists(st.floats(0, 1), min_size=2, max_size=30).map(np.array)


def test_rising_and_falling_are_the_energies_sorted() -> None:
    assert targets("rising", ENERGY) == pytest.approx(sorted(ENERGY))
    assert targets(" Falling ", ENERGY) == pytest.approx(sorted(ENERGY, reverse=True))


def test_given_is_the_order_that_is_given() -> None:
    assert targets("given", ENERGY) == pytest.approx(ENERGY)
    with_gap = np.array([0.1, np.nan, 0.9])
    assert targets("given", with_gap) == pytest.approx([0.1, 0.5, 0.9])


def test_a_wave_begins_and_ends_calm_and_has_a_crest_every_dozen() -> None:
    found = targets("wave", np.linspace(0, 1, 25))
    assert found is not None
    assert found[0] == found[-1] == found.min()
    assert found[6] > 0.9
    assert found[12] < 0.1
    assert found[18] > 0.9


def test_points_are_an_arc() -> None:
    assert targets("0,1,0", ENERGY) == pytest.approx([0.15, 0.6, 0.9, 0.6, 0.15], abs=0.11)
    assert targets([0, 1], ENERGY) == pytest.approx(sorted(ENERGY))
    assert targets("5", ENERGY) == pytest.approx([0.5] * 5)


@given(energy=ENERGIES, arc=st.sampled_from(["rising", "falling", "wave", "given", "1,0,3"]))
def test_targets_lie_within_the_energies_there_are(energy: np.ndarray, arc: str) -> None:
    found = targets(arc, energy)
    assert found is not None
    assert len(found) == len(energy)
    assert energy.min() - 1e-9 <= found.min() <= found.max() <= energy.max() + 1e-9


@pytest.mark.parametrize("energy", [[], [0.4], [np.nan, np.nan, 0.2]])
def test_without_two_energies_there_is_no_arc(energy: list[float]) -> None:
    assert targets("rising", np.array(energy)) is None
    assert targets("", ENERGY) is None


@pytest.mark.parametrize("arc", ["upward", "0.1,,0.3", "nan", [0.1, float("inf")], "1;2"])
def test_no_other_arcs(arc: object) -> None:
    with pytest.raises(BadRequestError, match="there is no arc"):
        targets(arc, ENERGY)
