"""From candidates to rows, from the best on: one a recording, within the caps.

Each next row is the one of the highest value among those that repeat no recording and keep every
cap; of equal ones the first that comes. Where rows are to be unlike each other, values fall as
rows are taken (`segue.recommend.selection.diversity`), so all that are left are looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.selection.caps import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segue.recommend.selection.caps import Caps
    from segue.recommend.selection.diversity import Unlike
    from segue.recommend.selection.recordings import Recordings
    from segue.types import Floats, Mask


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of an answer and the versions behind it, ascending.

    `place` is where it stood among the candidates, `unlike` what it gave way to rows before it.
    """

    place: int
    row: int
    versions: tuple[int, ...]
    unlike: float = 0.0


def choose(
    rows: Sequence[int],
    *,
    n: int,
    caps: Caps,
    recordings: Recordings | None,
    allowed: Mask | None = None,
    taken: Iterable[int] = (),
    values: Floats | None = None,
    unlike: Unlike | None = None,
) -> list[Choice]:
    """The first `n` of `rows` that repeat no recording and keep the caps.

    Parameters
    ----------
    rows
        Candidates; the best first where there are no `values`.
    n
        How many at most.
    caps
        What at most so many rows may share.
    recordings
        For grouping versions; None to leave them apart.
    allowed
        Rows that may stand behind another as its version; all when None.
    taken
        Rows that may not be chosen.
    values
        What they are taken by, shape (rows,); of equal ones the first. As they stand when None.
    unlike
        How far rows give way to those before them that they are like; None for not at all. It
        needs `values`.
    """
    gone = set(taken)
    tally = Tally(caps)
    chosen: list[Choice] = []
    for place, given in _places(len(rows), values, unlike):
        if len(chosen) == n:
            break
        row = rows[place]
        if row in gone or not tally.admits(row):
            continue
        others = [] if recordings is None else recordings.versions(recordings.of(row))
        versions = tuple(
            each
            for each in others
            if each != row and each not in gone and (allowed is None or allowed[each])
        )
        gone.update((row, *others))
        tally.add(row)
        chosen.append(Choice(place, row, versions, given))
        if unlike is not None:
            unlike.take(place)
    return chosen


def _places(
    count: int, values: Floats | None, unlike: Unlike | None
) -> Iterator[tuple[int, float]]:
    """Places of candidates in the order in which they are looked at, and what each gave way."""
    if values is None:
        yield from ((place, 0.0) for place in range(count))
    elif unlike is None:
        order = np.argsort(-values, kind="stable")
        yield from ((place, 0.0) for place in order.tolist())
    else:
        left = values.copy()
        for _ in range(count):
            given = unlike.given
            place = int(np.argmax(left + given))
            yield place, float(given[place])
            left[place] = -np.inf
