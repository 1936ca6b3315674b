"""Search: it starts where the member does, gives up what falls behind, and goes on where it was."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from segue.training import members
from segue.training.search import Effort, search, studies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RIDGE = next(member for member in members.NUMBERS if member.name == "ridge")


class Landscape:
    """A score that is best at alpha 30 with a plain front, and remembers where it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.folds = 0

    def __call__(self, params: Mapping) -> Iterator[float]:
        import math

        self.asked.append(dict(params))
        best = -abs(math.log(params["alpha"] / 30)) - (params["front"] == "gaussian")
        for fold in range(3):
            self.folds += 1
            yield best - 0.01 * fold


def run(trials: int, *, path: Path | None = None, name: str = "one", landscape=None):
    landscape = landscape or Landscape()
    effort = Effort(trials)
    with studies(path) as storage:
        return search(name, RIDGE, landscape, storage=storage, effort=effort), landscape


def test_the_first_trial_is_where_the_member_starts() -> None:
    found, landscape = run(1)
    assert landscape.asked == [dict(RIDGE.start)]
    assert found.params == RIDGE.start
    assert found.trials == 1


def test_a_search_never_ends_below_its_start_and_gets_somewhere() -> None:
    start, _ = run(1)
    found, _ = run(25)
    assert found.score > start.score + 0.5
    assert found.params["front"] == "winsor"


def test_no_trials_is_no_search() -> None:
    found, landscape = run(0)
    assert (found.params, found.score, found.trials) == (dict(RIDGE.start), None, 0)
    assert landscape.asked == []


def test_what_falls_behind_is_given_up_before_its_last_fold() -> None:
    found, landscape = run(25)
    assert found.pruned > 0
    assert landscape.folds == 3 * (25 - found.pruned) + found.pruned


def test_a_search_taken_up_again_ends_where_one_in_one_go_ends(tmp_path: Path) -> None:
    whole, asked = run(14, path=tmp_path / "whole.db")
    run(5, path=tmp_path / "parts.db")
    parts, rest = run(14, path=tmp_path / "parts.db")
    assert parts == whole
    assert rest.asked == asked.asked[5:]


def test_a_search_that_is_complete_asks_nothing_more(tmp_path: Path) -> None:
    first, _ = run(6, path=tmp_path / "study.db")
    again, landscape = run(6, path=tmp_path / "study.db")
    assert again == first
    assert landscape.asked == []


def test_a_search_of_something_else_never_meets_it(tmp_path: Path) -> None:
    run(6, path=tmp_path / "study.db")
    _, landscape = run(1, path=tmp_path / "study.db", name="two")
    assert len(landscape.asked) == 1


@pytest.mark.parametrize("at", [1, 3])
def test_a_killed_search_asks_what_it_would_have_asked(tmp_path: Path, at: int) -> None:
    class Killed(Landscape):
        def __call__(self, params: Mapping) -> Iterator[float]:
            yield from super().__call__(params)
            if len(self.asked) == at:
                raise KeyboardInterrupt

    whole, asked = run(8, path=tmp_path / "whole.db")
    with pytest.raises(KeyboardInterrupt):
        run(8, path=tmp_path / "study.db", landscape=Killed())
    found, again = run(8, path=tmp_path / "study.db")
    assert found == whole
    assert again.asked == asked.asked[at - 1 :]


def test_a_night_that_a_search_lay_still_is_no_trial_that_took_long(tmp_path: Path) -> None:
    class Killed(Landscape):
        def __call__(self, params: Mapping) -> Iterator[float]:
            yield from super().__call__(params)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(8, path=tmp_path / "study.db", landscape=Killed())
    time.sleep(1.2)
    effort = Effort(8, seconds=1.0)
    with studies(tmp_path / "study.db") as storage:
        assert search("one", RIDGE, Landscape(), storage=storage, effort=effort).trials > 0


def test_where_no_fold_has_a_score_there_is_no_search() -> None:
    with studies(None) as storage:
        found = search("none", RIDGE, lambda _: iter(()), storage=storage, effort=Effort(5))
    assert (found.params, found.trials) == (dict(RIDGE.start), 0)


def test_without_time_for_two_trials_there_is_no_search() -> None:
    def slow(params: Mapping) -> Iterator[float]:
        for _ in range(3):
            time.sleep(0.05)
            yield 0.5

    effort = Effort(20, seconds=0.2)
    with studies(None) as storage:
        found = search("late", RIDGE, slow, storage=storage, effort=effort)
    assert (found.params, found.score, found.trials) == (dict(RIDGE.start), None, 0)


def test_a_search_ends_when_its_time_is_up() -> None:
    def brisk(params: Mapping) -> Iterator[float]:
        for _ in range(3):
            time.sleep(0.01)
            yield 0.5

    effort = Effort(1000, seconds=0.4)
    with studies(None) as storage:
        found = search("brief", RIDGE, brisk, storage=storage, effort=effort)
    assert 2 <= found.trials < 20
