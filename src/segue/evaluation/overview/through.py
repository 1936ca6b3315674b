"""Asking the program itself: ten rows for a track through a lens, as a person would get them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.lists import LENGTH, Lists
from segue.recommend.seeds import Seed
from segue.records import Dials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segue.evaluation.overview.report import Method
    from segue.recommend.engine import Engine
    from segue.types import Floats, Progress, Rows


WARM = 5
"""Seeds that are asked before time is taken."""


@dataclass(slots=True, eq=False)
class Through:
    """The engine through one lens.

    Parameters
    ----------
    engine
        Whom it asks.
    lens
        By name, or weights by space.
    dials
        How rows are chosen.
    used
        Every space that any answer came through.
    """

    engine: Engine
    lens: str | Mapping[str, float]
    dials: Dials = field(default_factory=Dials)
    used: set[str] = field(default_factory=set)

    def __call__(self, row: int) -> Rows:
        """The rows of an answer to a track, best first; none where it stands nowhere."""
        seed = Seed(self.engine.track_at(row), row)
        if not self.engine.stands(seed, lens=self.lens):
            return np.empty(0, dtype=np.int64)
        answer = self.engine.similar(seed, n=LENGTH, lens=self.lens, dials=self.dials)
        self.used.update(answer.weights)
        row_of = self.engine.snapshot.corpus.row_of
        return np.array([row_of[one.track.id] for one in answer.recommendations], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What one method gave for every seed, and the processor's milliseconds it took for each."""

    method: Method
    lists: Lists
    milliseconds: Floats


def asked(
    method: Method,
    ask: Callable[[int], Rows],
    seeds: Rows,
    *,
    on_progress: Progress | None = None,
) -> Answered:
    """Ask a method about every seed.

    Parameters
    ----------
    method
        Who it is.
    ask
        Called with a row; gives rows, best first, of which `LENGTH` count.
    seeds
        Rows of the seeds.
    on_progress
        Called with (seeds asked, in all, what).
    """
    for seed in seeds[:WARM].tolist():
        ask(seed)  # what is computed once for all answers is no part of one
    rows = np.full((len(seeds), LENGTH), -1, dtype=np.int64)
    spent = np.full(len(seeds), np.nan)
    for place, seed in enumerate(seeds.tolist()):
        began = time.thread_time()
        found = ask(seed)[:LENGTH]
        spent[place] = 1000 * (time.thread_time() - began)
        rows[place, : len(found)] = found
        if not len(found):
            spent[place] = np.nan
        if on_progress is not None and (place % 50 == 49 or place == len(seeds) - 1):
            on_progress(place + 1, len(seeds), f"asking {method.name}")
    return Answered(method, Lists(rows), spent)
