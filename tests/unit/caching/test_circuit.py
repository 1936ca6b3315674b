"""A circuit breaker, told what happens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.caching.circuit import Circuit

STEPS = st.lists(
    st.sampled_from(["fails", "works"]) | st.floats(0.1, 30.0), min_size=1, max_size=60
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(STEPS, st.integers(1, 5))
def test_after_failures_in_a_row_nobody_asks_until_time_has_passed(steps, failures) -> None:
    clock = Clock()
    circuit = Circuit(failures=failures, seconds=10.0, clock=clock)
    row, failed_at = 0, 0.0
    for step in steps:
        if isinstance(step, float):
            clock.now += step
            continue
        may = row < failures or clock.now >= failed_at + 10.0
        assert circuit.lets_through() == may
        if not may:
            assert circuit.left > 0
            continue
        if step == "fails":
            row, failed_at = row + 1, clock.now
            assert circuit.failed() == (row == failures)
        else:
            row = 0
            circuit.succeeded()
            assert circuit.closed
        assert circuit.closed == (row < failures)


def test_one_alone_is_let_through_when_it_is_half_open() -> None:
    clock = Clock()
    circuit = Circuit(failures=1, seconds=10.0, clock=clock)
    circuit.failed()
    clock.now = 10.0
    assert [circuit.lets_through() for _ in range(4)] == [True, False, False, False]
    clock.now = 20.0  # the one let through never came back
    assert circuit.lets_through()


def test_holding_is_never_shortened_and_is_no_failure() -> None:
    clock = Clock()
    circuit = Circuit(failures=2, seconds=10.0, clock=clock)
    circuit.hold(100.0)
    circuit.hold(5.0)
    assert circuit.left == 100.0
    assert not circuit.lets_through()
    clock.now = 100.0
    assert [circuit.lets_through(), circuit.lets_through()] == [True, True]
    assert circuit.left == 0
    assert not circuit.failed()
    assert circuit.lets_through()
