"""What a set of tracks is like on the whole, as shapes on a radar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.records import CONTINUOUS
from segue.serve import words
from segue.serve.charts import Shape, radar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from segue.snapshot import Corpus
    from segue.types import Rows

AXES = tuple(words.GAUGES)
"""Attributes from 0 to 1, in the order of the spokes."""

FEWEST = 3
"""Tracks of which an attribute must be known for a mean of it."""

_COLUMNS = [CONTINUOUS.index(name) for name in AXES]


def shape_of(corpus: Corpus, rows: Rows | None, name: str) -> Shape:
    """The mean of each attribute among some rows, or all; unknown where few have it.

    The middle half of the tracks lies between the bounds.
    """
    values = (
        corpus.attributes[:, _COLUMNS] if rows is None else corpus.attributes[rows][:, _COLUMNS]
    )
    means: list[float | None] = []
    bounds: list[tuple[float, float] | None] = []
    for column in values.T:
        known = column[np.isfinite(column)]
        if len(known) < FEWEST:
            means.append(None)
            bounds.append(None)
        else:
            low, high = np.quantile(known, [0.25, 0.75])
            means.append(float(known.mean()))
            bounds.append((float(low), float(high)))
    return Shape(name, tuple(means), bounds=tuple(bounds))


def profile_of(corpus: Corpus, rows: Rows, name: str) -> Markup | None:
    """A radar of some rows beside all of the catalogue; None where too little is known."""
    mine = shape_of(corpus, rows, name)
    if sum(value is not None for value in mine.values) < FEWEST:
        return None
    all_of_it = shape_of(corpus, None, "The whole catalogue")
    return compared([mine, Shape(all_of_it.name, all_of_it.values)], title=f"What {name} is like")


def compared(shapes: Sequence[Shape], *, title: str) -> Markup:
    """Profiles over one another."""
    return radar(AXES, shapes, title=title)
