"""What is measured is measured once, and who asks for something else does not wait for it."""

from __future__ import annotations

import threading

import pytest

from segue.recommend.measured import Measured


def run(target, count: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=target, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_of_several_who_ask_at_once_one_measures_and_the_others_wait() -> None:
    measured: Measured[str, list[int]] = Measured()
    begun, go_on = threading.Event(), threading.Event()
    found: list[list[int]] = []
    made: list[int] = []

    def slowly() -> list[int]:
        made.append(1)
        begun.set()
        assert go_on.wait(10)
        return [7]

    threads = run(lambda: found.append(measured.of("a", slowly)), 4)
    assert begun.wait(10)
    assert not found
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(made) == 1
    assert all(one is found[0] for one in found)
    assert found == [[7]] * 4


def test_what_is_there_or_is_something_else_waits_for_nobody() -> None:
    measured: Measured[str, int] = Measured()
    assert measured.of("there", lambda: 1) == 1
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> int:
        begun.set()
        assert go_on.wait(10)
        return 2

    (thread,) = run(lambda: measured.of("slow", slowly), 1)
    assert begun.wait(10)
    found: list[int] = []
    (other,) = run(
        lambda: found.extend([measured.of("there", lambda: 9), measured.of("other", lambda: 3)]), 1
    )
    other.join(5)
    assert found == [1, 3]
    go_on.set()
    thread.join(10)
    assert measured.of("slow", lambda: 9) == 2


def test_what_could_not_be_measured_is_tried_again() -> None:
    measured: Measured[str, int] = Measured()
    with pytest.raises(ZeroDivisionError):
        measured.of("a", lambda: 1 // 0)
    assert measured.of("a", lambda: 4) == 4


def test_no_more_is_kept_than_allowed_and_what_is_forgotten_comes_back() -> None:
    measured: Measured[int, int] = Measured(most=2)
    made: list[int] = []

    def of(key: int) -> int:
        return measured.of(key, lambda: made.append(key) or 10 * key)

    assert [of(key) for key in (1, 2, 1, 2, 3, 3, 1)] == [10, 20, 10, 20, 30, 30, 10]
    assert made == [1, 2, 3, 1]
