"""Several excerpts of one file: how long each is, where it stands, how they become one.

A file of length L is cut into n equal parts and each excerpt stands in the middle of its part, at
(i + ½)/n of the whole: the first is not the intro and the last not the fade-out. Where one
excerpt follows another they are laid over each other for `FADE`. The two have nothing to do with
one another, so their powers add up, and the gains that keep the level are a sine and a cosine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Audio

FADE = 0.02
"""Seconds for which one excerpt goes over into the next: too short to hear, and no click."""


def lengths(samples: int, count: int, *, rate: int) -> tuple[list[int], int]:
    """Samples of each of `count` excerpts that make `samples` when joined, and of the overlap.

    The overlap is `FADE`, or less where excerpts are too short for it.
    """
    fade = min(round(FADE * rate), samples // (2 * count))
    total = samples + (count - 1) * fade
    return [total // count + (number < total % count) for number in range(count)], fade


def places(length: float, seconds: float, count: int) -> list[float]:
    """Seconds from the start of a file of `length` to each of `count` excerpts of `seconds`."""
    last = max(0.0, length - seconds)
    middles = ((number + 0.5) / count * length for number in range(count))
    return [min(max(0.0, middle - seconds / 2), last) for middle in middles]


def moment(at: float, *, length: float, seconds: float | None, count: int) -> float:
    """Where in a file something stands that is heard `at` seconds into its excerpts.

    Parameters
    ----------
    at
        From the beginning of what is heard, in seconds.
    length
        Of the file, in seconds.
    seconds, count
        How much of it is heard, None for all, in how many excerpts: one from the middle, or several
        joined.
    """
    if seconds is None or length <= seconds:
        return at
    if count == 1:
        return (length - seconds) / 2 + at
    each = (seconds + (count - 1) * FADE) / count
    number = min(int(at / (each - FADE)), count - 1)
    return places(length, each, count)[number] + at - number * (each - FADE)


def join(pieces: Sequence[Audio], *, fade: int) -> Audio:
    """All pieces in one, each over `fade` samples going over into the next.

    Of pieces shorter than twice `fade` less overlaps. One piece is given back as it is.
    """
    joined = pieces[0]
    parts = []
    for piece in pieces[1:]:
        over = min(fade, len(joined), len(piece) // 2)
        angle = (np.arange(over, dtype=np.float32) + 0.5) * np.float32(np.pi / 2 / max(over, 1))
        split = len(joined) - over
        parts += [joined[:split], joined[split:] * np.cos(angle) + piece[:over] * np.sin(angle)]
        joined = piece[over:]
    return np.concatenate([*parts, joined]) if parts else joined
