"""Arcs: how energy goes over a journey.

An arc says at which places energy is high and at which low, not how much of it there is: that the
tracks have already. The place where the arc is lowest is for the calmest track, the next for the
next, and so on, so that every set can follow every arc:

    target(place) = the quantile of the tracks' energies at the rank of the arc there

=============  ====================================================================
``rising``     from the calmest to the most energetic
``falling``    the other way
``wave``       up and down again, about every twelve tracks
``given``      as the order that is given has it
``0.2,0.9,0``  through points of one's own, evenly spread over the journey
=============  ====================================================================
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.types import Floats

ARCS = ("rising", "falling", "wave", "given")

_OF_A_WAVE = 12


def wished(arc: str | Sequence[float]) -> bool:
    """Whether there is an arc: one without a name or a point is none."""
    return len(arc.strip() if isinstance(arc, str) else arc) > 0


def targets(arc: str | Sequence[float], energy: Floats) -> Floats | None:
    """The energy that each place should have.

    Parameters
    ----------
    arc
        A name, points as text or as numbers; no arc where empty.
    energy
        Of the tracks in the order that is given, NaN where unknown; shape (tracks,).

    Returns
    -------
    Floats or None
        Shape (tracks,), within the energies there are; None without an arc, and where fewer than
        two energies are known.

    Raises
    ------
    BadRequestError
        There is no such arc, or a point is no number.
    """
    shape = _shape(arc, energy)
    known = energy[np.isfinite(energy)]
    if shape is None or len(known) < 2:
        return None
    from scipy.stats import rankdata  # Takes half a second, which only journeys need.

    share = (rankdata(shape) - 0.5) / len(shape)
    found: Floats = np.quantile(known, share, method="hazen").astype(np.float64)
    return found


def _shape(arc: str | Sequence[float], energy: Floats) -> Floats | None:
    """How high the arc is at each place, on any scale."""
    name = arc.strip().casefold() if isinstance(arc, str) else arc
    along = np.linspace(0, 1, max(len(energy), 1))
    if isinstance(name, str):
        if not name:
            return None
        if name in {"rising", "falling"}:
            return along if name == "rising" else -along
        if name == "wave":
            waves = max(1, round(len(energy) / _OF_A_WAVE))
            return np.round(-np.cos(2 * np.pi * waves * along), 9).astype(np.float64)
        if name == "given":
            return _filled(energy)
        points = [_point(part) for part in name.split(",")]
    else:
        points = [_point(part) for part in name]
    if not points:
        return None
    return np.interp(along, np.linspace(0, 1, max(len(points), 2)), _two(points))


def _filled(energy: Floats) -> Floats:
    """Energies with those that are unknown drawn straight between their neighbours."""
    places = np.flatnonzero(np.isfinite(energy))
    if not len(places):
        return np.zeros(len(energy))
    return np.interp(np.arange(len(energy)), places, energy[places])


def _two(points: list[float]) -> list[float]:
    return points * 2 if len(points) == 1 else points


def _point(part: str | float) -> float:
    try:
        value = float(part)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise BadRequestError(
            f"there is no arc {part!r}",
            remedy=f"Use {', '.join(ARCS)}, or numbers with commas between: 0.2,0.9,0.4",
        )
    return value
