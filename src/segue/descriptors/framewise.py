"""Parts of a sound whose rows look only a little way around them, and so can be kept.

Of a signal that goes on, most frames stay what they were when a second more has come. A function
marked `framewise` promises that this holds for the rows it gives: row *j* needs no audio further
than `REACH` frames from frame ``every · j``, and mirrored or silent ends where the audio ends. A
window that has moved on (`segue.descriptors.streaming`) then takes the rows it knows and has the
rest made from the short stretches at both ends.

A row may not depend on the loudest frame of the clip, on its mean or its tuning: such steps
belong into a function of their own, after this one. The one exception is ``Sound.loudest``, and
with it ``Sound.floor``: it changes seldom, and when it has, nothing is kept of the functions that
say they look at it.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segue.descriptors.frames import Sound

T = TypeVar("T")

REACH = 16
"""Frames around its own that a row may look at."""

GRID = 8
"""Frames by whole multiples of which windows are cut; `every` divides it."""

EVERY: dict[Callable[[Sound], Any], int] = {}
"""The functions marked, with the frames from one of their rows to the next."""

LEVELLED: set[Callable[[Sound], Any]] = set()
"""Those of them that look at ``Sound.loudest``."""


def framewise(
    *, every: int = 1, levelled: bool = False
) -> Callable[[Callable[[Sound], T]], Callable[[Sound], T]]:
    """Mark a function that is asked for by ``Sound.shared``.

    Parameters
    ----------
    every
        Frames from one row to the next: 1, 2, 4 or 8.
    levelled
        Whether rows look at ``Sound.loudest`` or ``Sound.floor``.

    Returns
    -------
    Callable
        A decorator. The function gives an array with a row a frame, or a dataclass of such
        arrays; what else stands in that is the same for all stretches.
    """

    def mark(compute: Callable[[Sound], T]) -> Callable[[Sound], T]:
        EVERY[compute] = every
        if levelled:
            LEVELLED.add(compute)
        return compute

    return mark


def joined(parts: Sequence[tuple[T, slice]]) -> T:
    """Some rows of each answer, one behind the other."""
    return cast("T", _joined(parts))


def _joined(parts: Sequence[tuple[Any, slice]]) -> object:
    first = parts[0][0]
    if isinstance(first, np.ndarray):
        return np.concatenate([answer[rows] for answer, rows in parts])
    if not is_dataclass(first):
        return first
    names = [field.name for field in fields(first)]
    columns = {
        name: _joined([(getattr(answer, name), rows) for answer, rows in parts]) for name in names
    }
    return replace(first, **columns)  # type: ignore[type-var]
