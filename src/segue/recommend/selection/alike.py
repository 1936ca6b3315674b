"""How alike the candidates of one question are to one another, by the blend that found them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.spaces.pairs import between

if TYPE_CHECKING:
    from segue.recommend.blending import Blend
    from segue.types import Floats, Rows


def likenesses(blend: Blend, rows: Rows) -> Floats:
    """Scores of `rows` with one another, shape (rows, rows), each row as a seed.

    Where a track does not stand in a space, what is to be expected stands in for its score.
    """
    count, spaces = len(rows), len(blend.spaces)
    raw = np.stack([between(space, rows) for space in blend.spaces], axis=-1)
    parts, _ = blend.read(raw.reshape(count * count, spaces), np.tile(rows, count))
    parts = parts.reshape(count, count, spaces)
    for place, space in enumerate(blend.spaces):
        parts[~space.placed[rows], :, place] = blend.expected[place]
    found: Floats = parts @ np.array(blend.weights)
    return found
