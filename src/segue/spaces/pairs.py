"""How alike a few tracks are to one another in a space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.snapshot import Paired

if TYPE_CHECKING:
    from segue.snapshot import Space
    from segue.types import Floats, Rows


def between(space: Space, rows: Rows) -> Floats:
    """Raw scores of `rows` with one another, shape (rows, rows); 0 where either is not placed.

    Row i of the result is what the track `rows[i]` as a seed scores all of them.
    """
    if isinstance(space, Paired):
        return space.between(rows)
    found = np.zeros((len(rows), len(rows)))
    for place, row in enumerate(rows.tolist()):
        point = space.point(row)
        if point is not None:
            found[place] = space.score_exactly(point, rows=rows)
    return found
